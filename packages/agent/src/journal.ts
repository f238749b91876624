/** The default memory of a run: a log in a store, to which each step is written before it is acted on. */
import type { ApprovalRequest, Decision } from "./approval.ts";
import type { ChildRun, Durable } from "./durable.ts";
import { RunError, unkept } from "./errors.ts";
import { type Entry, type Json, type Store, VersionConflictError } from "./store.ts";

/** The version of what is written. Another one is refused. */
export const stateVersion = 1;

/** The head of a run: its first entry. */
export interface RunHead {
  v: number;
  type: "run";
  runId: string;
  agent: string;
  input: Json;
  session?: string;
  /** How long the session was when the run began. */
  sessionVersion?: number;
  /** What was decided for good in its session. */
  always?: { [key: string]: "approve" | "reject" };
  /** Of a run inside a run: its caller's. */
  epoch?: number;
  at: number;
}

export type JournalEntry =
  | RunHead
  /** A process goes on with it: none of a smaller epoch may write any more. */
  | { type: "resume"; epoch: number; at: number }
  | { type: "begin"; name: string; about: string; at: number }
  | { type: "step"; name: string; value: Json; at: number }
  | { type: "ask"; request: ApprovalRequest; at: number }
  | { type: "answer"; id: string; decision: Decision; at: number }
  | { type: "end"; status: string; reason?: string; at: number };

/** A run as one JSON object: `v`, and all that was written of it. */
export interface RunState {
  v: number;
  runId: string;
  entries: JournalEntry[];
}

export const logOf = (runId: string) => `run/${runId}`;

/** Where answers from other processes come in, so that they do not get in the way of who writes the run. */
const mailOf = (runId: string) => `answers/${runId}`;

type Mail = { id: string; decision: Decision };

export class Journal implements Durable {
  readonly runId: string;
  readonly entries: JournalEntry[] = [];
  readonly #store: Store;
  /** When this process took the run, counted in entries of the outermost one: the newest one has it. */
  #epoch = 0;
  readonly #steps = new Map<string, Json>();
  /** How often steps were begun in earlier processes. */
  readonly #begun = new Map<string, number>();
  readonly #asked = new Map<string, ApprovalRequest>();
  readonly #answers = new Map<string, Decision>();
  #mail: Mail[] = [];
  #version = 0;
  #unwritten: Entry[] = [];
  /** The write that is not yet begun, and the latest one. */
  #waiting: Promise<void> | undefined;
  #last: Promise<void> | undefined;

  private constructor(store: Store, runId: string) {
    this.#store = store;
    this.runId = runId;
  }

  /** A new run. @throws RunError "conflict" where there is one of that id, "store" */
  static async begin(store: Store, head: Omit<RunHead, "v" | "type" | "at">): Promise<Journal> {
    const journal = new Journal(store, head.runId);
    await journal.write({ v: stateVersion, type: "run", ...head, at: Date.now() });
    return journal;
  }

  /**
   * Takes a run to go on with it: whoever had it before can write it no more. One that is done is only read.
   * @param epoch of the run that it is inside
   * @throws RunError, "conflict" where a newer process has it
   */
  static async resume(store: Store, runId: string, epoch?: number): Promise<Journal | undefined> {
    for (;;) {
      const journal = await Journal.open(store, runId);
      const last = journal?.entries.at(-1);
      if (!journal || (last?.type === "end" && over.has(last.status))) return journal;
      const own = epoch ?? journal.#version;
      if (journal.#epoch > own) throw unkept(runId, new VersionConflictError(logOf(runId), 0, 0));
      try {
        await journal.write({ type: "resume", epoch: own, at: Date.now() });
        return journal;
      } catch (error) {
        // Whoever has it has written meanwhile, for the last time.
        if (!isConflict(error)) throw error;
      }
    }
  }

  /**
   * A run that was begun, in this process or another.
   * @throws RunError "missing", "version", "store"
   */
  static async open(store: Store, runId: string): Promise<Journal | undefined> {
    const journal = new Journal(store, runId);
    const kept = await store.read(logOf(runId));
    if (kept.length === 0) return undefined;
    journal.#version = kept.length;
    checkVersion(runId, kept[0]!.data);
    for (const [index, { data }] of kept.entries()) {
      const entry = data as unknown as JournalEntry;
      if (!types.has(entry?.type)) throw unreadable(runId, index);
      journal.#take(entry);
      if (entry.type === "begin") {
        journal.#begun.set(entry.name, (journal.#begun.get(entry.name) ?? 0) + 1);
      }
    }
    await journal.#readMail();
    return journal;
  }

  /** Those of the runs inside a run, and inside these. @throws as `open` does */
  static async *inside(store: Store, runId: string): AsyncGenerator<Journal> {
    for (const { log } of await store.list(logOf(`${runId}/`))) {
      const journal = await Journal.open(store, log.slice(logOf("").length));
      if (journal) yield journal;
    }
  }

  get head(): RunHead {
    return this.entries[0] as RunHead;
  }

  /** What was asked and not answered. */
  get pending(): ApprovalRequest[] {
    return [...this.#asked.values()].filter(({ id }) => !this.answered(id));
  }

  /** The answer to a question, from whichever process. */
  answered(id: string): Decision | undefined {
    return this.#answers.get(id) ?? this.#mail.find((mail) => mail.id === id)?.decision;
  }

  /**
   * Answers a question for the process that goes on with the run.
   * @throws VersionConflictError where others have answered since this was opened
   */
  async post(id: string, decision: Decision): Promise<void> {
    const data = { id, decision, at: Date.now() } as unknown as Json;
    await this.#store.append(mailOf(this.runId), this.#mail.length, [{ data }]);
    this.#mail.push({ id, decision });
  }

  async #readMail(): Promise<void> {
    const mail = await this.#store.read(mailOf(this.runId), { from: this.#mail.length });
    this.#mail.push(...mail.map(({ data }) => data as unknown as Mail));
  }

  async step<T extends Json>(name: string, work: (before: number) => Promise<T>): Promise<T> {
    const kept = this.#steps.get(name);
    if (kept !== undefined) return kept as T;
    const value = await work(this.#begun.get(name) ?? 0);
    await this.write({ type: "step", name, value, at: Date.now() });
    return value;
  }

  async begin(name: string, about: string, once: boolean): Promise<void> {
    if (this.#steps.has(name) || (once && this.#begun.has(name))) return;
    await this.write({ type: "begin", name, about, at: Date.now() });
  }

  async ask(request: ApprovalRequest): Promise<Decision | undefined> {
    if (!this.#asked.has(request.id)) await this.write({ type: "ask", request, at: Date.now() });
    return this.answered(request.id);
  }

  async answer(
    { id }: ApprovalRequest,
    inline?: () => Promise<Decision | undefined>,
  ): Promise<Decision | undefined> {
    const known = this.#answers.get(id);
    if (known) return known;
    let decision = this.answered(id) ?? (await inline?.());
    if (!decision) {
      await this.#readMail();
      decision = this.answered(id);
    }
    if (decision) await this.write({ type: "answer", id, decision, at: Date.now() });
    return decision;
  }

  async child<T extends Json>(
    name: string,
    { runId, agent, input }: ChildRun,
    work: (durable: Durable, input: string) => Promise<T>,
  ): Promise<T> {
    return this.step(name, async () => {
      const inner = await this.#inside({ runId, agent, input });
      return work(inner, inner.head.input as string);
    });
  }

  async #inside(head: Pick<RunHead, "runId" | "agent" | "input">): Promise<Journal> {
    for (;;) {
      const known = await Journal.resume(this.#store, head.runId, this.#epoch);
      if (known) return known;
      try {
        return await Journal.begin(this.#store, { ...head, epoch: this.#epoch });
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  }

  /** Adds an entry and waits until the store has it. What is added meanwhile goes with it. */
  write(entry: JournalEntry): Promise<void> {
    this.#take(entry);
    this.#unwritten.push({ data: entry as unknown as Json });
    if (!this.#waiting) {
      this.#waiting = this.#flush(this.#last);
      this.#last = this.#waiting;
    }
    return this.#waiting;
  }

  /** One that fails fails all that come after: the log no longer says what was done. */
  async #flush(before: Promise<void> | undefined): Promise<void> {
    await before;
    this.#waiting = undefined;
    const entries = this.#unwritten;
    this.#unwritten = [];
    try {
      this.#version = await this.#store.append(logOf(this.runId), this.#version, entries);
    } catch (error) {
      throw unkept(this.runId, error);
    }
  }

  #take(entry: JournalEntry): void {
    this.entries.push(entry);
    if (entry.type === "run" || entry.type === "resume") this.#epoch = entry.epoch ?? 0;
    if (entry.type === "step") this.#steps.set(entry.name, entry.value);
    if (entry.type === "ask") this.#asked.set(entry.request.id, entry.request);
    if (entry.type === "answer") this.#answers.set(entry.id, entry.decision);
  }
}

/** How a run ends that nobody can go on with. */
const over = new Set(["done", "blocked"]);

const isConflict = (error: unknown) => error instanceof RunError && error.code === "conflict";

const types = new Set<string>([
  "run",
  "resume",
  "begin",
  "step",
  "ask",
  "answer",
  "end",
] satisfies JournalEntry["type"][]);

/** @throws RunError "version" */
function checkVersion(runId: string, head: Json): void {
  const { v, type } = (head ?? {}) as unknown as Partial<RunHead>;
  if (type === "run" && v === stateVersion) return;
  throw new RunError(
    `The run ${runId} was written in version ${JSON.stringify(v) ?? "?"} of polycall's state, this is version ${stateVersion}. Resume it with the version of @polycall/agent that began it.`,
    "version",
    runId,
  );
}

const unreadable = (runId: string, index: number) =>
  new RunError(
    `Entry ${index} of the run ${runId} is none that version ${stateVersion} of polycall's state has. Its log "${logOf(runId)}" was changed by something else.`,
    "version",
    runId,
  );

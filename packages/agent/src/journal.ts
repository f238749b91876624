/** The default memory of a run: a log in a store, to which each step is written before it is acted on. */
import type { ApprovalRequest, Decision } from "./approval.ts";
import type { ChildRun, Durable } from "./durable.ts";
import { RunError } from "./errors.ts";
import { type Json, type Store, VersionConflictError } from "./store.ts";

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
  at: number;
}

export type JournalEntry =
  | RunHead
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

export class Journal implements Durable {
  readonly runId: string;
  readonly entries: JournalEntry[] = [];
  readonly #store: Store;
  readonly #steps = new Map<string, Json>();
  readonly #begun = new Map<string, number>();
  readonly #asked = new Map<string, ApprovalRequest>();
  readonly #answers = new Map<string, Decision>();
  #version = 0;
  #unwritten: JournalEntry[] = [];
  #writing: Promise<void> | undefined;
  #written: Promise<void> = Promise.resolve();

  private constructor(store: Store, runId: string) {
    this.#store = store;
    this.runId = runId;
  }

  /** A new run. The head is written with the first step. */
  static begin(store: Store, head: Omit<RunHead, "v" | "type" | "at">): Journal {
    const journal = new Journal(store, head.runId);
    journal.note({ v: stateVersion, type: "run", ...head, at: Date.now() });
    return journal;
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
    for (const { data } of kept) journal.#take(data as never);
    const { v, type } = (journal.entries[0] ?? {}) as Partial<RunHead>;
    if (type !== "run" || v !== stateVersion) {
      throw new RunError(
        `The run ${runId} was written in version ${v ?? "?"} of polycall's state, this is version ${stateVersion}. Resume it with the version of @polycall/agent that began it.`,
        "version",
        runId,
      );
    }
    return journal;
  }

  get head(): RunHead {
    return this.entries[0] as RunHead;
  }

  get state(): RunState {
    return { v: stateVersion, runId: this.runId, entries: this.entries };
  }

  /** What was asked and not answered. */
  get pending(): ApprovalRequest[] {
    return [...this.#asked.values()].filter(({ id }) => !this.#answers.has(id));
  }

  async step<T extends Json>(name: string, work: () => Promise<T>): Promise<T> {
    const kept = this.#steps.get(name);
    if (kept !== undefined) return kept as T;
    const value = await work();
    await this.write({ type: "step", name, value, at: Date.now() });
    return value;
  }

  async begin(name: string, about: string, again = false): Promise<number> {
    if (this.#steps.has(name)) return 0;
    const before = this.#begun.get(name) ?? 0;
    if (before > 0 && !again) return before;
    await this.write({ type: "begin", name, about, at: Date.now() });
    return before;
  }

  async ask(request: ApprovalRequest): Promise<void> {
    if (this.#asked.has(request.id)) return;
    await this.write({ type: "ask", request, at: Date.now() });
  }

  async answer(
    { id }: ApprovalRequest,
    inline?: () => Promise<Decision | undefined>,
  ): Promise<Decision | undefined> {
    const known = this.#answers.get(id);
    if (known || !inline) return known;
    const decision = await inline();
    if (decision) await this.write({ type: "answer", id, decision, at: Date.now() });
    return decision;
  }

  async child<T extends Json>(
    name: string,
    { runId, agent, input }: ChildRun,
    work: (durable: Durable) => Promise<T>,
  ): Promise<T> {
    return this.step(name, async () => {
      const inner =
        (await Journal.open(this.#store, runId)) ??
        Journal.begin(this.#store, { runId, agent, input });
      return work(inner);
    });
  }

  /** Adds an entry; it is written with the next one that is waited for. */
  note(entry: JournalEntry): void {
    this.#take(entry);
    this.#unwritten.push(entry);
  }

  /** Adds an entry and waits until the store has it. What is added meanwhile goes with it. */
  write(entry: JournalEntry): Promise<void> {
    this.note(entry);
    this.#writing ??= this.#written.then(() => this.#flush());
    return this.#writing;
  }

  async #flush(): Promise<void> {
    this.#writing = undefined;
    const entries = this.#unwritten;
    this.#unwritten = [];
    const writing = this.#append(entries);
    // One that fails fails all that come after: the log no longer says what was done.
    this.#written = writing;
    writing.catch(() => {});
    await writing;
  }

  async #append(entries: JournalEntry[]): Promise<void> {
    try {
      const data = entries.map((entry) => ({ data: entry as unknown as Json }));
      this.#version = await this.#store.append(logOf(this.runId), this.#version, data);
    } catch (error) {
      const conflict = error instanceof VersionConflictError;
      throw new RunError(
        conflict
          ? `The run ${this.runId} is gone on with in another process; this one has let go of it.`
          : `The run ${this.runId} could not be written down: ${String((error as Error)?.message ?? error)} What it had done until then is kept; go on with agent.resume("${this.runId}").`,
        conflict ? "conflict" : "store",
        this.runId,
        error,
      );
    }
  }

  #take(entry: JournalEntry): void {
    this.entries.push(entry);
    if (entry.type === "step") this.#steps.set(entry.name, entry.value);
    if (entry.type === "begin") this.#begun.set(entry.name, (this.#begun.get(entry.name) ?? 0) + 1);
    if (entry.type === "ask") this.#asked.set(entry.request.id, entry.request);
    if (entry.type === "answer") this.#answers.set(entry.id, entry.decision);
  }
}

/** A run's memory in DBOS: each step of the run is a step of a workflow, each run inside it a workflow. */
import { DBOS } from "@dbos-inc/dbos-sdk";
import { type ApprovalRequest, type Decision, type Json, RunError } from "@polycall/agent";
import { type ChildRun, type Durable, type JournalEntry, Stopped } from "@polycall/agent/durable";

/** What a step has come to. DBOS keeps what is thrown as text, so it is kept as what it was. */
export type Outcome =
  /** `again`: an earlier process had begun it. */
  | { done: Json; again?: true }
  | { stopped: { by: string; message: string } }
  | { failed: { name: string; message: string } };

/** The run of a workflow that another one calls, with the memory it is given. */
export type Work = (durable: Durable, input: string) => Promise<Json>;

/** Starts the workflow of a run inside a run, and gives what it returned. */
export type StartChild = (child: ChildRun, work: Work) => Promise<Json>;

/** How long a question waits at a stretch: timers hold no more than 24 days. Then it waits on. */
const waitSeconds = 20 * 86_400;

export class DbosMemory implements Durable {
  readonly runId: string;
  readonly entries: JournalEntry[] = [];
  readonly #startChild: StartChild;
  /** Steps that an earlier process has begun. */
  readonly #begun = new Set<string>();

  constructor(runId: string, startChild: StartChild) {
    this.runId = runId;
    this.#startChild = startChild;
  }

  async step<T extends Json>(name: string, work: (before: number) => Promise<T>): Promise<T> {
    const before = this.#begun.has(name) ? 1 : 0;
    // DBOS counts its steps as they are called, so nothing may be waited for before.
    const outcome = await this.#kept(name, async (): Promise<Outcome> => {
      try {
        const done = await work(before);
        return before > 0 ? { done, again: true } : { done };
      } catch (error) {
        return failure(error);
      }
    });
    if ("stopped" in outcome) throw new Stopped(outcome.stopped.by, outcome.stopped.message);
    if ("failed" in outcome) {
      throw Object.assign(new Error(outcome.failed.message), { name: outcome.failed.name });
    }
    if (outcome.again && !interrupted(outcome.done)) this.#note({ type: "begin", name, about: "" });
    this.#note({ type: "step", name, value: outcome.done });
    return outcome.done as T;
  }

  async begin(name: string, about: string): Promise<void> {
    let live = false;
    await this.#kept(`begin ${name}`, async () => {
      live = true;
      return true;
    });
    if (!live) this.#begun.add(name);
    this.#note({ type: "begin", name, about });
  }

  async ask(request: ApprovalRequest): Promise<undefined> {
    await this.#kept(`ask ${request.id}`, async () => request);
    this.#note({ type: "ask", request });
  }

  async answer({ id }: ApprovalRequest): Promise<Decision> {
    let decision: Decision | null = null;
    while (!decision) {
      decision = await this.#dbos(() => DBOS.recv<Decision>(id, { timeoutSeconds: waitSeconds }));
    }
    const given = decision;
    await this.#kept(`answer ${id}`, async () => given);
    this.#note({ type: "answer", id, decision });
    return decision;
  }

  async child<T extends Json>(
    name: string,
    child: ChildRun,
    work: (durable: Durable, input: string) => Promise<T>,
  ): Promise<T> {
    const value = await this.#dbos(() => this.#startChild(child, work));
    this.#note({ type: "step", name, value });
    return value as T;
  }

  #kept<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#dbos(() => DBOS.runStep(work, { name }));
  }

  /** What DBOS itself throws ends the run, and is not taken for a failure of what ran in it. */
  async #dbos<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      thrownByDbos.add(error as object);
      const said = error instanceof Error ? error.message : String(error);
      throw new RunError(`The run ${this.runId}: ${said}`, "store", this.runId, error);
    }
  }

  #note(entry: Unstamped<JournalEntry>): void {
    this.entries.push({ ...entry, at: Date.now() } as JournalEntry);
  }
}

/** Errors that DBOS has to see again, since it throws them to itself. */
export const thrownByDbos = new WeakSet<object>();

type Unstamped<T> = T extends unknown ? Omit<T, "at"> : never;

const interrupted = (value: Json) =>
  typeof value === "object" && value !== null && "interrupted" in value;

function failure(error: unknown): Outcome {
  if (error instanceof Stopped) return { stopped: { by: error.by, message: error.message } };
  const { name = "Error", message = String(error) } = (error ?? {}) as Partial<Error>;
  return { failed: { name, message } };
}

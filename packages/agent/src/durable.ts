/** The seam between the loop and what carries it on when its process dies: five functions. */
import type { ApprovalRequest, Decision } from "./approval.ts";
import type { JournalEntry } from "./journal.ts";
import type { StopCondition } from "./limits.ts";
import type { Json } from "./store.ts";

/**
 * A run's memory of what it has done. The loop is a plain program over it: begun anew it comes by the same
 * names in the same order, is given what was kept, and so is where it was. The default is the journal of
 * a store (`journal.ts`); `@polycall/durable-dbos` is another.
 *
 * Whoever implements it may rely on: names are unique in a run, and the order of the calls depends on
 * nothing but what was kept.
 */
export interface Durable {
  readonly runId: string;
  /** What was kept until now, in the order in which the loop came by it. */
  readonly entries: readonly JournalEntry[];
  /**
   * What `work` gave under this name, now or in an earlier process.
   * @param work is told how often the step was begun in earlier processes without coming to an end
   */
  step<T extends Json>(name: string, work: (before: number) => Promise<T>): Promise<T>;
  /**
   * Notes that a step is about to be done, before it is done.
   * @param about what it is, for whoever reads of it: the name of a tool
   * @param once it will not be done where it was begun before, so that is not noted
   */
  begin(name: string, about: string, once: boolean): Promise<void>;
  /** Makes a question known to those who can answer it. @returns the answer that there is already */
  ask(request: ApprovalRequest): Promise<Decision | undefined>;
  /**
   * The answer to what was asked; undefined where there is none and the run should end as "waiting".
   * @param inline asks in this process, where somebody is there to answer
   */
  answer(
    request: ApprovalRequest,
    inline?: () => Promise<Decision | undefined>,
  ): Promise<Decision | undefined>;
  /**
   * A step that is a run of its own, with its own memory under `runId`.
   * @param work is given that memory, and the input that the run was begun with
   */
  child<T extends Json>(
    name: string,
    child: ChildRun,
    work: (durable: Durable, input: string) => Promise<T>,
  ): Promise<T>;
}

/** A run inside a run. */
export interface ChildRun {
  runId: string;
  /** The agent's name, unique among those that the root can reach. */
  agent: string;
  /** How it was reached from the root, in names: approvals are known by it. */
  path: string;
  input: string;
  /** What of its caller's budgets was left when it was called, for where it runs without them. */
  limits: readonly StopCondition[];
}

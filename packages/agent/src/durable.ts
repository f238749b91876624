/** The seam between the loop and what carries it on when its process dies: five functions. */
import type { ApprovalRequest, Decision } from "./approval.ts";
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
  /** What `work` gave under this name, now or in an earlier process. What throws is not kept. */
  step<T extends Json>(name: string, work: () => Promise<T>): Promise<T>;
  /**
   * Notes that a step is about to be done, before it is done. One that was begun before and did not end is
   * noted again only when asked to.
   * @param about what it is, for whoever reads of it: the name of a tool
   * @returns how often it was begun before without coming to an end; 0 where it has ended
   */
  begin(name: string, about: string, again?: boolean): Promise<number>;
  /** Makes a question known to those who can answer it. */
  ask(request: ApprovalRequest): Promise<void>;
  /**
   * The answer to what was asked; undefined where there is none and the run should end as "waiting".
   * @param inline asks in this process, where somebody is there to answer
   */
  answer(
    request: ApprovalRequest,
    inline?: () => Promise<Decision | undefined>,
  ): Promise<Decision | undefined>;
  /** A step that is a run of its own, with its own memory under `runId`. */
  child<T extends Json>(
    name: string,
    child: ChildRun,
    work: (durable: Durable) => Promise<T>,
  ): Promise<T>;
}

/** A run inside a run. */
export interface ChildRun {
  runId: string;
  /** The agent's name, unique among those that the root can reach. */
  agent: string;
  input: Json;
}

/** What an engine of durable execution needs of @polycall/agent: the entry `@polycall/agent/durable`. */
export { checkDecision, runOf } from "./approval.ts";
export type { ChildRun, Durable } from "./durable.ts";
export { Stopped } from "./errors.ts";
export type { JournalEntry } from "./journal.ts";
export { agentsOf, conductInside, conductOver, type OverOptions } from "./over.ts";

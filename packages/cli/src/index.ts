/** What @polycall/cli exports. */
export type { Output } from "./output.ts";
export { run } from "./run.ts";

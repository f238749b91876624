/** What @polycall/cli exports: the command `polycall`, as a function. */
export type { IO } from "./io.ts";
export { main } from "./main.ts";

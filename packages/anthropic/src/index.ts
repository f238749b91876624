/** What @polycall/anthropic exports. */
export { anthropic } from "./provider.ts";

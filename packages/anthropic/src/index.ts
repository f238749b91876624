/** What @polycall/anthropic exports. */
export { anthropic } from "./provider.ts";
export { rules } from "./rules.ts";

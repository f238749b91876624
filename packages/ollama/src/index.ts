/** What @polycall/ollama exports. */
export { ollama } from "./provider.ts";
export { rules } from "./rules.ts";

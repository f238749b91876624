/** What @polycall/ollama exports. */
export { ollama } from "./provider.ts";

/** What @polycall/agent exports. */
export type { AgentContext } from "./context.ts";
export type { Entry, FoundEntry, Json, LogInfo, Store } from "./store.ts";
export { StoreError, VersionConflictError } from "./store.ts";
export { memoryStore } from "./stores/memory.ts";

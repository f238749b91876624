/** What @polycall/agent exports. */
export type { AgentContext } from "./context.ts";
// Long-term memory
export type { Fact, MemoryByContext, MemoryOfScope, ScopedMemory } from "./memory.ts";
export { longTermMemory } from "./memory.ts";
export type { MemoryTool } from "./memory-tools.ts";

// Sessions
export type { FoundMessages, Session } from "./session.ts";
export { listSessions, searchSessions, session } from "./session.ts";
export type {
  CompactionEntry,
  MessagesEntry,
  RewindEntry,
  SessionEntry,
} from "./session-log.ts";
// Stores
export type { Entry, FoundEntry, Json, LogInfo, Store } from "./store.ts";
export { StoreError, UnknownEntryError, VersionConflictError } from "./store.ts";
export { memoryStore } from "./stores/memory.ts";

/** What @polycall/agent exports. */
export type { Agent, AgentToolOptions } from "./agent.ts";
export { agent } from "./agent.ts";
export type { ApprovalRequest, Decision } from "./approval.ts";
export { askUserTool } from "./ask-user.ts";
export type { AgentContext } from "./context.ts";
export type {
  AgentOptions,
  AnyAgent,
  HandOff,
  OutputOf,
  StepChange,
  StepInfo,
} from "./definition.ts";
export type { ChildRun, Durable } from "./durable.ts";
export type { RunErrorCode } from "./errors.ts";
export { RunError } from "./errors.ts";
export type { AgentEvent } from "./events.ts";
export type { Guardrails, ToolCallToCheck, Verdict } from "./guardrails.ts";
export type { JournalEntry, RunHead, RunState } from "./journal.ts";
export type { Progress, StopCondition } from "./limits.ts";
export { costAbove, steps, timeAbove, tokensAbove, toolCalled } from "./limits.ts";
export type { Fact, MemoryByContext, MemoryOfScope, ScopedMemory } from "./memory.ts";
export { longTermMemory } from "./memory.ts";
export type { MemoryTool } from "./memory-tools.ts";
export type { Observer, SpanEnd, SpanInfo } from "./observer.ts";
export type { Content } from "./output.ts";
export type { PlanItem } from "./plan.ts";
export { planText, planTool } from "./plan.ts";
export type { CallRecord, LedgerLine, Run, RunStatus, StepRecord } from "./run.ts";
export type { ResumeOptions, RunInput, RunOptions } from "./runner.ts";

export type { FoundMessages, Session } from "./session.ts";
export { listSessions, searchSessions, session } from "./session.ts";
export type {
  CompactionEntry,
  MessagesEntry,
  RewindEntry,
  SessionEntry,
} from "./session-log.ts";
export type { Entry, FoundEntry, Json, LogInfo, Store } from "./store.ts";
export { StoreError, UnknownEntryError, VersionConflictError } from "./store.ts";
export { memoryStore } from "./stores/memory.ts";
export { RunStream } from "./stream.ts";

/** What a tool's function is told by the agent that runs it. */
import type { ToolContext } from "@polycall/core";
import type { Json } from "./store.ts";

/**
 * Annotate a tool's second parameter with it: `execute: async (args, { context }: AgentContext<{ db: Db }>) => …`.
 * `run()` then asks for a `context` of that type.
 */
export interface AgentContext<Context = unknown> extends ToolContext {
  /** What the run was given: `run(input, { context })`. Never written down. */
  context: Context;
  /** Ends with the run, or when the tool's time is up. */
  signal: AbortSignal;
  /**
   * The same for every try of this call, also in another process after a crash, and for no other call. Hand
   * it to services that take one, so that an effect happens once.
   */
  idempotencyKey: string;
  runId: string;
  session?: string;
  /** The agent that made the call. */
  agent: string;
  /** Tells whoever watches the run how far the tool is: an event `tool_progress`. */
  progress(value: Json): void;
  /** Tells the user interface something: an event `data`. */
  emit(name: string, data: Json): void;
  /** What tools of this run keep: part of the run's state, so it is there again after a crash. */
  state: {
    get<T extends Json>(key: string): T | undefined;
    set(key: string, value: Json): void;
  };
}

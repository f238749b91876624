/** The seam for traces: whoever observes a run is called around each of its parts. */
import type { CompletionInput, Usage } from "@polycall/core";
import type { Json } from "./store.ts";

/** Where a part stands: those of a run are within it, a sub-agent's run is within the call that began it. */
interface Place {
  /** The run's id; of a call of a tool its idempotency key. */
  id: string;
  /** The `id` of what it is part of; absent of a run that nothing began. */
  parent?: string;
  /** The agent that runs it. */
  agent: string;
  session?: string;
}

/** What begins. */
export type SpanInfo = Place &
  (
    | { kind: "agent"; description?: string; model: string }
    | { kind: "model"; model: string; request: CompletionInput; streaming: boolean }
    | { kind: "tool"; tool: string; description?: string; toolCallId: string; args: Json }
  );

/** What is known when it has ended. */
export interface SpanEnd {
  /** Of a model: what served. */
  model?: string;
  provider?: string;
  responseId?: string;
  finish_reason?: string | null;
  /** ms until a stream's first piece. */
  firstChunkMs?: number;
  usage?: Usage;
  /** Dollars. */
  cost?: number;
  /** The answer, the model's message, the tool's result. */
  output?: Json;
  /** How a run ended: "done", "waiting", … */
  status?: string;
  /** A tool's result that tells the model of an error. */
  error?: string;
  /** Its class. */
  errorType?: string;
}

/** Calls `work` and gives what it gives; `end` is called before it resolves. */
export type Observer = <T>(
  span: SpanInfo,
  work: (end: (known: SpanEnd) => void) => Promise<T>,
) => Promise<T>;

/** With nobody watching. */
export const unobserved: Observer = (_span, work) => work(() => {});

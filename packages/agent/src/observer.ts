/** The seam for traces: whoever observes a run is called around each of its parts. */
import type { CompletionInput, Usage } from "@polycall/core";
import type { Json } from "./store.ts";

/** What begins. */
export type SpanInfo =
  | { kind: "agent"; agent: string; runId: string; session?: string; model: string }
  | { kind: "model"; model: string; request: CompletionInput }
  | { kind: "tool"; tool: string; description?: string; toolCallId: string; args: Json };

/** What is known when it has ended. */
export interface SpanEnd {
  /** Of a model: what served. */
  model?: string;
  provider?: string;
  responseId?: string;
  finish_reason?: string | null;
  usage?: Usage;
  cost?: number;
  /** The answer, the model's message, the tool's result. */
  output?: Json;
  /** A tool's result that tells the model of an error; a run's status that is not "done". */
  error?: string;
}

/** Calls `work` and gives what it gives; `end` is called before it resolves. */
export type Observer = <T>(
  span: SpanInfo,
  work: (end: (known: SpanEnd) => void) => Promise<T>,
) => Promise<T>;

/** With nobody watching. */
export const unobserved: Observer = (_span, work) => work(() => {});

/** Anthropic's stop reasons in OpenAI's words. */
import type { FinishReason } from "@polycall/core";

/** Source: `BetaStopReason` of @anthropic-ai/sdk 1.12. `pause_turn` and `compaction` want another call. */
const words: Record<string, FinishReason> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  compaction: "stop",
  tool_use: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "content_filter",
};

/** @param calls whether the reply holds tool calls for the caller; a cut or refused reply says so first */
export function finishReason(stopReason: unknown, calls: boolean): FinishReason {
  const word = (typeof stopReason === "string" && words[stopReason]) || "stop";
  return calls && word === "stop" ? "tool_calls" : word;
}

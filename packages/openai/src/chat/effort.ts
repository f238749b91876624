/** How much a request asks to reason. */
import { type CompletionRequest, effortOfThinking, type ReasoningEffort } from "@polycall/core";

/** How much the request asks to reason, in whichever words; `reasoning_effort` wins. */
export function effortOf({
  reasoning_effort,
  thinking,
}: Pick<CompletionRequest, "reasoning_effort" | "thinking">): ReasoningEffort | undefined {
  return reasoning_effort ?? effortOfThinking(thinking);
}

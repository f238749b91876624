/** The nearest `reasoning_effort` that a model takes. */
import { type CompletionRequest, effortOfThinking, type ReasoningEffort } from "@polycall/core";

const order: readonly ReasoningEffort[] = [
  "none",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
  "max",
];

/**
 * The wanted effort where it is taken, else the nearest on the scale; of two as near, the one
 * closer to "high" (DeepSeek's own rule: medium and xhigh are high). Reasoning is never turned
 * off by nearness: "none" is given only to who asks for it.
 */
export function nearestEffort(
  wanted: ReasoningEffort,
  taken: readonly ReasoningEffort[],
): ReasoningEffort {
  if (taken.includes(wanted) || !order.includes(wanted)) return wanted;
  const high = order.indexOf("high");
  const at = order.indexOf(wanted);
  const rank = (effort: ReasoningEffort) => {
    const place = order.indexOf(effort);
    return Math.abs(place - at) + Math.abs(place - high) / 100;
  };
  return taken
    .filter((effort) => effort !== "none")
    .reduce((best, effort) => (rank(effort) < rank(best) ? effort : best));
}

/** How much the request asks to reason, in whichever words; `reasoning_effort` wins. */
export function effortOf({
  reasoning_effort,
  thinking,
}: Pick<CompletionRequest, "reasoning_effort" | "thinking">): ReasoningEffort | undefined {
  return reasoning_effort ?? effortOfThinking(thinking);
}

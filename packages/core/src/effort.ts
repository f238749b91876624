/** Reasoning efforts: the scale, the nearest that a model takes, and Anthropic's `thinking` on it. */
import type { ReasoningEffort } from "./types/request.ts";

/**
 * The effort that a thinking budget stands for, by LiteLLM's budgets (1024 low, 2048 medium).
 * @param thinking `budget_tokens` in tokens
 * @returns `undefined` where it leaves the amount to the model: adaptive, or no budget
 */
export function effortOfThinking(
  thinking: { type?: string; budget_tokens?: number } | undefined,
): ReasoningEffort | undefined {
  if (thinking?.type === "disabled") return "none";
  if (thinking?.type !== "enabled" || !thinking.budget_tokens) return undefined;
  if (thinking.budget_tokens <= 1024) return "low";
  return thinking.budget_tokens <= 2048 ? "medium" : "high";
}

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

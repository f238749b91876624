/** Anthropic's `thinking` as OpenAI's `reasoning_effort`, for the APIs that know levels only. */
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

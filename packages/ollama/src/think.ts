/** Reasoning effort as Ollama's `think`. */
import {
  type Changes,
  type CompletionRequest,
  effortOfThinking,
  type ReasoningEffort,
} from "@polycall/core";
import type { Thinking } from "./models.ts";

/**
 * `think` for what the caller asked of reasoning. A hint: it bends to what the model takes.
 * @param takes how the model takes it, where that is known
 * @returns undefined to leave it to the model
 */
export function thinkOf(
  model: string,
  takes: Thinking | undefined,
  request: Pick<CompletionRequest, "reasoning_effort" | "thinking">,
  changes: Changes,
): boolean | "low" | "medium" | "high" | undefined {
  const { reasoning_effort: effort, thinking } = request;
  if (effort && thinking) {
    const reason = "reasoning_effort says it already";
    const rule = "ollama/effort-thinking";
    changes.hint({ param: "thinking", action: "dropped", from: thinking, reason, rule });
  }
  const asked = effort ?? effortOfThinking(thinking);
  // Thinking without an amount: what a model that always thinks does anyway.
  if (!asked && (thinking?.type !== "enabled" || takes === "levels")) return undefined;
  if (!asked && takes === "switch") return true;
  if (asked === "none" && takes !== "levels") return false;
  const to = takes === "levels" ? level(asked!) : takes === "switch" || undefined;
  if (effort && to === effort) return to;
  const action = !to ? "dropped" : effort && takes === "levels" ? "clamped" : "converted";
  const param = effort ? "reasoning_effort" : "thinking";
  changes.hint({ param, action, from: effort ?? thinking, to, reason: why(model, takes) });
  return to;
}

function why(model: string, takes: Thinking | undefined): string {
  if (takes === "levels") return `${model} thinks low, medium or high, never not at all`;
  return takes === "switch"
    ? `${model} thinks or does not; it knows no levels`
    : "a model that can think does so by default, and one that cannot refuses to be asked";
}

function level(effort: ReasoningEffort): "low" | "medium" | "high" {
  if (effort === "none" || effort === "minimal") return "low";
  return effort === "low" || effort === "medium" ? effort : "high";
}

/** `reasoning_effort` and `thinking` as thinkingConfig. */
import type { Changes, CompletionRequest, ReasoningEffort } from "@polycall/core";
import type { Thinking, ThinkingLevel } from "./models.ts";

type Json = { [key: string]: unknown };

/** Google's own table for its OpenAI endpoint (ai.google.dev/gemini-api/docs/openai, 2026-11-23). */
const budgets: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
};
const levels: Readonly<Record<ReasoningEffort, ThinkingLevel>> = {
  none: "MINIMAL",
  minimal: "MINIMAL",
  low: "LOW",
  medium: "MEDIUM",
  high: "HIGH",
  xhigh: "HIGH",
  max: "HIGH",
};
const ladder: readonly ThinkingLevel[] = ["MINIMAL", "LOW", "MEDIUM", "HIGH"];

type Asked = Pick<CompletionRequest, "reasoning_effort" | "thinking">;

/** The thinkingConfig, or undefined when nothing is asked. Thoughts are shown once thinking is asked for. */
export function thinkingOf(asked: Asked, facts: Thinking, changes: Changes): Json | undefined {
  const { reasoning_effort: effort, thinking } = asked;
  if (!effort && !thinking) return undefined;
  const param = effort ? "reasoning_effort" : "thinking";
  const from = effort ?? thinking;
  if (effort && thinking) {
    const reason = "reasoning_effort says how much to think";
    const rule = "gemini/effort-thinking";
    changes.hint({ param: "thinking", action: "dropped", from: thinking, reason, rule });
  }
  const isOff = effort ? effort === "none" : thinking?.type === "disabled";
  if (facts.kind === "none") {
    if (!isOff)
      changes.hint({ param, action: "dropped", from, reason: "this model does not think" });
    return undefined;
  }
  if (facts.kind === "budget") {
    const wanted = effort ? budgets[effort] : isOff ? 0 : thinking?.budget_tokens;
    if (wanted === undefined) return { thinkingBudget: -1, includeThoughts: true };
    const lowest = facts.off && wanted === 0 ? 0 : facts.min;
    const thinkingBudget = Math.min(Math.max(wanted, lowest), facts.max);
    if (isOff && thinkingBudget) {
      const reason = "this model always thinks";
      changes.hint({ param, action: "clamped", from, to: thinkingBudget, reason });
    } else if (thinkingBudget !== wanted) {
      const reason = `this model thinks for ${facts.min} to ${facts.max} tokens`;
      const asked = effort ?? wanted;
      changes.hint({ param, action: "clamped", from: asked, to: thinkingBudget, reason });
    }
    return isOff ? { thinkingBudget } : { thinkingBudget, includeThoughts: true };
  }
  const budget = thinking?.budget_tokens;
  if (!effort && !isOff && budget === undefined) return { includeThoughts: true };
  const wanted = levels[effort ?? (isOff ? "none" : effortOf(budget!))] ?? "HIGH";
  const level = nearest(wanted, facts.levels);
  if (isOff || level !== wanted) {
    const reason = isOff
      ? "this model always thinks"
      : `this model thinks ${facts.levels.join(", ")}`;
    changes.hint({ param, action: "clamped", from, to: level, reason });
  } else if (!effort) {
    const reason = "this model takes a level, not a number of tokens";
    changes.note({ param, action: "converted", from: budget, to: level, reason });
  }
  return isOff ? { thinkingLevel: level } : { thinkingLevel: level, includeThoughts: true };
}

function effortOf(budget: number): ReasoningEffort {
  return budget <= 1024 ? "low" : budget <= 8192 ? "medium" : "high";
}

/** The level itself, else the next higher, else the highest. */
function nearest(wanted: ThinkingLevel, known: readonly ThinkingLevel[]): ThinkingLevel {
  const from = ladder.indexOf(wanted);
  return known.find((level) => ladder.indexOf(level) >= from) ?? known.at(-1)!;
}

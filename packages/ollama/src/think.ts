/** Reasoning effort as Ollama's `think`. */
import type { Changes, CompletionRequest, ReasoningEffort } from "@polycall/core";
import { thinkingOf } from "./models.ts";

/**
 * `think` for what the caller asked of reasoning. A hint: it bends to what the model takes.
 * @returns undefined to leave it to the model
 */
export function thinkOf(
  model: string,
  request: Pick<CompletionRequest, "reasoning_effort" | "thinking">,
  changes: Changes,
): boolean | "low" | "medium" | "high" | undefined {
  const { reasoning_effort: effort, thinking } = request;
  if (effort && thinking) {
    const reason = "reasoning_effort says it already";
    changes.hint({ param: "thinking", action: "dropped", from: thinking, reason });
  }
  const param = effort ? "reasoning_effort" : "thinking";
  const asked = effort ?? effortOf(thinking);
  if (!asked) return undefined;
  const takes = thinkingOf(model);
  if (takes === "levels") {
    const level =
      asked === "low" || asked === "medium" || asked === "high" ? asked : nearest(asked);
    if (level !== effort) {
      const reason = `${model} thinks low, medium or high, never not at all`;
      changes.hint({ param, action: "clamped", from: effort ?? thinking, to: level, reason });
    }
    return level;
  }
  if (asked === "none") return false;
  const to = takes === "switch" ? true : undefined;
  const reason = to
    ? `${model} thinks or does not; it knows no levels`
    : "a model that can think does so by default, and one that cannot refuses to be asked";
  changes.hint({
    param,
    action: to ? "converted" : "dropped",
    from: effort ?? thinking,
    to,
    reason,
  });
  return to;
}

function nearest(effort: ReasoningEffort): "low" | "high" {
  return effort === "none" || effort === "minimal" ? "low" : "high";
}

function effortOf(thinking: CompletionRequest["thinking"]): ReasoningEffort | undefined {
  if (!thinking) return undefined;
  return thinking.type === "disabled" ? "none" : "medium";
}

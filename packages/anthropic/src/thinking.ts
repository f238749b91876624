/** How much the model thinks: `reasoning_effort` and `thinking` in the words of the model's generation. */
import type { Changes, CompletionRequest, ReasoningEffort } from "@polycall/core";
import type { ModelFacts } from "./models.ts";

type Thinking = { type: string; [key: string]: unknown };

export interface Reasoning {
  thinking?: Thinking;
  /** `output_config.effort`. */
  effort?: ReasoningEffort;
}

/** LiteLLM's budgets for the words, continued upwards. The API wants 1,024 at least. */
const budgets: Record<Exclude<ReasoningEffort, "none">, number> = {
  minimal: 1024,
  low: 1024,
  medium: 2048,
  high: 4096,
  xhigh: 8192,
  max: 16_384,
};
const ladder: readonly ReasoningEffort[] = ["minimal", "low", "medium", "high", "xhigh", "max"];

/**
 * @param maxTokens what the request will send as `max_tokens`; a budget stays below it
 * @returns the two settings, fitted to the model; every bend is a hint in `changes`
 */
export function reasoningOf(
  request: Pick<CompletionRequest, "reasoning_effort" | "thinking">,
  facts: ModelFacts,
  maxTokens: number,
  changes: Changes,
): Reasoning {
  const asked = request.thinking as Thinking | null | undefined;
  const effort = request.reasoning_effort ?? undefined;
  if (!asked) return byEffort(effort, facts, maxTokens, changes);
  if (asked.type === "disabled") return off("thinking", asked, facts, effort, changes);
  if (asked.type !== "enabled" && asked.type !== "adaptive") {
    return { thinking: { ...asked }, ...fitEffort(effort, facts, changes) };
  }
  if (facts.thinking === "none") {
    changes.hint({ param: "thinking", action: "dropped", from: asked, reason: cannotThink });
    return {};
  }
  if (facts.thinking === "budget" || (asked.type === "enabled" && facts.thinking === "either")) {
    const given = typeof asked.budget_tokens === "number" ? asked.budget_tokens : undefined;
    if (given !== undefined && effort && !facts.efforts.length) {
      const reason = "thinking.budget_tokens says it more exactly";
      const rule = "anthropic/effort-budget";
      changes.hint({ param: "reasoning_effort", action: "dropped", from: effort, reason, rule });
    }
    const word = effort && effort !== "none" ? effort : "medium";
    const budget = fitBudget("thinking", given ?? budgets[word], given, maxTokens, changes);
    if (asked.type === "adaptive") {
      const to = budget === undefined ? undefined : { type: "enabled", budget_tokens: budget };
      changes.hint({
        param: "thinking",
        action: "converted",
        from: asked,
        to,
        reason: wantsBudget,
      });
    }
    if (budget === undefined) return {};
    const { type: _, budget_tokens: __, ...rest } = asked;
    return {
      thinking: { ...rest, type: "enabled", budget_tokens: budget },
      ...(facts.efforts.length ? fitEffort(effort, facts, changes) : {}),
    };
  }
  const { budget_tokens, ...rest } = asked;
  const thinking = { ...rest, type: "adaptive" };
  if (asked.type === "adaptive") return { thinking, ...fitEffort(effort, facts, changes) };
  if (typeof budget_tokens !== "number") {
    return { thinking, ...fitEffort(effort, facts, changes) };
  }
  const near = effort ?? effortNear(budget_tokens, facts);
  changes.hint({
    param: "thinking",
    action: "converted",
    from: asked,
    to: { ...thinking, effort: near },
    reason: "this model takes an effort, not a budget",
  });
  return { thinking, ...fitEffort(near, facts, changes) };
}

const cannotThink = "this model does not think";
const wantsBudget = "this model takes a thinking budget";

function byEffort(
  effort: ReasoningEffort | undefined,
  facts: ModelFacts,
  maxTokens: number,
  changes: Changes,
): Reasoning {
  if (effort === undefined) return {};
  if (effort === "none") {
    return facts.thinksUnasked ? off("reasoning_effort", effort, facts, undefined, changes) : {};
  }
  if (facts.thinking === "none") {
    changes.hint({
      param: "reasoning_effort",
      action: "dropped",
      from: effort,
      reason: cannotThink,
    });
    return {};
  }
  if (facts.thinking === "budget") {
    const budget = fitBudget("reasoning_effort", budgets[effort], undefined, maxTokens, changes);
    return budget === undefined ? {} : { thinking: { type: "enabled", budget_tokens: budget } };
  }
  return {
    thinking: { type: "adaptive", ...(facts.hidesThinking && { display: "summarized" }) },
    ...fitEffort(effort, facts, changes),
  };
}

/** Thinking turned off, or as low as the model goes. */
function off(
  param: string,
  from: unknown,
  facts: ModelFacts,
  effort: ReasoningEffort | undefined,
  changes: Changes,
): Reasoning {
  if (facts.thinkingOff || facts.thinking === "none") {
    const rest = fitEffort(effort, facts, changes);
    // Opus 5 refuses the two highest efforts without thinking.
    if (rest.effort === "xhigh" || rest.effort === "max") {
      const reason = "without thinking, high is the most";
      changes.hint({
        param: "reasoning_effort",
        action: "clamped",
        from: effort,
        to: "high",
        reason,
        rule: "anthropic/effort-no-thinking",
      });
      rest.effort = "high";
    }
    return facts.thinking === "none" ? {} : { thinking: { type: "disabled" }, ...rest };
  }
  const [lowest] = facts.efforts;
  const reason = "this model's thinking cannot be turned off";
  changes.hint({ param, action: "clamped", from, to: lowest, reason });
  return { effort: lowest };
}

/** The effort itself, or the nearest lower one that the model has, or its lowest. */
function fitEffort(
  effort: ReasoningEffort | undefined,
  { efforts }: ModelFacts,
  changes: Changes,
): Pick<Reasoning, "effort"> {
  if (effort === undefined || effort === "none") return {};
  if (!efforts.length) return {};
  if (efforts.includes(effort)) return { effort };
  const below = ladder.slice(0, ladder.indexOf(effort)).filter((word) => efforts.includes(word));
  const to = below.at(-1) ?? efforts[0];
  const reason = `this model's efforts are ${efforts.join(", ")}`;
  changes.hint({ param: "reasoning_effort", action: "clamped", from: effort, to, reason });
  return { effort: to };
}

function effortNear(budget: number, { efforts }: ModelFacts): ReasoningEffort | undefined {
  return efforts.find((word) => word !== "none" && budgets[word] >= budget) ?? efforts.at(-1);
}

/**
 * 1,024 at least and below `max_tokens`; undefined where both cannot be. A budget that the caller did
 * not give leaves as much to the answer, where that can be.
 */
function fitBudget(
  param: string,
  budget: number,
  given: number | undefined,
  maxTokens: number,
  changes: Changes,
): number | undefined {
  const rule = "anthropic/budget-max-tokens";
  if (maxTokens <= 1024) {
    const reason = `thinking needs 1,024 tokens, and max_tokens is ${maxTokens}`;
    changes.hint({ param, action: "dropped", from: given ?? budget, reason, rule });
    return undefined;
  }
  const most = given === undefined ? Math.max(1024, maxTokens - 1024) : maxTokens - 1;
  const to = Math.min(Math.max(budget, 1024), most);
  if (to !== budget) {
    const reason =
      given === undefined
        ? "thinking counts towards max_tokens, which must also hold the answer"
        : "a thinking budget is 1,024 tokens at least and less than max_tokens";
    changes.hint({ param, action: "clamped", from: budget, to, reason, rule });
  }
  return to;
}

/** Whether the model will think, asked or not. */
export function thinks({ thinking }: Reasoning, facts: ModelFacts): boolean {
  return thinking ? thinking.type !== "disabled" : facts.thinksUnasked;
}

/**
 * A forced tool call and thinking exclude each other on most models: the call is a meaning, so
 * thinking gives way.
 * @throws UnsupportedParamsError where the model can never be forced
 */
export function makeForcible(
  reasoning: Reasoning,
  facts: ModelFacts,
  param: string,
  changes: Changes,
): Reasoning {
  if (facts.forcedTool === "never") {
    changes.refuse(
      param,
      "this model cannot be made to call a tool.",
      'Use tool_choice "auto" and say in the prompt when to call it, or choose another model.',
      "anthropic/forced-call-always-thinking",
    );
  }
  const { thinking, effort } = reasoning;
  const budgeted = thinking?.type === "enabled";
  const conflicts =
    (facts.forcedTool === "unless-budget" && budgeted) ||
    (facts.forcedTool === "unless-thinking" && thinks(reasoning, facts));
  if (!conflicts) return reasoning;
  const reason = "a forced tool call and thinking exclude each other on this model";
  const rule = "anthropic/forced-call-thinking";
  const change = { param: "thinking", from: thinking, reason, rule } as const;
  if (thinking) changes.hint({ ...change, action: "dropped" });
  else changes.note({ ...change, action: "emulated", to: { type: "disabled" } });
  const capped = effort === "xhigh" || effort === "max" ? "high" : effort;
  const rest = capped ? { effort: capped } : {};
  return facts.thinksUnasked ? { thinking: { type: "disabled" }, ...rest } : rest;
}

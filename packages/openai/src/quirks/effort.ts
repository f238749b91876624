/** How hosts are told how much to think. */
import {
  type CapabilityFacts,
  type Changes,
  effortOfThinking,
  nearestEffort,
  type ReasoningEffort,
} from "@polycall/core";
import type { Body, Quirk } from "./quirk.ts";

function clamp(
  from: ReasoningEffort,
  taken: readonly ReasoningEffort[],
  model: string,
  changes: Changes,
): ReasoningEffort {
  const to = nearestEffort(from, taken);
  if (to !== from) {
    const reason = `${model} takes the efforts ${taken.join(", ")}`;
    changes.hint({ param: "reasoning_effort", action: "clamped", from, to, reason });
  }
  return to;
}

/** The efforts that the user names, or a refusal did; they were fitted before. */
function saidOf(known: CapabilityFacts | undefined): readonly ReasoningEffort[] | undefined {
  const said = known?.params?.reasoning_effort;
  return typeof said === "object" ? (said.values as ReasoningEffort[] | undefined) : undefined;
}

/** The efforts of models by prefix; `[]`: the model has no such parameter. Others pass as they are. */
export type EffortTable = readonly (readonly [
  prefix: string,
  efforts: readonly ReasoningEffort[],
])[];

/** Clamps `reasoning_effort` to what the model takes. */
export function effortsByModel(table: EffortTable): Quirk {
  return {
    name: "effortsByModel",
    onBoth: true,
    body(body, { model, known, changes }) {
      const from = body.reasoning_effort as ReasoningEffort | undefined;
      if (!from || saidOf(known)) return;
      const taken = table.find(([prefix]) => model.startsWith(prefix))?.[1];
      if (!taken) return;
      if (taken.length) {
        body.reasoning_effort = clamp(from, taken, model, changes);
        return;
      }
      delete body.reasoning_effort;
      const reason = `${model} has no reasoning_effort`;
      changes.hint({ param: "reasoning_effort", action: "dropped", from, reason });
    },
  };
}

/** Qwen at Groq: thinking is on (`default`) or off (`none`). Recorded 2026. */
export const qwenEffortAtGroq: Quirk = {
  name: "qwenEffortAtGroq",
  body(body, { model, known, changes }) {
    const from = body.reasoning_effort;
    if (!from || from === "none" || !model.startsWith("qwen/") || saidOf(known)) return;
    body.reasoning_effort = "default";
    const reason = `${model} thinks or does not; how much it thinks cannot be said`;
    changes.hint({ param: "reasoning_effort", action: "clamped", from, to: "default", reason });
  },
};

interface Thinking {
  readonly type?: string;
  readonly budget_tokens?: number;
  readonly display?: string;
}

/** OpenRouter's `reasoning: { effort }`; what the user wrote into `reasoning` wins. */
export const reasoningObject: Quirk = {
  name: "reasoningObject",
  body(body, { model, changes }) {
    const thinking = body.thinking as Thinking | undefined;
    const effort = body.reasoning_effort as ReasoningEffort | undefined;
    delete body.thinking;
    delete body.reasoning_effort;
    if (!thinking && !effort) return;
    let made: Body;
    if (effort) {
      const taken = ["none", "minimal", "low", "medium", "high", "xhigh"] as const;
      made = { effort: clamp(effort, taken, model, changes) };
      if (thinking) saidTwice(thinking, changes);
    } else {
      made = reasoningOf(thinking!);
      const reason = "OpenRouter's words for it";
      changes.note({ param: "thinking", action: "converted", from: thinking, to: made, reason });
    }
    body.reasoning = { ...made, ...(body.reasoning as Body) };
  },
};

function reasoningOf({ type, budget_tokens }: Thinking): Body {
  if (type === "disabled") return { effort: "none" };
  return budget_tokens ? { max_tokens: budget_tokens } : { enabled: true };
}

/** `thinking` beside `reasoning_effort`: the latter counts. */
export function saidTwice(from: Thinking, changes: Changes): void {
  const reason = "reasoning_effort says it already";
  const rule = "openai/effort-thinking";
  changes.hint({ param: "thinking", action: "dropped", from, reason, rule });
}

/**
 * `thinking: { type }` switches reasoning on and off (DeepSeek V4, Z.ai, Moonshot); an effort other
 * than none goes beside it where the model takes one. Anthropic's `adaptive` and budgets are
 * unknown there.
 * @param efforts what the model takes as `reasoning_effort`, none where it can be switched off;
 *   `undefined`: it can be switched only
 */
export function thinkingSwitch(
  efforts: (model: string) => readonly ReasoningEffort[] | undefined,
): Quirk {
  return {
    name: "thinkingSwitch",
    body(body, { model, known, changes }) {
      const thinking = body.thinking as Thinking | undefined;
      const effort = body.reasoning_effort as ReasoningEffort | undefined;
      const wanted = effort ?? effortOfThinking(thinking);
      if (!thinking?.type && !wanted) return;
      delete body.reasoning_effort;
      const taken = saidOf(known) ?? efforts(model);
      const isOff = wanted === "none" && (!taken || taken.includes("none"));
      body.thinking = switched(thinking, isOff ? "disabled" : "enabled");
      if (thinking && effort && isSaidTwice(thinking, effort)) saidTwice(thinking, changes);
      if (isOff || !wanted) return;
      if (taken) body.reasoning_effort = nearestEffort(wanted, taken);
      const from = effort ?? thinking;
      if (from === body.reasoning_effort) return;
      changes.hint({
        param: effort ? "reasoning_effort" : "thinking",
        action: effort ? "clamped" : "converted",
        from,
        to: taken ? body.reasoning_effort : "thinking enabled",
        reason: taken
          ? `${model} takes the efforts ${taken.join(", ")}`
          : `${model} thinks or does not; how much it thinks cannot be said`,
      });
    },
  };
}

/** What only this host knows (`clear_thinking`, `keep`) stays. */
function switched(thinking: Thinking | undefined, type: "enabled" | "disabled"): Body {
  const { budget_tokens: _, display: __, ...rest } = thinking ?? {};
  return { ...rest, type };
}

function isSaidTwice({ type, budget_tokens }: Thinking, effort: ReasoningEffort): boolean {
  return !!budget_tokens || (type === "disabled") !== (effort === "none");
}

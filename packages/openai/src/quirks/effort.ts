/** How hosts are told how much to think. */
import type { Changes, ReasoningEffort } from "@polycall/core";
import { nearestEffort } from "../chat/effort.ts";
import type { Body, Quirk } from "./quirk.ts";

function clamp(
  from: ReasoningEffort,
  taken: readonly ReasoningEffort[],
  model: string,
  changes: Changes,
): ReasoningEffort {
  const to = nearestEffort(from, taken);
  if (to !== from) {
    const reason = `${model} takes ${taken.join(", ")}`;
    changes.hint({ param: "reasoning_effort", action: "clamped", from, to, reason });
  }
  return to;
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
    body(body, { model, changes }) {
      const from = body.reasoning_effort as ReasoningEffort | undefined;
      if (!from) return;
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
  body(body, { model, changes }) {
    const from = body.reasoning_effort;
    if (!from || from === "none" || !model.startsWith("qwen/")) return;
    body.reasoning_effort = "default";
    const reason = `${model} thinks or does not; how much it thinks cannot be said`;
    changes.hint({ param: "reasoning_effort", action: "clamped", from, to: "default", reason });
  },
};

/** OpenRouter's `reasoning: { effort }`; what the user wrote into `reasoning` wins. */
export const reasoningObject: Quirk = {
  name: "reasoningObject",
  body(body, { request, model, changes }) {
    const { thinking } = request;
    const effort = body.reasoning_effort as ReasoningEffort | undefined;
    delete body.reasoning_effort;
    const made: Body = {};
    if (thinking?.type === "enabled" && thinking.budget_tokens && !request.reasoning_effort) {
      made.max_tokens = thinking.budget_tokens;
    } else if (effort) {
      const taken = ["none", "minimal", "low", "medium", "high", "xhigh"] as const;
      made.effort = clamp(effort, taken, model, changes);
    } else if (thinking?.type === "adaptive") made.enabled = true;
    if (Object.keys(made).length) body.reasoning = { ...made, ...(body.reasoning as Body) };
  },
};

/**
 * `thinking: { type }` switches reasoning on and off (DeepSeek V4, Z.ai, Moonshot); an effort other
 * than none goes beside it where the model takes one.
 * @param efforts what the model takes as `reasoning_effort`, none where it can be switched off;
 *   `undefined`: it can be switched only
 */
export function thinkingSwitch(
  efforts: (model: string) => readonly ReasoningEffort[] | undefined,
): Quirk {
  return {
    name: "thinkingSwitch",
    body(body, { model, changes }) {
      const from = body.reasoning_effort as ReasoningEffort | undefined;
      if (!from) return;
      delete body.reasoning_effort;
      const taken = efforts(model);
      const isOff = from === "none" && (!taken || taken.includes("none"));
      body.thinking ??= { type: isOff ? "disabled" : "enabled" };
      if (isOff) return;
      if (taken) body.reasoning_effort = clamp(from, taken, model, changes);
      else {
        const reason = `${model} thinks or does not; how much it thinks cannot be said`;
        const to = "thinking enabled";
        changes.hint({ param: "reasoning_effort", action: "clamped", from, to, reason });
      }
    },
  };
}

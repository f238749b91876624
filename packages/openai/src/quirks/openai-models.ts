/** OpenAI's own models: token limit's name, sampling, efforts, verbosity, stop, by the facts of `models.ts`. */
import { type Changes, nearestEffort, type ReasoningEffort } from "@polycall/core";
import { factsOf, type ModelFacts, reasons } from "../models.ts";
import type { Body, Quirk } from "./quirk.ts";

/** Sampling parameters and the value that changes nothing, which every model takes. */
const sampling: readonly [name: string, neutral: unknown][] = [
  ["temperature", 1],
  ["top_p", 1],
  ["presence_penalty", 0],
  ["frequency_penalty", 0],
  ["logprobs", false],
  ["top_logprobs", 0],
  ["logit_bias", undefined],
];

export const openaiModels: Quirk = {
  name: "openaiModels",
  onBoth: true,
  body(body, { baseModel, known, onChat, changes }) {
    const facts = factsOf(baseModel, known);
    if (facts.reasoning && "max_tokens" in body) {
      body.max_completion_tokens ??= body.max_tokens;
      delete body.max_tokens;
    }
    clampEffort(body, baseModel, facts, changes);
    if (onChat && body.tools) fitTools(body, baseModel, facts, changes);
    if (body.prompt_cache_retention !== undefined && body.prompt_cache_options !== undefined) {
      oneCacheSetting(body, changes);
    }
    dropSampling(body, baseModel, facts, changes);
    if (facts.noVerbosity) dropVerbosity(body, baseModel, changes);
    if (facts.noStop && body.stop !== undefined) {
      changes.refuse("stop", `${baseModel} takes no stop sequences.`, "Cut the text yourself.");
    }
  },
};

function clampEffort(body: Body, model: string, { efforts }: ModelFacts, changes: Changes): void {
  const from = body.reasoning_effort as ReasoningEffort | undefined;
  if (!from || !efforts) return;
  if (!efforts.length) {
    delete body.reasoning_effort;
    // It does as it was asked.
    if (from === "none") return;
    const reason = `${model} does not reason and takes no reasoning_effort`;
    changes.hint({ param: "reasoning_effort", action: "dropped", from, reason });
    return;
  }
  const to = nearestEffort(from, efforts);
  if (to === from) return;
  body.reasoning_effort = to;
  changes.hint({
    param: "reasoning_effort",
    action: "clamped",
    from,
    to,
    reason: `${model} takes the efforts ${efforts.join(", ")}`,
  });
}

/** The endpoint was forced: else such a request goes to /responses. */
function fitTools(body: Body, model: string, facts: ModelFacts, changes: Changes): void {
  if (facts.chatTools === "never") {
    changes.refuse(
      "tools",
      `${model} takes tools on /responses only.`,
      "Leave chat/ out of the model string.",
      "openai/tools-chat",
    );
  }
  const from = body.reasoning_effort as ReasoningEffort | undefined;
  if (facts.chatTools !== "without reasoning" || !reasons(facts, from)) return;
  body.reasoning_effort = "none";
  changes.hint({
    param: "reasoning_effort",
    action: "clamped",
    from,
    to: "none",
    reason: `${model} takes tools on /chat/completions only without reasoning`,
    rule: "openai/tools-chat-reasoning",
  });
}

/** Both are a 400. */
function oneCacheSetting(body: Body, changes: Changes): void {
  const from = body.prompt_cache_retention;
  delete body.prompt_cache_retention;
  changes.hint({
    param: "prompt_cache_retention",
    action: "dropped",
    from,
    reason: "prompt_cache_options replaces it, and both are refused",
    rule: "openai/prompt-cache-retention-options",
  });
}

function dropVerbosity(body: Body, model: string, changes: Changes): void {
  const from = body.verbosity;
  if (from === undefined || from === "medium") return;
  delete body.verbosity;
  const reason = `${model} takes no verbosity other than medium`;
  changes.hint({ param: "verbosity", action: "dropped", from, reason });
}

function dropSampling(body: Body, model: string, facts: ModelFacts, changes: Changes): void {
  const rule = facts.sampling ?? "always";
  if (rule === "always") return;
  const isReasoning = reasons(facts, body.reasoning_effort as string | undefined);
  if (rule === "without reasoning" && !isReasoning) return;
  for (const [param, neutral] of sampling) {
    const from = body[param];
    if (from === undefined || from === neutral) continue;
    delete body[param];
    const when = rule === "never" ? "" : " while it reasons (reasoning_effort is not none)";
    const reason = `${model} refuses ${param} other than the default${when}`;
    changes.hint({
      param,
      action: "dropped",
      from,
      reason,
      ...(rule !== "never" && { rule: "openai/sampling-reasoning" }),
    });
  }
}

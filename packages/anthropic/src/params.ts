/** The plain parameters: sampling, stop sequences, service tier, and those that this API does not know. */
import { type Changes, type CompletionRequest, reportStreamOptions } from "@polycall/core";
import type { ModelFacts } from "./models.ts";
import { type Reasoning, thinks } from "./thinking.ts";

type Body = { [key: string]: unknown };

/** Hints with no counterpart here, and the value at which leaving one out changes nothing. */
const unknownHints: readonly [param: keyof CompletionRequest, harmless?: unknown][] = [
  ["frequency_penalty", 0],
  ["presence_penalty", 0],
  ["logit_bias"],
  ["logprobs", false],
  ["top_logprobs", 0],
  ["seed"],
  ["prediction"],
  ["verbosity"],
  ["store", false],
  ["moderation"],
  ["prompt_cache_key"],
  ["prompt_cache_options"],
  ["prompt_cache_retention"],
];

/** Every parameter of the contract: a key that is not here goes into the body as it is. */
export const knownParams: ReadonlySet<string> = new Set([
  ...unknownHints.map(([param]) => param),
  ...["model", "messages", "tools", "tool_choice", "parallel_tool_calls", "functions"],
  ...["function_call", "response_format", "stream", "stream_options", "extra_body", "n"],
  ...["max_tokens", "max_completion_tokens", "stop", "temperature", "top_p", "top_k"],
  ...["reasoning_effort", "thinking", "user", "safety_identifier", "metadata", "service_tier"],
  ...["web_search_options", "modalities", "audio"],
]);

/**
 * Leaves out the hints that this API does not know.
 * @throws UnsupportedParamsError for several choices or audio
 */
export function reportUnsupported(request: CompletionRequest, changes: Changes): void {
  const reason = "Anthropic has no such parameter";
  for (const [param, harmless] of unknownHints) {
    const from = request[param];
    if (from === undefined || from === null || from === harmless) continue;
    changes.hint({ param, action: "dropped", from, reason });
  }
  for (const key of Object.keys(request.metadata ?? {})) {
    if (key === "user_id") continue;
    const from = request.metadata![key];
    const why = "this API's metadata has user_id only";
    changes.hint({ param: `metadata.${key}`, action: "dropped", from, reason: why });
  }
  reportStreamOptions(request, { rule: "anthropic/stream-options", takes: false }, changes);
  if (typeof request.n === "number" && request.n > 1) {
    changes.refuse("n", `this API gives one choice, and n is ${request.n}.`, "Call it n times.");
  }
  if (request.modalities?.includes("audio") || request.audio) {
    const param = request.audio ? "audio" : "modalities";
    changes.refuse(param, "this API answers in text only.", "Choose a model with audio output.");
  }
}

/**
 * `stop` as stop_sequences. An empty one stops nothing.
 * @throws UnsupportedParamsError for one of white space only, which the API refuses
 */
export function stopOf(request: CompletionRequest, changes: Changes): Body {
  const stops = typeof request.stop === "string" ? [request.stop] : (request.stop ?? []);
  const kept = stops.filter((stop) => stop !== "");
  const blank = kept.find((stop) => !stop.trim());
  if (blank !== undefined) {
    changes.refuse(
      "stop",
      `this API takes no stop sequence of white space only (${JSON.stringify(blank)}).`,
      "Cut the reply there yourself, or stop at a visible text.",
    );
  }
  return kept.length ? { stop_sequences: kept } : {};
}

/**
 * temperature, top_p and top_k as far as the model takes them.
 * @param allowed whether the API's version that the user pinned takes them at all
 */
export function samplingOf(
  request: CompletionRequest,
  facts: ModelFacts,
  reasoning: Reasoning,
  allowed: boolean,
  changes: Changes,
): Body {
  const { temperature, top_p, top_k } = request;
  const body: Body = {};
  const drop = (param: string, from: unknown, reason: string, rule?: string) =>
    changes.hint({ param, action: "dropped", from, reason, ...(rule && { rule }) });
  const never = facts.sampling === "none" || !allowed;
  if (never || thinks(reasoning, facts)) {
    const who = never ? "this model" : "a model that thinks";
    const reason = `${who} chooses its sampling itself`;
    const rule = never ? undefined : "anthropic/sampling-thinking";
    // 1 is what the model does anyway.
    if (temperature != null && temperature !== 1) drop("temperature", temperature, reason, rule);
    if (top_p != null && top_p !== 1) drop("top_p", top_p, reason, rule);
    if (top_k != null) drop("top_k", top_k, reason, rule);
    return body;
  }
  if (temperature != null) {
    body.temperature = Math.min(temperature, 1);
    if (temperature > 1) {
      const reason = "Anthropic's temperature ends at 1";
      changes.hint({ param: "temperature", action: "clamped", from: temperature, to: 1, reason });
    }
  }
  if (top_p != null) {
    if (facts.sampling === "all" || temperature == null) body.top_p = top_p;
    else if (top_p !== 1) {
      const reason = "this model takes temperature or top_p, not both";
      drop("top_p", top_p, reason, "anthropic/temperature-top-p");
    }
  }
  if (top_k != null) body.top_k = top_k;
  return body;
}

/** Source: `MessageCreateParams.service_tier` and `speed` of @anthropic-ai/sdk 1.12. */
export function serviceOf(
  { service_tier: tier }: CompletionRequest,
  changes: Changes,
): { body: Body; betas: string[] } {
  switch (tier) {
    case "auto":
      return { body: { service_tier: "auto" }, betas: [] };
    case "default":
      return { body: { service_tier: "standard_only" }, betas: [] };
    case "fast":
      return { body: { speed: "fast" }, betas: ["fast-mode-2026-02-01"] };
    case "priority": {
      const reason = 'this API\'s "auto" is priority where the account has it';
      changes.hint({ param: "service_tier", action: "converted", from: tier, to: "auto", reason });
      return { body: { service_tier: "auto" }, betas: [] };
    }
    case undefined:
    case null:
      return { body: {}, betas: [] };
    default: {
      const reason = "Anthropic's tiers are auto, default and fast";
      changes.hint({ param: "service_tier", action: "dropped", from: tier, reason });
      return { body: {}, betas: [] };
    }
  }
}

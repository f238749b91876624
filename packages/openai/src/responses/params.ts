/** Chat Completions' parameters in the Responses API's words. Pure. */
import type { Changes, CompletionRequest } from "@polycall/core";
import { isObject } from "../chat/wire.ts";
import type { Body } from "../quirks/quirk.ts";

/** Hints that the Responses API has no word for. */
const hints = [
  "frequency_penalty",
  "logit_bias",
  "prediction",
  "presence_penalty",
  "seed",
] as const;

/** Below it the API refuses (SDK types 7.57, API reference 2026-11). */
const leastTokens = 16;

/**
 * Renames, clamps and drops in place.
 * @param body the request's parameters under their own names
 * @throws UnsupportedParamsError for `n`, `stop` and audio
 */
export function translateParams(body: Body, changes: Changes): void {
  refuseMeanings(body, changes);
  for (const param of hints) {
    const from = body[param];
    if (from === undefined) continue;
    delete body[param];
    if (from === 0 && param !== "seed") continue;
    changes.hint({ param, action: "dropped", from, reason: `the Responses API takes no ${param}` });
  }
  placeTokens(body, changes);
  nest(body, "reasoning", "effort", take(body, "reasoning_effort"));
  nest(body, "text", "verbosity", take(body, "verbosity"));
  if (take(body, "logprobs") === true) include(body, "message.output_text.logprobs");
}

function refuseMeanings(body: Body, changes: Changes): void {
  const n = take(body, "n");
  if (n !== undefined && n !== 1) {
    changes.refuse("n", "the Responses API gives one answer (n).", "Call it n times.");
  }
  const stop = take(body, "stop");
  if (stop !== undefined && !(Array.isArray(stop) && !stop.length)) {
    changes.refuse("stop", "the Responses API takes no stop sequences.", "Cut the text yourself.");
  }
  const modalities = take(body, "modalities");
  const wantsAudio = Array.isArray(modalities) && modalities.some((one) => one !== "text");
  if (take(body, "audio") !== undefined || wantsAudio) {
    const instead = "Choose a model that speaks on Chat Completions.";
    changes.refuse("modalities", "the Responses API gives no audio.", instead);
  }
}

function placeTokens(body: Body, changes: Changes): void {
  const newer = take(body, "max_completion_tokens");
  const older = take(body, "max_tokens");
  const from = newer ?? older;
  if (from === undefined) return;
  if (body.max_output_tokens !== undefined) return;
  body.max_output_tokens = from;
  if (typeof from !== "number" || from >= leastTokens) return;
  body.max_output_tokens = leastTokens;
  changes.hint({
    param: newer === undefined ? "max_tokens" : "max_completion_tokens",
    action: "clamped",
    from,
    to: leastTokens,
    reason: `the Responses API takes ${leastTokens} or more`,
  });
}

/** `stream_options` without what is Chat Completions' own: usage always comes here. */
export function streamOptions(request: CompletionRequest): Body | undefined {
  const { include_usage: _, ...rest } = request.stream_options ?? {};
  return Object.keys(rest).length ? rest : undefined;
}

function take(body: Body, key: string): unknown {
  const value = body[key];
  delete body[key];
  return value;
}

/** Sets `body[outer][inner]`; what the caller wrote in the API's own words wins. */
export function nest(body: Body, outer: string, inner: string, value: unknown): void {
  if (value === undefined) return;
  const given = body[outer];
  body[outer] = { [inner]: value, ...(isObject(given) && given) };
}

/** Adds to `include` what is not there yet. */
export function include(body: Body, what: string): void {
  const given = Array.isArray(body.include) ? body.include : [];
  if (!given.includes(what)) body.include = [...given, what];
}

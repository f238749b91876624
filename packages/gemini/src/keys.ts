/** Keys that polycall does not know: they are passed on at the level where they stand. */
import { type CompletionRequest, foreignMessageKeys } from "@polycall/core";

type Json = { readonly [key: string]: unknown };

const none: { [key: string]: unknown } = Object.freeze({});

/** The rest of an object, known keys left out; the same empty object when there is none. */
export function unknownKeys(from: object, known: ReadonlySet<string>): { [key: string]: unknown } {
  let rest: { [key: string]: unknown } | undefined;
  for (const key of Object.keys(from)) {
    if (known.has(key)) continue;
    const value = (from as Json)[key];
    if (value !== undefined) rest = { ...rest, [key]: value };
  }
  return rest ?? none;
}

const requestKeys: { [K in keyof Required<CompletionRequest>]: true } = {
  model: true,
  messages: true,
  tools: true,
  response_format: true,
  stream: true,
  audio: true,
  frequency_penalty: true,
  function_call: true,
  functions: true,
  logit_bias: true,
  logprobs: true,
  max_completion_tokens: true,
  max_tokens: true,
  metadata: true,
  modalities: true,
  moderation: true,
  n: true,
  parallel_tool_calls: true,
  prediction: true,
  presence_penalty: true,
  prompt_cache_key: true,
  prompt_cache_options: true,
  prompt_cache_retention: true,
  reasoning_effort: true,
  safety_identifier: true,
  seed: true,
  service_tier: true,
  stop: true,
  store: true,
  stream_options: true,
  temperature: true,
  thinking: true,
  tool_choice: true,
  top_k: true,
  top_logprobs: true,
  top_p: true,
  user: true,
  verbosity: true,
  web_search_options: true,
  extra_body: true,
};

/** Every field of a request that the plan reads or leaves out on purpose. */
export const knownRequest: ReadonlySet<string> = new Set(Object.keys(requestKeys));

/**
 * Fields of a message, with those that other providers' replies carry: a history made elsewhere is
 * taken, and Google refuses names that it does not know.
 */
export const knownMessage: ReadonlySet<string> = new Set([
  "role",
  "content",
  "name",
  "refusal",
  "tool_calls",
  "tool_call_id",
  "function_call",
  "audio",
  "images",
  "annotations",
  "cache_control",
  ...foreignMessageKeys,
]);

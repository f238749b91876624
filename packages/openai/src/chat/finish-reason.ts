/** Hosts' words for why generation stopped, as OpenAI's five. */
import { type FinishReason, ReplyFailure } from "@polycall/core";

const words: { readonly [word: string]: FinishReason } = {
  stop: "stop",
  length: "length",
  tool_calls: "tool_calls",
  content_filter: "content_filter",
  function_call: "tool_calls",
  model_length: "length",
  max_tokens: "length",
  MAX_TOKENS: "length",
  repetition_truncation: "length",
  safety: "content_filter",
  sensitive: "content_filter",
  refusal: "content_filter",
  // Google's own words, which its OpenAI endpoint passes on.
  BLOCKLIST: "content_filter",
  IMAGE_SAFETY: "content_filter",
  LANGUAGE: "content_filter",
  OTHER: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  RECITATION: "content_filter",
  SAFETY: "content_filter",
  SPII: "content_filter",
};

/** Words that say that the reply failed. */
const failures: ReadonlySet<string> = new Set([
  "error",
  "network_error",
  "insufficient_system_resource",
  "MALFORMED_FUNCTION_CALL",
  "MALFORMED_RESPONSE",
  "TOO_MANY_TOOL_CALLS",
  "UNEXPECTED_TOOL_CALL",
]);

/**
 * @param raw the host's word; "", null and words nobody knows mean that it simply stopped
 * @param body what the failure is read from, where the word says that the reply failed
 * @throws ReplyFailure
 */
export function finishReason(
  raw: string | null | undefined,
  hasToolCalls: boolean,
  body: unknown,
): FinishReason {
  // Google: "function_call_filter: MALFORMED_FUNCTION_CALL".
  const word = raw?.slice(raw.lastIndexOf(": ") + 1).trim();
  if (word && failures.has(word)) throw new ReplyFailure(failureOf(word, body));
  const known = word && Object.hasOwn(words, word) ? words[word]! : "stop";
  return hasToolCalls && known === "stop" ? "tool_calls" : known;
}

function failureOf(word: string, body: unknown): unknown {
  const named = (body as { error?: unknown } | null | undefined)?.error;
  if (named) return { error: named };
  return { error: { message: `The generation ended with "${word}".`, code: word } };
}

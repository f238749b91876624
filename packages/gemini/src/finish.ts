/** Why Gemini stopped, in OpenAI's words. Source: FinishReason in @google/genai 3.1, and recordings. */
import type { FinishReason } from "@polycall/core";
import type { WireCandidate, WireReply } from "./wire.ts";

const reasons: Readonly<Record<string, FinishReason>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  CONTINUATION: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  LANGUAGE: "content_filter",
  OTHER: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
  MODEL_ARMOR: "content_filter",
  IMAGE_SAFETY: "content_filter",
  IMAGE_PROHIBITED_CONTENT: "content_filter",
  IMAGE_RECITATION: "content_filter",
  IMAGE_OTHER: "content_filter",
};

const failures = new Set([
  "MALFORMED_FUNCTION_CALL",
  "MALFORMED_RESPONSE",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
]);

/** Finish reasons that are no reply: what came is not to be used. */
export function isFailure(finishReason: string | null | undefined): boolean {
  return !!finishReason && failures.has(finishReason);
}

export interface Finish {
  finish_reason: FinishReason;
  /** Absent where Google's word is ours in capitals. */
  finish_reason_raw?: string;
}

/** Calls decide over STOP, Gemini's word when it calls a tool; what was cut or blocked stays so. */
export function finishOf(raw: string | null | undefined, callsTools: boolean): Finish {
  const known = raw && Object.hasOwn(reasons, raw) ? reasons[raw] : undefined;
  const word = known ?? "stop";
  const finish_reason = callsTools && word === "stop" ? "tool_calls" : word;
  if (!raw || raw.toLowerCase() === finish_reason) return { finish_reason };
  return { finish_reason, finish_reason_raw: raw };
}

/** What a blocked candidate says in place of its text; null where it has text, or was not blocked. */
export function refusalOf(
  { finishReason, finishMessage }: WireCandidate,
  finish_reason: FinishReason,
  text: string,
): string | null {
  if (finish_reason !== "content_filter" || text) return null;
  return finishMessage ?? `blocked (${finishReason})`;
}

/** What a blocked prompt gets for an answer. */
export function promptRefusal({ promptFeedback }: WireReply): string | null {
  const { blockReason, blockReasonMessage } = promptFeedback ?? {};
  return blockReason ? (blockReasonMessage ?? `the prompt was blocked (${blockReason})`) : null;
}

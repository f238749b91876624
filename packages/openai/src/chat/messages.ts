/** The history as a host takes it: core's repairs, then polycall's own fields taken off. */
import {
  type AssistantMessage,
  answerOrphanCalls,
  dropOrphanResults,
  legacyFunctions,
  type Message,
  orderResults,
  placeOf,
  resultImages,
  systemImages,
  type ToolCall,
  warnOfLostMedia,
} from "@polycall/core";
import type { Body, Draft, Quirk } from "../quirks/quirk.ts";
import type { HostRow } from "./host-row.ts";
import { wireMarks } from "./marks.ts";
import { argumentsText } from "./tool-calls.ts";

/** Each of these is a 400 at OpenAI and at most hosts. */
const repairs = [
  legacyFunctions,
  orderResults,
  dropOrphanResults,
  answerOrphanCalls,
  systemImages,
  resultImages,
] as const;

export function repaired(draft: Draft, row: HostRow): readonly Message[] {
  let messages: readonly Message[] = draft.request.messages;
  for (const repair of repairs) messages = repair(messages, draft.changes);
  for (const quirk of row.quirks ?? []) {
    if (quirk.messages) messages = quirk.messages(messages, draft);
  }
  return messages;
}

/** Messages of the request as they are sent; one that needs no edit is the caller's own object. */
export function wireMessages(
  messages: readonly Message[],
  draft: Draft,
  row: HostRow,
): readonly unknown[] {
  const quirks = row.quirks?.filter((quirk) => quirk.assistant) ?? [];
  return messages.map((message) => {
    const place = () => placeOf(message, messages, draft.changes);
    const marked = wireMarks(message, place, draft, row);
    return marked.role === "assistant" ? wireAssistant(marked, place, draft, row, quirks) : marked;
  });
}

/** Fields of a reply's message that no request takes, and those that other providers added. */
const replyOnly: ReadonlySet<string> = new Set([
  "annotations",
  "images",
  "provider_state",
  "reasoning_content",
  "thinking_blocks",
]);

function wireAssistant(
  given: AssistantMessage,
  place: () => string,
  draft: Draft,
  row: HostRow,
  quirks: readonly Quirk[],
): unknown {
  const isMute = !!row.lacks?.includes("audio");
  if (given.audio || "images" in given) {
    warnOfLostMedia(
      given,
      place(),
      isMute ? ["audio", "images"] : ["images"],
      row.label,
      draft.changes,
    );
  }
  const message = isMute && given.audio ? { ...given, audio: null } : given;
  const { content, tool_calls, refusal, audio } = message;
  const isEmpty = content == null && !tool_calls?.length && !refusal && !audio;
  const lacksText = tool_calls?.some(hasNoText);
  const keys = Object.keys(message) as (keyof AssistantMessage)[];
  const kept = (key: keyof AssistantMessage) => !replyOnly.has(key) && isSent(key, message[key]);
  if (!quirks.length && !isEmpty && !lacksText && keys.every(kept)) return message;
  const wire: Body = {};
  for (const key of keys) if (kept(key)) wire[key] = message[key];
  if (lacksText) wire.tool_calls = tool_calls!.map(withText);
  if (audio) wire.audio = { id: audio.id };
  if (isEmpty) wire.content = "";
  for (const quirk of quirks) quirk.assistant!(wire, message, draft);
  return wire;
}

/** Arguments that are blank, or the object that other clients keep: a 400 at most hosts. */
function hasNoText(call: ToolCall): boolean {
  if (call.type === "custom") return false;
  const { arguments: args } = call.function as { arguments?: unknown };
  return typeof args !== "string" || !args.trim();
}

function withText(call: ToolCall): ToolCall {
  if (call.type === "custom" || !hasNoText(call)) return call;
  return {
    ...call,
    function: { ...call.function, arguments: argumentsText(call.function.arguments) },
  };
}

/** `content: null` beside tool calls is OpenAI's own; other nulls, and no calls, say nothing. */
function isSent(key: string, value: unknown): boolean {
  if (key === "audio" && value) return Object.keys(value).length === 1;
  if (key === "tool_calls") return Array.isArray(value) && value.length > 0;
  return value !== undefined && (value !== null || key === "content");
}

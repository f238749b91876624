/** The history as input items: core's repairs, then one item or more for each message. Pure. */
import {
  type AssistantMessage,
  answerOrphanCalls,
  type Changes,
  callName,
  dropOrphanResults,
  legacyFunctions,
  type Message,
  orderResults,
  placeOf,
  type ToolCall,
  type ToolMessage,
  toolCallIds,
} from "@polycall/core";
import type { Draft } from "../quirks/quirk.ts";
import { inputParts, withoutMark } from "./content.ts";
import { isUnedited, ownState, replayed } from "./state.ts";

type Json = { [key: string]: unknown };

/** Each of these is a 400. */
const repairs = [legacyFunctions, orderResults, dropOrphanResults, answerOrphanCalls] as const;

/**
 * @param isContinued the history goes on from one that the host holds, so that results may answer
 *   calls which are not here
 */
export function repaired({ request, changes }: Draft, isContinued: boolean): readonly Message[] {
  if (isContinued) return legacyFunctions(request.messages, changes);
  let messages: readonly Message[] = request.messages;
  for (const repair of repairs) messages = repair(messages, changes);
  return messages;
}

export interface InputOptions {
  /** The host knows `system` only; OpenAI reads both. */
  developerIsSystem: boolean;
}

/** A call id longer than 64 characters is a 400; one that a later turn uses again is ambiguous. */
const callIds = { valid: /^[\s\S]{1,64}$/, unique: true } as const;

/**
 * System messages keep their place, as items of their own: `instructions` would move them to the
 * start and is not kept with `previous_response_id`.
 */
export function inputItems(
  messages: readonly Message[],
  draft: Draft,
  options: InputOptions,
): unknown[] {
  const { changes } = draft;
  const sent = toolCallIds(messages, changes, callIds);
  const custom = new Set<string>();
  return sent.flatMap((message, index): unknown[] => {
    const place = placeOf(message, sent, changes);
    if (message.role === "assistant") {
      for (const call of message.tool_calls ?? []) if (call.type === "custom") custom.add(call.id);
      const written = messages[index] as AssistantMessage;
      return assistantItems(message, written, place, draft);
    }
    if (message.role === "tool") return [outputItem(message, custom, place, changes)];
    if (message.role === "function") return [];
    const { content, ...rest } = withoutName(message, place, changes);
    const isRenamed = options.developerIsSystem && message.role === "developer";
    return [
      {
        ...rest,
        role: isRenamed ? "system" : message.role,
        content: typeof content === "string" ? content : inputParts(content, place, changes),
      },
    ];
  });
}

/** @param written the message before its call ids were mended: what its state is compared with */
function assistantItems(
  message: AssistantMessage,
  written: AssistantMessage,
  place: string,
  draft: Draft,
): unknown[] {
  const { changes, provider } = draft;
  const state = ownState(message, provider);
  if (state) {
    if (isUnedited(written, state)) return replayed(state, mendedIds(written, message));
    changes.note({
      param: place,
      action: "repaired",
      reason:
        "this message is no longer what the model wrote, so its reasoning and built-in tool calls are left out",
    });
  }
  const { content, refusal, tool_calls, rest } = parted(withoutName(message, place, changes));
  const text = saidParts(content, refusal, place, changes);
  const items: unknown[] = [];
  if (text.length) items.push({ ...rest, role: "assistant", content: text });
  for (const call of tool_calls ?? []) items.push(callItem(call));
  if (!items.length) {
    const reason = "an assistant message without text and calls says nothing to this API";
    changes.note({ param: place, action: "dropped", reason });
  }
  return items;
}

function mendedIds(written: AssistantMessage, sent: AssistantMessage): Map<string, string> {
  const ids = new Map<string, string>();
  for (const [at, { id }] of (written.tool_calls ?? []).entries()) {
    const to = sent.tool_calls![at]!.id;
    if (to !== id) ids.set(id, to);
  }
  return ids;
}

/** What this API has a place for, and what nobody here knows. Other providers' state stays behind. */
function parted(message: Omit<AssistantMessage, "name">) {
  const {
    content,
    refusal,
    tool_calls,
    role: _role,
    audio: _audio,
    function_call: _call,
    reasoning_content: _reasoning,
    thinking_blocks: _thinking,
    provider_state: _state,
    ...rest
  } = message;
  const { annotations: _annotations, images: _images, ...others } = rest as Json;
  return { content, refusal, tool_calls, rest: others };
}

/** A plain text stays one; parts are `output_text` and `refusal`. */
function saidParts(
  content: AssistantMessage["content"],
  refusal: string | null | undefined,
  place: string,
  changes: Changes,
): string | Json[] {
  if (!refusal && !Array.isArray(content)) return content ?? "";
  const given = Array.isArray(content)
    ? content
    : content
      ? [{ type: "text" as const, text: content }]
      : [];
  const parts = given.map((part, index): Json => {
    if (part.type !== "text") return { ...part };
    const marked = `${place}.content[${index}]`;
    return { annotations: [], ...withoutMark(part, marked, changes), type: "output_text" };
  });
  if (refusal && !parts.some((part) => part.type === "refusal")) {
    parts.push({ type: "refusal", refusal });
  }
  return parts;
}

function callItem(call: ToolCall): Json {
  if (call.type === "custom") {
    const { id, custom, ...rest } = call;
    return { ...rest, ...custom, type: "custom_tool_call", call_id: id };
  }
  const { id, function: fn, ...rest } = call;
  const written: unknown = fn.arguments;
  const text = typeof written === "string" ? written : JSON.stringify(written ?? {});
  return {
    ...rest,
    ...fn,
    name: callName(call),
    arguments: text || "{}",
    type: "function_call",
    call_id: id,
  };
}

function outputItem(
  message: ToolMessage,
  custom: ReadonlySet<string>,
  place: string,
  changes: Changes,
): Json {
  const { role: _, tool_call_id, content, ...rest } = message;
  const kind = custom.has(tool_call_id) ? "custom_tool_call_output" : "function_call_output";
  const output = Array.isArray(content) ? inputParts(content, place, changes) : (content ?? "");
  const { name: __, ...others } = rest as Json;
  return { ...others, type: kind, call_id: tool_call_id, output };
}

/** The name of a message is a hint that this API has no place for. */
function withoutName<M extends { name?: string }>(
  message: M,
  place: string,
  changes: Changes,
): Omit<M, "name"> {
  if (message.name === undefined) return message;
  const { name, ...rest } = message;
  const reason = "the Responses API has no place for the name of a message";
  changes.hint({ param: `${place}.name`, action: "dropped", from: name, reason });
  return rest;
}

/** The history as input items: core's repairs, then one item or more for each message. Pure. */
import {
  type AssistantMessage,
  answerOrphanCalls,
  type Changes,
  dropOrphanResults,
  legacyFunctions,
  type Message,
  orderResults,
  placeOf,
  type ToolMessage,
  toolCallIds,
} from "@polycall/core";
import type { HostRow } from "../chat/host-row.ts";
import { wireMarks } from "../chat/marks.ts";
import type { Draft } from "../quirks/quirk.ts";
import { assistantItems } from "./assistant.ts";
import { inputParts, withoutName } from "./content.ts";

type Json = { [key: string]: unknown };

/** Each of these is a 400. */
const repairs = [legacyFunctions, orderResults, dropOrphanResults, answerOrphanCalls] as const;

/**
 * @param isContinued the history goes on from one that the host holds, so that results may answer
 *   calls which are not here
 */
export function repaired(draft: Draft, row: HostRow, isContinued: boolean): readonly Message[] {
  const { request, changes } = draft;
  if (isContinued) return legacyFunctions(request.messages, changes);
  let messages: readonly Message[] = request.messages;
  for (const repair of repairs) messages = repair(messages, changes);
  for (const quirk of row.quirks ?? []) {
    if (quirk.onBoth && quirk.messages) messages = quirk.messages(messages, draft);
  }
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
  row: HostRow,
  options: InputOptions,
): unknown[] {
  const { changes } = draft;
  const sent = toolCallIds(messages, changes, callIds);
  const custom = new Set<string>();
  const itemIds = new Set<string>();
  return sent.flatMap((message, index): unknown[] => {
    const place = placeOf(message, sent, changes);
    if (message.role === "assistant") {
      for (const call of message.tool_calls ?? []) if (call.type === "custom") custom.add(call.id);
      const written = messages[index] as AssistantMessage;
      return assistantItems(
        wireMarks(message, () => place, draft, row),
        written,
        place,
        draft,
        itemIds,
      );
    }
    if (message.role === "tool") {
      const marked = wireMarks(message, () => place, draft, row);
      return [outputItem(marked, custom, place, changes)];
    }
    if (message.role === "function") return [];
    const unnamed = withoutName(message, place, changes) as typeof message;
    const { content, ...rest } = wireMarks(unnamed, () => place, draft, row);
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

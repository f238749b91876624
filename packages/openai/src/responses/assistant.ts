/** An assistant message as items: what the host once gave, verbatim, or its text and calls. Pure. */
import {
  type AssistantMessage,
  callName,
  type ProviderState,
  type ToolCall,
  warnOfLostMedia,
} from "@polycall/core";
import { hostedFactsOf } from "../models.ts";
import type { Draft } from "../quirks/quirk.ts";
import { withoutName } from "./content.ts";
import { hasReasoning, isUnedited, itemIds, ownState, replayed } from "./state.ts";

type Json = { [key: string]: unknown };

/**
 * @param written the message before its call ids were mended: what its state is compared with
 * @param sent ids of the host's items that went before: the same one twice is a 400
 */
export function assistantItems(
  message: AssistantMessage,
  written: AssistantMessage,
  place: string,
  draft: Draft,
  sent: Set<string>,
): unknown[] {
  const { changes, provider } = draft;
  const state = ownState(message, provider);
  if (state) {
    const ids = itemIds(state);
    const isTwice = ids.some((id) => sent.has(id));
    const why = isTwice ? "this reply went before" : whyLost(written, state, draft);
    for (const id of why ? [] : ids) sent.add(id);
    if (!why) return replayed(state, mendedIds(written, message));
    const reason = `${why}, so its reasoning and built-in tool calls are left out`;
    changes.note({ param: place, action: "repaired", reason });
  }
  warnOfLostMedia(message, place, ["audio", "images"], "the Responses API", changes);
  const { tool_calls, rest } = parted(withoutName(message, place, changes));
  const text = saidText(message);
  const items: unknown[] = [];
  if (text.length) items.push({ ...rest, role: "assistant", content: text });
  for (const call of tool_calls ?? []) items.push(callItem(call));
  if (!items.length) {
    const reason = "an assistant message without text and calls says nothing to this API";
    changes.note({ param: place, action: "dropped", reason });
  }
  return items;
}

/** Why the state cannot go back; `undefined` where it can. */
function whyLost(
  written: AssistantMessage,
  state: ProviderState,
  { model, baseModel, known }: Draft,
): string | undefined {
  if (!isUnedited(written, state)) return "this message is no longer what the model wrote";
  // "Reasoning input items can only be provided to a reasoning or computer use model."
  if (state.model === model || !hasReasoning(state)) return;
  if (hostedFactsOf(baseModel, known).reasoning) return;
  return `${model} cannot read the reasoning of ${state.model}`;
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
    content: _content,
    refusal: _refusal,
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
  return { tool_calls, rest: others };
}

/**
 * The text as one string: that is what the API's types take of an assistant without an item id. A
 * part that carries more is sent as a part.
 */
function saidText({
  content,
  refusal,
}: Pick<AssistantMessage, "content" | "refusal">): string | Json[] {
  if (!Array.isArray(content)) return (content ?? "") + (refusal ?? "");
  const texts = content.map((part) => (part.type === "text" ? part.text : part.refusal));
  if (refusal && content.every((part) => part.type === "text")) texts.push(refusal);
  if (content.every((part) => Object.keys(part).length === 2)) return texts.join("");
  return content.map((part) =>
    part.type === "text" ? { annotations: [], ...part, type: "output_text" } : { ...part },
  );
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

/**
 * What a Responses host must get back unchanged: its output items, verbatim and in order. A
 * reasoning item never goes without the item that it led to: that is a 400.
 */
import {
  type AssistantMessage,
  callName,
  type Plan,
  type ProviderState,
  type ToolCall,
} from "@polycall/core";
import { callId, isCall, refusalOf, textOf, toolCallsOf } from "./output.ts";
import { responsesEndpoint, type WireItem, type WireResponse } from "./wire.ts";

const plainTypes: ReadonlySet<string> = new Set(["message", "function_call", "custom_tool_call"]);

/** Fields beyond text and calls that a later request wants back (`phase`: SDK types 7.57). */
const opaqueFields = ["phase", "namespace", "caller"] as const;

function isOpaque(item: WireItem): boolean {
  if (!plainTypes.has(item.type ?? "")) return true;
  return opaqueFields.some((field) => (item as Record<string, unknown>)[field] != null);
}

/**
 * The state of a reply; `undefined` where plain text and calls suffice. Without items it says whose the
 * reasoning is: nobody else is sent it.
 */
export function stateOf(
  reply: WireResponse,
  plan: Plan,
  reasons: boolean,
): ProviderState | undefined {
  const isStored = (reply.store ?? plan.body.store) !== false;
  const kept = replayable(reply.output ?? [], isStored);
  const items = kept.some(isOpaque) ? kept : [];
  if (!items.length && !reasons) return undefined;
  const { provider, model } = plan;
  return { provider, model, endpoint: responsesEndpoint, items };
}

/** Without what the host could not find again, and without reasoning that led nowhere. */
function replayable(output: readonly WireItem[], isStored: boolean): readonly WireItem[] {
  const kept = isStored ? [...output] : output.filter(carriesItself);
  while (kept.at(-1)?.type === "reasoning") kept.pop();
  return kept;
}

/** Reasoning that is only an id can be read by a host that stored it, and by nobody else. */
function carriesItself({ type, encrypted_content, content }: WireItem): boolean {
  return type !== "reasoning" || !!encrypted_content || !!content?.length;
}

/** This host's own state on a message of the history. */
export function ownState(message: AssistantMessage, provider: string): ProviderState | undefined {
  return message.provider_state?.find(
    (state) =>
      state.provider === provider && state.endpoint === responsesEndpoint && !!state.items.length,
  );
}

export function hasReasoning({ items }: ProviderState): boolean {
  return (items as readonly WireItem[]).some(({ type }) => type === "reasoning");
}

export function itemIds({ items }: ProviderState): string[] {
  return (items as readonly (WireItem | null)[]).flatMap((item) => item?.id || []);
}

/** Whether the message still says what its state says. */
export function isUnedited(message: AssistantMessage, state: ProviderState): boolean {
  const items = state.items as readonly WireItem[];
  if (!items.every((item) => typeof item === "object" && item !== null)) return false;
  const { text, refusal } = saidBy(message);
  if (text !== textOf(items) || refusal !== refusalOf(items)) return false;
  const calls = toolCallsOf(items, undefined);
  const own = message.tool_calls ?? [];
  return calls.length === own.length && calls.every((call, at) => isSame(call, own[at]!));
}

function isSame(one: ToolCall, other: ToolCall): boolean {
  return one.id === other.id && callName(one) === callName(other) && input(one) === input(other);
}

function input(call: ToolCall): string {
  return call.type === "custom" ? call.custom.input : call.function.arguments;
}

function saidBy({ content, refusal }: AssistantMessage): { text: string; refusal: string } {
  if (!Array.isArray(content)) return { text: content ?? "", refusal: refusal ?? "" };
  let text = "";
  let refused = "";
  for (const part of content) {
    if (part.type === "text") text += part.text;
    else refused += part.refusal;
  }
  return { text, refusal: refused || (refusal ?? "") };
}

/** The items as they go back. @param ids call ids of the items -> those sent, where they differ */
export function replayed(state: ProviderState, ids: ReadonlyMap<string, string>): unknown[] {
  if (!ids.size) return [...state.items];
  return (state.items as readonly WireItem[]).map((item, index) => {
    const call_id = isCall(item) ? ids.get(callId(item, index)) : undefined;
    return call_id ? { ...item, call_id } : item;
  });
}

/** Tool calls of a reply, made whole: an id, a name, arguments as JSON text. */
import type { ToolCall } from "@polycall/core";
import { isObject, type WireMessage, type WireReply, type WireToolCall } from "./wire.ts";

/**
 * An id for a call that came without one (Google's OpenAI endpoint sends ""). Made from the reply,
 * so that the stream and the whole reply say the same.
 */
export function madeCallId(reply: Pick<WireReply, "id" | "created">, index: number): string {
  const base = reply.id?.replace(/[^a-zA-Z0-9]/g, "").slice(-24) || String(reply.created || "");
  return `call_${base ? `${base}_` : ""}${index}`;
}

/** Arguments as JSON text: some hosts send an object, some nothing. */
export function argumentsText(value: unknown): string {
  if (typeof value === "string") return value.trim() ? value : "{}";
  return isObject(value) ? JSON.stringify(value) : "{}";
}

export function isCustom(call: WireToolCall): boolean {
  return !!call.custom?.name && !call.function?.name;
}

/** The message's calls, names as the caller knows them. */
export function toolCallsOf(
  message: WireMessage,
  reply: WireReply,
  names: Readonly<Record<string, string>> | undefined,
): ToolCall[] {
  const named = (name: string) => names?.[name] ?? name;
  const calls: ToolCall[] = [];
  for (const call of message.tool_calls ?? []) {
    const id = call.id || madeCallId(reply, calls.length);
    if (isCustom(call)) {
      const { name, input } = call.custom!;
      calls.push({ id, type: "custom", custom: { name: named(name!), input: input ?? "" } });
    } else if (call.function?.name) {
      const { name, arguments: args } = call.function;
      const made = { name: named(name!), arguments: argumentsText(args) };
      calls.push({ id, type: "function", function: made });
    }
  }
  const legacy = message.function_call;
  if (!calls.length && legacy?.name) {
    const made = { name: named(legacy.name), arguments: argumentsText(legacy.arguments) };
    calls.push({ id: madeCallId(reply, 0), type: "function", function: made });
  }
  return calls;
}

/** Tool calls in a history: their names, their arguments, and which result answers which. */
import type { Changes } from "../changes.ts";
import { isObject } from "../schema/json.ts";
import type { Message, ToolCall } from "../types/messages.ts";

/** The name of the called tool, of either kind. */
export function callName(call: ToolCall): string {
  return call.type === "custom" ? call.custom.name : call.function.name;
}

/**
 * A call's arguments as the object that Anthropic, Gemini and Ollama want. Empty arguments are
 * `{}`; what is not a JSON object (a model's slip, kept in history) is wrapped as `{ _raw }` and
 * noted, so that it never stops a call. A custom tool's text is `{ input }`.
 * @param param where the call stands, e.g. `messages[2].tool_calls[0]`
 */
export function callArguments(
  call: ToolCall,
  param: string,
  changes: Changes,
): { [key: string]: unknown } {
  if (call.type === "custom") return { input: call.custom.input };
  const given: unknown = call.function.arguments;
  if (isObject(given)) return given;
  if (typeof given !== "string" || !given.trim()) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(given);
  } catch {}
  if (isObject(parsed)) return parsed;
  const wrapped = { _raw: given };
  changes.note({
    param: `${param}.function.arguments`,
    action: "repaired",
    from: given,
    to: wrapped,
    reason: "the arguments of this call are not a JSON object, which this API needs",
  });
  return wrapped;
}

/** Whether arguments as text say the same as an object, the order of keys and white space aside. */
export function sameArguments(text: string, args: unknown): boolean {
  if (text === JSON.stringify(args)) return true;
  try {
    return canonical(JSON.parse(text || "{}")) === canonical(args);
  } catch {
    return false;
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export interface Pairs {
  /** Index of a turn with calls -> indices of their results in call order; undefined: no result. */
  readonly results: ReadonlyMap<number, readonly (number | undefined)[]>;
  /** Index of a result -> index of the turn that called. An orphan is absent. */
  readonly turns: ReadonlyMap<number, number>;
}

/**
 * Pairs each result with the call before it that has its id and no result yet. An id that is used
 * again in a later turn (Gemini, Ollama) belongs to that turn from there on.
 */
export function pairResults(messages: readonly Message[]): Pairs {
  const results = new Map<number, (number | undefined)[]>();
  const turns = new Map<number, number>();
  const open = new Map<string, { turn: number; call: number }[]>();
  for (const [index, message] of messages.entries()) {
    if (message.role === "assistant" && message.tool_calls?.length) {
      results.set(index, new Array(message.tool_calls.length).fill(undefined));
      for (const [call, { id }] of message.tool_calls.entries()) {
        const waiting = open.get(id);
        if (waiting?.[0]?.turn === index) waiting.push({ turn: index, call });
        else open.set(id, [{ turn: index, call }]);
      }
    } else if (message.role === "tool") {
      const answered = open.get(message.tool_call_id)?.shift();
      if (!answered) continue;
      results.get(answered.turn)![answered.call] = index;
      turns.set(index, answered.turn);
    }
  }
  return { results, turns };
}

/**
 * Whether the results of every turn stand directly after it, in the order of its calls, and nowhere else: then
 * there is nothing to repair, as in most histories.
 */
export function isTidy(messages: readonly Message[]): boolean {
  for (let at = 0; at < messages.length; ) {
    const message = messages[at++]!;
    if (message.role === "tool") return false;
    if (message.role !== "assistant") continue;
    for (const { id } of message.tool_calls ?? []) {
      const next = messages[at++];
      if (next?.role !== "tool" || next.tool_call_id !== id) return false;
    }
  }
  return true;
}

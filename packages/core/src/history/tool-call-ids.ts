/** Tool-call ids in the shape that the target API takes. */
import type { Changes } from "../changes.ts";
import type { Message } from "../types/messages.ts";
import { pairResults } from "./calls.ts";
import { stateless } from "./stateless.ts";
import { editEach, Trail } from "./trail.ts";

export interface ToolCallIdOptions {
  /** What the API takes. An id that fits is kept. */
  valid: RegExp;
  /**
   * A new id for one that does not fit. Must depend on its arguments only; `index` starts at 0 and
   * rises until the id is free. Default: letters, digits, _ and -, at most 40.
   */
  make?(id: string, index: number): string;
  /** Also replace an id that a later turn uses again, for APIs where an id is used once. */
  unique?: boolean;
}

function safeToolCallId(id: string, index: number): string {
  const suffix = index ? `_${index + 1}` : "";
  return (id.replace(/[^a-zA-Z0-9_-]/g, "_") || "call").slice(0, 40 - suffix.length) + suffix;
}

/** Renames the ids that do not fit, one new id for one old, and the results with them. */
export function toolCallIds(
  messages: readonly Message[],
  changes: Changes,
  { valid, make = safeToolCallId, unique }: ToolCallIdOptions,
): readonly Message[] {
  const trail = Trail.of(messages, changes);
  const shape = stateless(valid);
  const fits = (id: string) => shape.test(id);
  const taken = new Set<string>();
  let isFine = true;
  const take = (id: string, once?: boolean) => {
    if (!fits(id) || (once && taken.has(id))) isFine = false;
    else taken.add(id);
  };
  for (const message of messages) {
    if (message.role === "tool") take(message.tool_call_id);
    if (message.role !== "assistant") continue;
    for (const { id } of message.tool_calls ?? []) take(id, unique);
  }
  if (isFine) return messages;
  const next = new Map<string, number>();
  const fresh = (id: string): string => {
    const first = next.get(id) ?? 0;
    for (let index = first; index < first + 10_000; index++) {
      const made = make(id, index);
      if (taken.has(made) || !fits(made)) continue;
      taken.add(made);
      next.set(id, index + 1);
      return made;
    }
    throw new Error(`No valid tool-call id can be made for ${JSON.stringify(id)}.`);
  };

  const renamed = new Map<string, string>();
  const rename = (id: string): string => {
    if (fits(id)) return id;
    const made = renamed.get(id) ?? fresh(id);
    renamed.set(id, made);
    return made;
  };
  const reason = "this API wants tool-call ids of another shape";
  const resultIds = new Map<number, string>();
  const used = new Set<string>();
  const { results } = pairResults(messages);

  return editEach(messages, (message, index) => {
    if (message.role === "tool") {
      const id = message.tool_call_id;
      const to = resultIds.get(index) ?? rename(id);
      return to === id ? message : trail.copy(message, { ...message, tool_call_id: to });
    }
    if (message.role !== "assistant" || !message.tool_calls?.length) return message;
    let edited = false;
    const calls = message.tool_calls.map((call, at) => {
      let to = rename(call.id);
      if (unique && used.has(to)) to = fresh(call.id);
      used.add(to);
      const result = results.get(index)?.[at];
      if (result !== undefined) resultIds.set(result, to);
      if (to === call.id) return call;
      edited = true;
      const param = `${trail.place(message)}.tool_calls[${at}].id`;
      changes.note({ param, action: "repaired", from: call.id, to, reason });
      return { ...call, id: to };
    });
    return edited ? trail.copy(message, { ...message, tool_calls: calls }) : message;
  });
}

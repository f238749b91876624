/** Puts the results of a turn's tool calls directly after it, in the order of the calls. */
import type { Changes } from "../changes.ts";
import type { Message } from "../types/messages.ts";
import { isTidy, pairResults } from "./calls.ts";
import { Trail } from "./trail.ts";

/** A result without a call stays where it is (see `dropOrphanResults`). */
export function orderResults(messages: readonly Message[], changes: Changes): readonly Message[] {
  const trail = Trail.of(messages, changes);
  if (isTidy(messages)) return messages;
  const { results, turns } = pairResults(messages);
  const ordered: Message[] = [];
  for (const [index, message] of messages.entries()) {
    if (turns.has(index)) continue;
    ordered.push(message);
    for (const result of results.get(index) ?? []) {
      if (result !== undefined) ordered.push(messages[result]!);
    }
  }
  if (ordered.every((message, index) => message === messages[index])) return messages;
  for (const index of turns.keys()) {
    const message = messages[index]!;
    if (ordered[index] === message) continue;
    changes.note({
      param: trail.place(message),
      action: "repaired",
      reason: "a tool result stands directly after its call, in the order of the calls",
    });
  }
  return ordered;
}

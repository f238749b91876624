/** Every call has one result and every result a call: the rest is left out or answered. */
import type { Changes } from "../changes.ts";
import type { Message, ToolMessage } from "../types/messages.ts";
import { isTidy, pairResults } from "./calls.ts";
import { Trail } from "./trail.ts";

/** What stands in for a result that nobody recorded. */
const noResult = "No result was recorded for this call.";

/** Leaves out results whose call is not before them, and second results of one call. */
export function dropOrphanResults(
  messages: readonly Message[],
  changes: Changes,
): readonly Message[] {
  const trail = Trail.of(messages, changes);
  if (isTidy(messages)) return messages;
  const { turns } = pairResults(messages);
  const kept = messages.filter((message, index) => {
    if (message.role !== "tool" || turns.has(index)) return true;
    changes.note({
      param: trail.place(message),
      action: "dropped",
      from: message.tool_call_id,
      reason: "no unanswered tool call before this result has its tool_call_id",
    });
    return false;
  });
  return kept.length === messages.length ? messages : kept;
}

/** Gives each call without a result one that says so, after the results that follow its turn. */
export function answerOrphanCalls(
  messages: readonly Message[],
  changes: Changes,
): readonly Message[] {
  const trail = Trail.of(messages, changes);
  if (isTidy(messages)) return messages;
  const made = new Map<number, ToolMessage[]>();
  for (const [turn, results] of pairResults(messages).results) {
    const caller = messages[turn]!;
    if (caller.role !== "assistant") continue;
    let last = turn;
    while (messages[last + 1]?.role === "tool") last++;
    for (const [call, result] of results.entries()) {
      if (result !== undefined) continue;
      const { id } = caller.tool_calls![call]!;
      changes.note({
        param: `${trail.place(caller)}.tool_calls[${call}]`,
        action: "repaired",
        from: id,
        to: noResult,
        reason: "this tool call has no result after it",
      });
      const answer: ToolMessage = { role: "tool", tool_call_id: id, content: noResult };
      const there = made.get(last);
      if (there) there.push(answer);
      else made.set(last, [answer]);
    }
  }
  if (!made.size) return messages;
  return messages.flatMap((message, index) => [message, ...(made.get(index) ?? [])]);
}

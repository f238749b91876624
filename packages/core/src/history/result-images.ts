/** Images and files in tool results, for APIs whose results are text only. */
import type { Changes } from "../changes.ts";
import type { Message, TextPart, ToolMessage, UserPart } from "../types/messages.ts";
import { Trail } from "./trail.ts";

/**
 * Moves what is not text out of tool results into one user message right after the run of results;
 * the result's text says where it went.
 */
export function resultImages(messages: readonly Message[], changes: Changes): readonly Message[] {
  const trail = Trail.of(messages, changes);
  if (!messages.some(hasMedia)) return messages;
  const moved: Message[] = [];
  let media: UserPart[] = [];
  for (const [index, message] of messages.entries()) {
    if (hasMedia(message)) {
      const { text, others } = split(message);
      changes.note({
        param: `${trail.place(message)}.content`,
        action: "converted",
        from: others.map((part) => part.type),
        to: "a user message after the results",
        reason: "tool results of this API hold text only",
      });
      const pointer = `(Attached to this result: ${others.length} ${others.length === 1 ? "item" : "items"}, in the next user message.)`;
      const content: TextPart[] = [...text, { type: "text", text: pointer }];
      moved.push(trail.copy(message, { ...message, content }));
      media.push({ type: "text", text: `Attached to the result of ${message.tool_call_id}:` });
      media.push(...others);
    } else moved.push(message);
    if (media.length && messages[index + 1]?.role !== "tool") {
      moved.push({ role: "user", content: media });
      media = [];
    }
  }
  return moved;
}

function hasMedia(message: Message): message is ToolMessage & { content: UserPart[] } {
  return (
    message.role === "tool" &&
    Array.isArray(message.content) &&
    message.content.some((part) => part.type !== "text")
  );
}

function split({ content }: { content: UserPart[] }) {
  const text = content.filter((part) => part.type === "text");
  return { text, others: content.filter((part) => part.type !== "text") };
}

/** Part arrays as plain strings, for hosts that take nothing else. */
import type { Changes } from "../changes.ts";
import type { Message } from "../types/messages.ts";
import { editEach, Trail } from "./trail.ts";

/**
 * Flattens content whose parts are all text (or refusals) to one string, a line for each part.
 * Content with an image, audio or a file is left as it is.
 */
export function textOnlyContent(
  messages: readonly Message[],
  changes: Changes,
): readonly Message[] {
  const trail = Trail.of(messages, changes);
  return editEach(messages, (message) => {
    if (!Array.isArray(message.content)) return message;
    const texts: string[] = [];
    for (const part of message.content) {
      if (part.type === "text") texts.push(part.text);
      else if (part.type === "refusal") texts.push(part.refusal);
      else return message;
      if (!("cache_control" in part) || !part.cache_control) continue;
      changes.hint({
        param: `${trail.place(message)}.content[${texts.length - 1}].cache_control`,
        action: "dropped",
        from: part.cache_control,
        reason: "this host takes plain text only, which cannot carry a cache mark",
      });
    }
    return trail.copy(message, { ...message, content: texts.join("\n") } as Message);
  });
}

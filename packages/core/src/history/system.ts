/** System and developer messages: taken out of the turns, and the media in them moved to a user turn. */
import type { Changes } from "../changes.ts";
import type { CacheControl, Message, TextPart, UserPart } from "../types/messages.ts";
import { Trail } from "./trail.ts";

/**
 * Moves images and files out of system messages into a user message right after: no API takes
 * them in the system place.
 */
export function systemImages(messages: readonly Message[], changes: Changes): readonly Message[] {
  const trail = Trail.of(messages, changes);
  const mediaOf = (message: Message): UserPart[] =>
    isSystem(message) && Array.isArray(message.content)
      ? (message.content as UserPart[]).filter((part) => part.type !== "text")
      : [];
  if (!messages.some((message) => mediaOf(message).length)) return messages;
  return messages.flatMap((message): Message[] => {
    const media = mediaOf(message);
    if (!media.length) return [message];
    changes.note({
      param: `${trail.place(message)}.content`,
      action: "converted",
      from: media.map((part) => part.type),
      to: "a user message after it",
      reason: "a system message holds text only",
    });
    const text = (message.content as UserPart[]).filter((part) => part.type === "text");
    const user: Message = { role: "user", content: media };
    if (!text.length) return [trail.copy(message, user)];
    return [trail.copy(message, { ...message, content: text } as Message), user];
  });
}

export interface HoistSystemOptions {
  /**
   * What becomes of a system message after the first turn: "hoist" moves it to the others at the
   * start (its place is lost), "as-user" keeps its place as a marked user text.
   */
  later: "hoist" | "as-user";
}

/**
 * Takes the system and developer messages out of the turns, for APIs that have a place of their own
 * for them.
 * @returns `system`, one part for each text, cache marks kept; `rest`, the same array if there are none
 */
export function hoistSystem(
  messages: readonly Message[],
  changes: Changes,
  { later }: HoistSystemOptions,
): { system: TextPart[]; rest: readonly Message[] } {
  const trail = Trail.of(messages, changes);
  if (!messages.some(isSystem)) return { system: [], rest: messages };
  const system: TextPart[] = [];
  const rest: Message[] = [];
  for (const message of systemImages(messages, changes)) {
    if (!isSystem(message)) {
      rest.push(message);
      continue;
    }
    const texts = textsOf(message);
    if (!rest.length || later === "hoist") {
      system.push(...texts);
      if (!rest.length) continue;
    } else {
      const marked = texts.map((part) => ({ ...part, text: `<system>\n${part.text}\n</system>` }));
      rest.push(trail.copy(message, { role: "user", content: marked }));
    }
    changes.note({
      param: trail.place(message),
      action: "converted",
      from: message.role,
      to: later === "hoist" ? "the system text at the start" : "a user message, marked <system>",
      reason: "this API takes system messages only at the start",
    });
  }
  return { system, rest };
}

function isSystem(message: Message): boolean {
  return message.role === "system" || message.role === "developer";
}

/** LiteLLM's cache mark on a whole message is one on its last text. */
function textsOf(message: Message & { cache_control?: CacheControl }): TextPart[] {
  const { content, cache_control } = message;
  const texts: TextPart[] =
    typeof content === "string"
      ? [{ type: "text", text: content }]
      : ((content ?? []) as TextPart[]);
  const last = texts.at(-1);
  if (!last || !cache_control) return texts;
  return [...texts.slice(0, -1), { cache_control, ...last }];
}

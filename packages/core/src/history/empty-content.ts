/** Content that is empty, blank or absent, as the target API can take it. */
import type { Changes } from "../changes.ts";
import type { AssistantMessage, Message } from "../types/messages.ts";
import { editEach, Trail } from "./trail.ts";

export interface EmptyContentOptions {
  /** Leave out text parts that are white space only, and system messages that have nothing else. */
  dropBlank?: boolean;
  /** Stands in for the content of a user or assistant message that would carry nothing at all. */
  filler?: string;
  /** `null` or absent content becomes "". */
  nullAsEmpty?: boolean;
  /**
   * Cut white space from the end of the text of an assistant message that ends the history. One with
   * state for its provider is left alone: cut, it would no longer be what that provider signed.
   */
  trimFinal?: boolean;
}

/** Applies the options in the order they are listed. */
export function emptyContent(
  messages: readonly Message[],
  changes: Changes,
  { dropBlank, filler, nullAsEmpty, trimFinal }: EmptyContentOptions,
): readonly Message[] {
  const trail = Trail.of(messages, changes);
  const set = (message: Message, content: unknown, reason: string): Message => {
    const note = { action: "repaired" as const, from: message.content, to: content, reason };
    changes.note({ param: `${trail.place(message)}.content`, ...note });
    return trail.copy(message, { ...message, content } as Message);
  };

  let result = editEach(messages, (message) => {
    let edited = message;
    if (dropBlank && Array.isArray(message.content)) {
      const kept = message.content.filter((part) => part.type !== "text" || part.text.trim());
      if (kept.length < message.content.length) {
        edited = set(edited, kept, "this API refuses text parts that are empty");
      }
    }
    if (filler !== undefined && carriesNothing(edited)) {
      edited = set(edited, filler, "this API refuses a message without content");
    }
    if (nullAsEmpty && (edited.content === null || edited.content === undefined)) {
      edited = set(edited, "", "this API wants a text, not null");
    }
    return edited;
  });

  if (dropBlank) result = dropBlankSystem(result, changes, trail);

  const last = result.at(-1);
  const isText = last?.role === "assistant" && !last.tool_calls?.length;
  if (trimFinal && isText && !last.provider_state?.length) {
    const trimmed = trimEnd(last.content);
    if (trimmed !== last.content) {
      const reason = "this API refuses a final assistant text that ends in white space";
      result = [...result.slice(0, -1), set(last, trimmed, reason)];
    }
  }
  return result;
}

function isBlank(content: Message["content"]): boolean {
  return typeof content === "string" ? !content.trim() : !content?.length;
}

/** A tool result may be empty: it still says that the call was made. */
function carriesNothing(message: Message): boolean {
  if (message.role === "user") return isBlank(message.content);
  return (
    message.role === "assistant" &&
    isBlank(message.content) &&
    !message.tool_calls?.length &&
    !message.function_call &&
    !message.refusal &&
    !message.audio &&
    !message.thinking_blocks?.length &&
    !message.provider_state?.length
  );
}

function dropBlankSystem(
  messages: readonly Message[],
  changes: Changes,
  trail: Trail,
): readonly Message[] {
  const kept = messages.filter((message) => {
    const isSystem = message.role === "system" || message.role === "developer";
    if (!isSystem || !isBlank(message.content)) return true;
    const reason = "an empty system message says nothing";
    changes.note({ param: trail.place(message), action: "dropped", reason });
    return false;
  });
  return kept.length === messages.length ? messages : kept;
}

function trimEnd(content: AssistantMessage["content"]): AssistantMessage["content"] {
  if (typeof content === "string") return content.trimEnd();
  const last = content?.at(-1);
  if (!content || last?.type !== "text" || last.text === last.text.trimEnd()) return content;
  return [...content.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}

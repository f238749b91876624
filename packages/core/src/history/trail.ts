/** Where a message stood in the caller's request, so that a change made by a late pass names the caller's index. */
import type { Changes } from "../changes.ts";
import type { Message } from "../types/messages.ts";

/** One per plan: the array that the first pass was given, and which copy came from which message. */
export class Trail {
  readonly #original: readonly Message[];
  readonly #sources = new Map<Message, Message>();
  /** Where each message stands; made when a place is first asked for. */
  #indices: Map<Message, number> | undefined;

  constructor(original: readonly Message[]) {
    this.#original = original;
  }

  /** The trail of this plan; the first pass to ask fixes what "the caller's request" is. */
  static of(messages: readonly Message[], changes: Changes): Trail {
    changes.trail ??= new Trail(messages);
    return changes.trail;
  }

  /** Records that `to` stands in for `from`, and gives it back. */
  copy<T extends Message>(from: Message, to: T): T {
    this.#sources.set(to, from);
    return to;
  }

  /** "messages[3]"; "messages" for a message that no caller wrote. */
  place(message: Message): string {
    let source = message;
    for (let next = this.#sources.get(source); next; next = this.#sources.get(source)) {
      source = next;
    }
    this.#indices ??= indicesOf(this.#original);
    const index = this.#indices.get(source);
    return index === undefined ? "messages" : `messages[${index}]`;
  }
}

/** The first place of a message that stands there twice. */
function indicesOf(messages: readonly Message[]): Map<Message, number> {
  const indices = new Map<Message, number>();
  for (let index = messages.length - 1; index >= 0; index--) indices.set(messages[index]!, index);
  return indices;
}

/**
 * The name of a message for a change or an error: its index in the caller's request, however many
 * passes have copied or moved it.
 * @param messages the array the message now stands in
 */
export function placeOf(message: Message, messages: readonly Message[], changes: Changes): string {
  return Trail.of(messages, changes).place(message);
}

/** `messages.map(edit)`, but the same array when no message was changed. */
export function editEach(
  messages: readonly Message[],
  edit: (message: Message, index: number) => Message,
): readonly Message[] {
  let edited: Message[] | undefined;
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index]!;
    const next = edit(message, index);
    if (next !== message) edited ??= messages.slice(0, index);
    edited?.push(next);
  }
  return edited ?? messages;
}

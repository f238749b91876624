/** Says which images and speech of the assistant's own an API cannot be told of. */
import type { Changes } from "../changes.ts";
import type { AssistantMessage } from "../types/messages.ts";

/**
 * Warns of each that the message has; the caller leaves them out.
 * @param place where the message stands, e.g. `messages[2]`
 * @param who the API or host, for the reason
 * @throws UnsupportedParamsError when `onUnsupported` is "error"
 */
export function warnOfLostMedia(
  message: AssistantMessage,
  place: string,
  media: readonly ("audio" | "images")[],
  who: string,
  changes: Changes,
): void {
  for (const key of media) {
    const value = (message as { audio?: unknown; images?: unknown })[key];
    if (value === undefined || value === null || (Array.isArray(value) && !value.length)) continue;
    const reason = `an assistant message has no ${key} at ${who}`;
    changes.hint({ param: `${place}.${key}`, action: "dropped", reason });
  }
}

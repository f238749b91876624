/** Whose a message of the history is. */
import type { AssistantMessage } from "../types/messages.ts";

/** Whether another provider made this message, as far as the message tells: its reasoning stays behind. */
export function isForeign(message: AssistantMessage, provider: string): boolean {
  if (message.provider_state?.some((state) => state.provider === provider)) return false;
  return !!message.provider_state?.length || !!message.thinking_blocks?.length;
}

/** The order of turns that strict hosts want. */
import { type AssistantMessage, type Message, mergeTurns, placeOf, Trail } from "@polycall/core";
import type { Quirk } from "./quirk.ts";

/** Hosts whose turns must alternate (Perplexity). */
export const alternatingTurns: Quirk = {
  name: "alternatingTurns",
  messages: (messages, { changes }) => mergeTurns(messages, changes),
};

/**
 * Only the assistant may speak after a tool's result (Mistral: 400 "Unexpected role 'user' after
 * role 'tool'", code 3230): a neutral turn is put between.
 */
export const assistantAfterResults: Quirk = {
  name: "assistantAfterResults",
  messages(messages, { changes }) {
    const needsTurn = (message: Message, index: number) =>
      messages[index - 1]?.role === "tool" && !["tool", "assistant"].includes(message.role);
    if (!messages.some(needsTurn)) return messages;
    return messages.flatMap((message, index): Message[] => {
      if (!needsTurn(message, index)) return [message];
      const made: AssistantMessage = { role: "assistant", content: "Noted." };
      changes.note({
        param: placeOf(message, messages, changes),
        action: "repaired",
        to: made.content,
        reason:
          "after a tool result this host wants an assistant turn, so a neutral one is put there",
      });
      return [made, message];
    });
  },
};

/** An assistant's text that ends the history is to be continued: Mistral refuses it without `prefix`. */
export const finalPrefix: Quirk = {
  name: "finalPrefix",
  messages(messages, { changes }) {
    const last = messages.at(-1);
    if (last?.role !== "assistant" || last.tool_calls?.length || "prefix" in last) return messages;
    const marked: AssistantMessage & { prefix: boolean } = { ...last, prefix: true };
    const trail = Trail.of(messages, changes);
    return [...messages.slice(0, -1), trail.copy(last, marked)];
  },
};

/** The order of turns that strict hosts want. */
import {
  type AssistantMessage,
  editEach,
  hoistSystem,
  type Message,
  mergeTurns,
  placeOf,
  Trail,
  textOnlyContent,
  userFirst,
} from "@polycall/core";
import type { Quirk } from "./quirk.ts";

/**
 * Hosts whose turns must alternate after the system messages (Perplexity: 400 "After the (optional)
 * system message(s), user and assistant roles should be alternating"). Nothing of theirs is signed, so
 * turns are joined whoever wrote them.
 */
export const alternatingTurns: Quirk = {
  name: "alternatingTurns",
  messages(messages, { changes }) {
    const trail = Trail.of(messages, changes);
    const { system, rest } = hoistSystem(messages, changes, { later: "as-user" });
    const bare = editEach(rest, (message) => withoutState(message, trail));
    const turns = userFirst(mergeTurns(bare, changes), changes);
    if (!system.length) return turns;
    const isOne = rest.length === messages.length - 1;
    const head: Message = isOne ? messages[0]! : { role: "system", content: system };
    return [...textOnlyContent([head], changes), ...turns];
  },
};

function withoutState(message: Message, trail: Trail): Message {
  if (message.role !== "assistant") return message;
  const { provider_state, thinking_blocks, ...rest } = message;
  return provider_state || thinking_blocks ? trail.copy(message, rest) : message;
}

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

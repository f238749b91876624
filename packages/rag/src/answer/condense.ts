/** A question that leans on a conversation, as one that stands alone. */
import type { Message } from "@polycall/core";
import { asData, tagged } from "../prompts/data.ts";

/** Longer, and it is no question any more. */
export const longestQuestion = 2000;

/** Messages that ask for the question, rewritten; undefined where nothing was said before it. */
export function condensePrompt(
  question: string,
  history: readonly Message[],
): Message[] | undefined {
  const conversation = conversationOf(history);
  if (!conversation) return undefined;
  return [
    {
      role: "system",
      content:
        "Rewrite the last question so that it can be understood without the conversation before it: put names in the place of what refers to them. Keep its language and its meaning. If it stands alone already, repeat it. Reply with the question only.",
    },
    {
      role: "user",
      content: `${conversation}\n\nLast question: ${question}`,
    },
  ];
}

/** What was said before a question, as data; empty where nothing was. @param tags that it cannot end, either */
export function conversationOf(history: readonly Message[], tags: readonly string[] = []): string {
  const spoken = spokenIn(history);
  return spoken ? tagged("conversation", asData(spoken, ...tags)) : "";
}

/** What users and models have said, in words. */
export function spokenIn(history: readonly Message[]): string {
  const spoken = history.flatMap((message) => {
    const text = textOf(message);
    return text && (message.role === "user" || message.role === "assistant")
      ? [`${message.role}: ${text}`]
      : [];
  });
  return spoken.join("\n");
}

/** The rewritten question; undefined where the reply is none. */
export function condensed(reply: string): string | undefined {
  const text = reply.trim().replace(/^["“]([^"“”]*)["”]$/, "$1");
  return text && text.length <= longestQuestion ? text : undefined;
}

function textOf({ content }: Message): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

/** A question that leans on a conversation, as one that stands alone. */
import type { Message } from "@polycall/core";

/** Longer, and it is no question any more. */
const longest = 2000;

/** Messages that ask for the question, rewritten; undefined where nothing was said before it. */
export function condensePrompt(
  question: string,
  history: readonly Message[],
): Message[] | undefined {
  const spoken = history.flatMap((message) => {
    const text = textOf(message);
    return text && (message.role === "user" || message.role === "assistant")
      ? [`${message.role}: ${text}`]
      : [];
  });
  if (spoken.length === 0) return undefined;
  return [
    {
      role: "system",
      content:
        "Rewrite the last question so that it can be understood without the conversation before it: put names in the place of what refers to them. Keep its language and its meaning. If it stands alone already, repeat it. Reply with the question only.",
    },
    {
      role: "user",
      content: `<conversation>\n${spoken.join("\n")}\n</conversation>\n\nLast question: ${question}`,
    },
  ];
}

/** The rewritten question; undefined where the reply is none. */
export function condensed(reply: string): string | undefined {
  const text = reply.trim().replace(/^["“](.*)["”]$/s, "$1");
  return text && text.length <= longest ? text : undefined;
}

function textOf({ content }: Message): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

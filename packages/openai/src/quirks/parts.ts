/** Content parts that a host spells in another way, or not at all. */
import { editEach, type Message, Trail } from "@polycall/core";
import type { Quirk } from "./quirk.ts";

/** Only OpenAI knows refusals: elsewhere they are what the assistant said. */
export const refusalIsText: Quirk = {
  name: "refusalIsText",
  messages(messages, { changes }) {
    const trail = Trail.of(messages, changes);
    return editEach(messages, (message): Message => {
      if (message.role !== "assistant") return message;
      const { refusal, content } = message;
      if (refusal) {
        return trail.copy(message, { ...message, refusal: null, content: content || refusal });
      }
      if (!Array.isArray(content) || !content.some(({ type }) => type === "refusal"))
        return message;
      const parts = content.map((part) =>
        part.type === "refusal" ? { type: "text" as const, text: part.refusal } : part,
      );
      return trail.copy(message, { ...message, content: parts });
    });
  },
};

type Part = { readonly [key: string]: unknown };

/** Mistral's files and audio. Source: the types of @mistralai/mistralai 2.7. */
export const mistralParts: Quirk = {
  name: "mistralParts",
  body(body) {
    const messages = body.messages as { content?: unknown }[];
    body.messages = messages.map((message) => {
      if (!Array.isArray(message.content)) return message;
      return { ...message, content: message.content.map(mistralPart) };
    });
  },
};

function mistralPart(part: Part): Part {
  if (part.type === "input_audio") {
    const { data } = part.input_audio as { data: string };
    return { ...part, input_audio: data };
  }
  if (part.type !== "file") return part;
  const { file, ...rest } = part;
  const { file_data, file_id, filename } = file as { [key: string]: string | undefined };
  if (!file_data) return { ...rest, file_id };
  return {
    ...rest,
    type: "document_url",
    document_url: file_data,
    ...(filename && { document_name: filename }),
  };
}

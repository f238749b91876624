/** Core's history passes as quirks. */
import { emptyContent, type Message, mergeTurns, toolCallIds } from "@polycall/core";
import type { Quirk } from "./quirk.ts";

/** Mistral: 9 letters or digits. */
export const toolCallIds9: Quirk = {
  name: "toolCallIds9",
  messages: (messages, { changes }) =>
    toolCallIds(messages, changes, { valid: /^[a-zA-Z0-9]{9}$/, make: nineCharacters }),
};

/** FNV-1a over the id and the try, in base 36: the same id gives the same nine characters. */
function nineCharacters(id: string, index: number): string {
  const half = (seed: number) => {
    let hash = seed;
    for (const char of `${index} ${id}`) {
      hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0;
    }
    return hash.toString(36).padStart(7, "0");
  };
  return (half(0x811c9dc5) + half(0x9dc5811c)).slice(-9);
}

/** OpenAI: 40 characters, a 400 beyond (vLLM makes 46). */
export const toolCallIds40: Quirk = {
  name: "toolCallIds40",
  messages: (messages, { changes }) => toolCallIds(messages, changes, { valid: /^[\s\S]{1,40}$/ }),
};

/** Hosts that refuse `content: null` beside tool calls. */
export const noNullContent: Quirk = {
  name: "noNullContent",
  messages: (messages, { changes }) => emptyContent(messages, changes, { nullAsEmpty: true }),
};

/** Hosts whose turns must alternate (Perplexity). */
export const alternatingTurns: Quirk = {
  name: "alternatingTurns",
  messages: (messages, { changes }) => mergeTurns(messages, changes),
};

/** Only OpenAI knows refusals: elsewhere they are what the assistant said. */
export const refusalIsText: Quirk = {
  name: "refusalIsText",
  messages(messages) {
    const isRefusal = (part: { type: string }) => part.type === "refusal";
    const edited = messages.map((message): Message => {
      if (message.role !== "assistant") return message;
      const { refusal, content } = message;
      if (refusal) return { ...message, refusal: null, content: content || refusal };
      if (!Array.isArray(content) || !content.some(isRefusal)) return message;
      const parts = content.map((part) =>
        part.type === "refusal" ? { type: "text" as const, text: part.refusal } : part,
      );
      return { ...message, content: parts };
    });
    return edited.some((message, index) => message !== messages[index]) ? edited : messages;
  },
};

/** Mistral's `document_url` for a file. Source: Mistral's API reference, DocumentURLChunk, 2026-11. */
export const fileIsDocument: Quirk = {
  name: "fileIsDocument",
  body(body) {
    const messages = body.messages as { content?: unknown }[];
    body.messages = messages.map((message) => {
      if (!Array.isArray(message.content)) return message;
      return { ...message, content: message.content.map(documentOf) };
    });
  },
};

function documentOf(part: { type?: string; file?: { file_data?: string; filename?: string } }) {
  if (part.type !== "file" || !part.file?.file_data) return part;
  const { file_data, filename } = part.file;
  return {
    type: "document_url",
    document_url: file_data,
    ...(filename && { document_name: filename }),
  };
}

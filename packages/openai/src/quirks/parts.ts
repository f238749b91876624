/** Content parts that a host spells in another way, or not at all. */
import {
  type AssistantMessage,
  type Changes,
  editEach,
  type FilePart,
  type Message,
  parseDataUrl,
  type RefusalPart,
  type TextPart,
  Trail,
} from "@polycall/core";
import type { Quirk } from "./quirk.ts";

/** Only OpenAI knows refusals: elsewhere they are what the assistant said. */
export const refusalIsText: Quirk = {
  name: "refusalIsText",
  messages(messages, { changes }) {
    const trail = Trail.of(messages, changes);
    return editEach(messages, (message): Message => {
      if (message.role !== "assistant") return message;
      const { refusal, content } = message;
      const isInParts = Array.isArray(content) && content.some(({ type }) => type === "refusal");
      if (!refusal && !isInParts) return message;
      const said = refusal && !isInParts ? withRefusal(content, refusal) : content;
      const texts = Array.isArray(said) ? said.map(asText) : said;
      return trail.copy(message, { ...message, refusal: null, content: texts });
    });
  },
};

/** A message may say something and refuse. */
function withRefusal(content: AssistantMessage["content"], refusal: string) {
  if (!Array.isArray(content)) return (content ?? "") + refusal;
  return [...content, { type: "refusal" as const, refusal }];
}

function asText(part: TextPart | RefusalPart): TextPart {
  return part.type === "refusal" ? { type: "text", text: part.refusal } : part;
}

type Part = { readonly [key: string]: unknown };

type Edit = (part: Part, changes: Changes) => Part;

/** Edits the parts of the body's messages. */
function parts(name: string, edit: Edit): Quirk {
  return {
    name,
    body(body, { changes }) {
      const messages = body.messages as { content?: unknown }[];
      body.messages = messages.map((message) => {
        if (!Array.isArray(message.content)) return message;
        return { ...message, content: message.content.map((part) => edit(part, changes)) };
      });
    },
  };
}

/** Mistral's files and audio. Source: the types of @mistralai/mistralai 2.7. */
export const mistralParts = /* @__PURE__ */ parts("mistralParts", (part) => {
  if (part.type === "input_audio") {
    const { data } = part.input_audio as { data: string };
    return { ...part, input_audio: data };
  }
  if (part.type !== "file") return part;
  const { file, ...rest } = part;
  const { file_data, file_id, filename } = file as FilePart["file"];
  if (!file_data) return { ...rest, file_id };
  return {
    ...rest,
    type: "document_url",
    document_url: file_data,
    ...(filename && { document_name: filename }),
  };
});

/** Perplexity's files: a URL, or base64 without a data URL's head. Source: @ai-sdk/perplexity 3.0.61. */
export const perplexityFiles = /* @__PURE__ */ parts("perplexityFiles", (part, changes) => {
  if (part.type !== "file") return part;
  const { file, ...rest } = part;
  const { file_data, filename } = file as FilePart["file"];
  if (!file_data) {
    const instead = "Send its bytes (file_data) or a URL.";
    return changes.refuse("messages", "Perplexity knows no files by id.", instead);
  }
  const url = parseDataUrl(file_data)?.data ?? file_data;
  return { ...rest, type: "file_url", file_url: { url }, ...(filename && { file_name: filename }) };
});

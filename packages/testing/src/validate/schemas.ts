/** The generated schemas by name, with their exceptions made, each once. */
import type { JsonObject } from "../json.ts";
import { exceptions, hostExceptions, loosen } from "./exceptions.ts";
import anthropicBetaMessages from "./schemas/anthropic-beta-messages.json" with { type: "json" };
import anthropicMessages from "./schemas/anthropic-messages.json" with { type: "json" };
import geminiBatchEmbed from "./schemas/gemini-batch-embed.json" with { type: "json" };
import geminiEmbed from "./schemas/gemini-embed.json" with { type: "json" };
import geminiGenerate from "./schemas/gemini-generate.json" with { type: "json" };
import openaiChat from "./schemas/openai-chat.json" with { type: "json" };
import openaiEmbeddings from "./schemas/openai-embeddings.json" with { type: "json" };
import openaiResponses from "./schemas/openai-responses.json" with { type: "json" };

const generated = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "openai-embeddings": openaiEmbeddings,
  "anthropic-messages": anthropicMessages,
  "anthropic-beta-messages": anthropicBetaMessages,
  "gemini-generate": geminiGenerate,
  "gemini-embed": geminiEmbed,
  "gemini-batch-embed": geminiBatchEmbed,
};

export type SchemaName = keyof typeof generated;

const made = new Map<string, JsonObject>();

/** A request schema. @param host true for the variant of OpenAI-compatible hosts */
export function schemaNamed(name: SchemaName, host = false): JsonObject {
  const key = `${name} ${host}`;
  let schema = made.get(key);
  if (!schema) {
    const rows = host ? [...exceptions, ...hostExceptions] : exceptions;
    schema = loosen(name, generated[name] as unknown as JsonObject, rows);
    made.set(key, schema);
  }
  return schema;
}

/** Refuses a request body that the real service would refuse: by its types, then by its rules. */
import type { IncomingHttpHeaders } from "node:http";
import type { Json } from "../json.ts";
import { asObject } from "../json.ts";
import type { Refusal } from "../refusal.ts";
import type { Route } from "../routes.ts";
import { check, type Issue } from "./check.ts";
import type { Checked } from "./checked.ts";
import { anthropicRules } from "./rules/anthropic.ts";
import { cohereRules, voyageRules } from "./rules/embedders.ts";
import { geminiEmbedRules, geminiRules } from "./rules/gemini.ts";
import { ollamaRules } from "./rules/ollama.ts";
import { chatRules } from "./rules/openai-chat.ts";
import { embeddingRules } from "./rules/openai-embeddings.ts";
import { responsesRules } from "./rules/openai-responses.ts";
import { rerankRules } from "./rules/rerankers.ts";
import { type SchemaName, schemaNamed } from "./schemas.ts";
import { anthropicWords } from "./words/anthropic.ts";
import { geminiWords } from "./words/gemini.ts";
import { openaiWords } from "./words/openai.ts";

interface Row {
  schema?: (checked: Checked) => SchemaName;
  alias?: (key: string) => string;
  words: (issue: Issue) => Refusal;
  rules: (checked: Checked) => Refusal | undefined;
}

const camelCase = (key: string) => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

function isBeta({ headers, path }: Checked): boolean {
  return headers["anthropic-beta"] !== undefined || /[?&]beta=true/.test(path);
}

const gemini = { alias: camelCase, words: geminiWords };

const rows: Record<string, Row> = {
  "chat/completions": { schema: () => "openai-chat", words: openaiWords, rules: chatRules },
  responses: { schema: () => "openai-responses", words: openaiWords, rules: responsesRules },
  embeddings: {
    schema: () => "openai-embeddings",
    words: openaiWords,
    rules: (checked) => {
      const own = checked.route.provider.name === "voyage" ? voyageRules(checked) : undefined;
      return own ?? embeddingRules(checked);
    },
  },
  messages: {
    schema: (checked) => (isBeta(checked) ? "anthropic-beta-messages" : "anthropic-messages"),
    words: anthropicWords,
    rules: anthropicRules,
  },
  generateContent: { ...gemini, schema: () => "gemini-generate", rules: geminiRules },
  streamGenerateContent: { ...gemini, schema: () => "gemini-generate", rules: geminiRules },
  embedContent: { ...gemini, schema: () => "gemini-embed", rules: geminiEmbedRules },
  batchEmbedContents: { ...gemini, schema: () => "gemini-batch-embed", rules: geminiEmbedRules },
  embed: { words: openaiWords, rules: cohereRules },
  rerank: { words: openaiWords, rules: rerankRules },
  "api/chat": { words: openaiWords, rules: ollamaRules },
  "api/embed": { words: openaiWords, rules: ollamaRules },
};

/** The first thing wrong with a body, in the provider's words. */
export function refuseBody(
  route: Route,
  request: { headers: IncomingHttpHeaders; path: string; body: Json },
): Refusal | undefined {
  const row = rows[route.endpoint];
  if (!row) return undefined;
  const { headers, path } = request;
  const checked: Checked = { route, headers, path, body: asObject(request.body) };
  if (row.schema) {
    const isHost = row.words === openaiWords && route.provider.chat.lenient === true;
    const name = row.schema(checked);
    const schema = schemaNamed(name, isHost);
    const issue = check(schema, request.body, { lenient: isHost, alias: row.alias });
    if (issue) return row.words(issue);
  }
  return row.rules(checked);
}

/** Which endpoint a path of the simulator means. */
import type { Endpoint } from "./endpoint.ts";
import type { JsonObject } from "./json.ts";
import { asString } from "./json.ts";
import { messages } from "./protocols/anthropic.ts";
import { cohereEmbed } from "./protocols/cohere-embed.ts";
import { batchEmbedContents, embedContent, generateContent } from "./protocols/gemini.ts";
import {
  ollamaChat,
  ollamaEmbed,
  ollamaShow,
  ollamaTags,
  ollamaVersion,
} from "./protocols/ollama.ts";
import { chatCompletions } from "./protocols/openai-chat.ts";
import { embeddings } from "./protocols/openai-embeddings.ts";
import { responses } from "./protocols/openai-responses.ts";
import { cohereRerank, rerank, teiRerank } from "./protocols/rerank.ts";
import { providerNamed, type SimulatedProvider } from "./providers.ts";

/** An endpoint found, and what the path says about the call. */
export interface Route {
  provider: SimulatedProvider;
  /** E.g. "chat/completions", "messages", "generateContent", "api/chat". */
  endpoint: string;
  method: "GET" | "POST";
  handle: Endpoint;
  model: string;
  stream: boolean;
}

interface Row {
  endpoint: string;
  path: RegExp;
  handle: Endpoint;
  method?: "GET";
  families: SimulatedProvider["family"][];
  /** Whether a request without `stream` is streamed. */
  streamsByDefault?: boolean;
}

const rows: Row[] = [
  {
    endpoint: "chat/completions",
    path: /\/chat\/completions$/,
    handle: chatCompletions,
    families: ["openai", "ollama", "gemini"],
  },
  { endpoint: "responses", path: /\/responses$/, handle: responses, families: ["openai"] },
  {
    endpoint: "embeddings",
    path: /\/embeddings$/,
    handle: embeddings,
    families: ["openai", "ollama", "gemini"],
  },
  { endpoint: "embed", path: /^\/cohere\/v2\/embed$/, handle: cohereEmbed, families: ["openai"] },
  {
    endpoint: "rerank",
    path: /^\/cohere\/v2\/rerank$/,
    handle: cohereRerank,
    families: ["openai"],
  },
  { endpoint: "rerank", path: /^\/tei\/rerank$/, handle: teiRerank, families: ["openai"] },
  {
    endpoint: "rerank",
    path: /^\/(?:custom_openai|fireworks|jina|openrouter|together|vllm|voyage)\/.*\brerank$/,
    handle: rerank,
    families: ["openai"],
  },
  { endpoint: "messages", path: /\/v1\/messages$/, handle: messages, families: ["anthropic"] },
  {
    endpoint: "generateContent",
    path: /:generateContent$/,
    handle: generateContent,
    families: ["gemini"],
  },
  {
    endpoint: "streamGenerateContent",
    path: /:streamGenerateContent$/,
    handle: generateContent,
    families: ["gemini"],
    streamsByDefault: true,
  },
  { endpoint: "embedContent", path: /:embedContent$/, handle: embedContent, families: ["gemini"] },
  {
    endpoint: "batchEmbedContents",
    path: /:batchEmbedContents$/,
    handle: batchEmbedContents,
    families: ["gemini"],
  },
  {
    endpoint: "api/chat",
    path: /\/api\/chat$/,
    handle: ollamaChat,
    families: ["ollama"],
    streamsByDefault: true,
  },
  { endpoint: "api/embed", path: /\/api\/embed$/, handle: ollamaEmbed, families: ["ollama"] },
  { endpoint: "api/show", path: /\/api\/show$/, handle: ollamaShow, families: ["ollama"] },
  {
    endpoint: "api/tags",
    path: /\/api\/tags$/,
    method: "GET",
    handle: ollamaTags,
    families: ["ollama"],
  },
  {
    endpoint: "api/version",
    path: /\/api\/version$/,
    method: "GET",
    handle: ollamaVersion,
    families: ["ollama"],
  },
];

/** The provider whose prefix the path has. */
export function providerAt(path: string): SimulatedProvider | undefined {
  return providerNamed(path.split("/")[1] ?? "");
}

/** The route of a path (without its query) and body, or undefined when there is none. */
export function route(path: string, body: JsonObject): Route | undefined {
  const provider = providerAt(path);
  if (!provider) return undefined;
  const row = rows.find((r) => r.families.includes(provider.family) && r.path.test(path));
  if (!row) return undefined;
  const deployment = path.match(/\/(?:models|deployments)\/([^/:]+)/)?.[1];
  const model = asString(body.model) || decodeURIComponent(deployment ?? "");
  const byBody = row.families.includes("gemini") && row.endpoint.includes("ontent");
  const asked = byBody ? undefined : body.stream;
  const stream = asked === undefined ? row.streamsByDefault === true : asked === true;
  const { endpoint, handle, method = "POST" } = row;
  return { provider, endpoint, method, handle, model: model.replace(/^models\//, ""), stream };
}

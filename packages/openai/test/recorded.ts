/** The recorded traffic of this package's endpoints, and a small reader of it that shares nothing with `src`. */
import type { Connection, Failure, Plan, PlanContext, Provider } from "@polycall/core";
import { type Interaction, wireData } from "@polycall/testing";
import { azure, hosts, openai } from "../src/index.ts";

export interface Recorded {
  /** "groq/tool_use_failed_error.json#0" */
  name: string;
  provider: Provider;
  prefix: string;
  interaction: Interaction;
}

const byHost: readonly (readonly [part: string, prefix: string])[] = [
  ["openai.azure.com", "azure"],
  ["api.openai.com", "openai"],
  ["bedrock-mantle", "bedrock_mantle"],
  ["api.cerebras.ai", "cerebras"],
  ["api.inference.crusoecloud.com", "crusoe"],
  ["api.deepseek.com", "deepseek"],
  ["generativelanguage.googleapis.com", "google_openai"],
  ["api.groq.com", "groq"],
  ["localhost:8787/groq", "groq"],
  ["localhost:8787/openai", "openai"],
  ["us.inference.heroku.com", "heroku"],
  ["router.huggingface.co", "huggingface"],
  ["api.mistral.ai", "mistral"],
  ["demo-endpoints", "custom_openai"],
  ["ollama.com", "ollama_openai"],
  ["localhost:11434", "ollama_openai"],
  ["openrouter.ai", "openrouter"],
  ["snowflakecomputing.com", "snowflake"],
  ["api.z.ai", "zai"],
  ["api.voyageai.com", "voyage"],
];

const providers: Record<string, Provider> = { openai, azure, ...hosts };

/** Every recorded call of some endpoints: by default /chat/completions and /embeddings. */
export function recordings(endpoints = /\/(?:chat\/completions|embeddings)(?:\?|$)/): {
  reached: Recorded[];
  all: string[];
} {
  const data = wireData();
  const reached: Recorded[] = [];
  const all: string[] = [];
  for (const file of data?.list() ?? []) {
    for (const [index, interaction] of data!.read(file).interactions.entries()) {
      const { url } = interaction.request;
      if (!endpoints.test(url)) continue;
      const name = `${file}#${index}`;
      all.push(name);
      const prefix = byHost.find(([part]) => url.includes(part))?.[1] ?? "";
      const provider = providers[prefix];
      if (provider) reached.push({ name, provider, prefix, interaction });
    }
  }
  return { reached, all };
}

export type Json = { [key: string]: unknown };

export function requestOf({ interaction }: Recorded): Json {
  return interaction.request.body as Json;
}

export function isStreamed({ interaction }: Recorded): boolean {
  return /^(?:data|event|:)/m.test((interaction.response.body ?? "").slice(0, 40));
}

/** The JSON of a whole reply. */
export function replyOf({ interaction }: Recorded): unknown {
  return JSON.parse(interaction.response.body ?? "null");
}

/** The events of a streamed reply; one of type `error` keeps its name. */
export function eventsOf({ interaction }: Recorded): { event?: string; data: Json }[] {
  const events: { event?: string; data: Json }[] = [];
  for (const block of interaction.response.body!.split(/\r?\n\r?\n/)) {
    const lines = block.split(/\r?\n/);
    const data = lines
      .find((line) => line.startsWith("data:"))
      ?.slice(5)
      .trim();
    const event = lines
      .find((line) => line.startsWith("event:"))
      ?.slice(6)
      .trim();
    if (data && data !== "[DONE]") events.push({ event, data: JSON.parse(data) });
  }
  return events;
}

export interface Expected {
  text: string;
  reasoning: string;
  calls: { id: string; name: string; args: string }[];
  finish: string;
  usage: { input: number; output: number; cached?: number; reasoning?: number };
}

interface RawPart {
  type: string;
  text?: string;
  thinking?: string | RawPart[];
}
interface RawMessage {
  content?: string | RawPart[] | null;
  reasoning_content?: string | null;
  reasoning?: string | null;
  reasoning_details?: { text?: string; summary?: string }[];
  tool_calls?: { id: string; function: { name?: string; arguments?: string } }[] | null;
}
interface RawUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  cached_tokens?: number;
  num_cached_tokens?: number;
  prompt_tokens_details?: { cached_tokens?: number } | null;
  completion_tokens_details?: { reasoning_tokens?: number } | null;
}
interface RawPiece {
  choices?: { finish_reason?: string | null; message?: RawMessage; delta?: RawMessage }[];
  usage?: RawUsage | null;
  x_groq?: { usage?: RawUsage };
}

function textIn(content: RawMessage["content"]): string {
  if (!Array.isArray(content)) return content ?? "";
  return content.map((part) => (part.type === "text" ? part.text : "")).join("");
}

function reasoningIn(message: RawMessage): string {
  const parts = Array.isArray(message.content) ? message.content : [];
  const thinking = parts.filter((part) => part.type === "thinking");
  const inParts = thinking.map((part) => textIn(part.thinking)).join("");
  const details = (message.reasoning_details ?? []).map((one) => one.text ?? one.summary ?? "");
  return message.reasoning_content || message.reasoning || inParts || details.join("");
}

/** What a message says, added up over its pieces (one piece for a whole reply). */
export function expectedOf(pieces: Json[]): Expected {
  let [text, reasoning, finish] = ["", "", ""];
  let raw: RawUsage | undefined;
  const calls: Expected["calls"] = [];
  for (const piece of pieces as RawPiece[]) {
    raw = piece.usage ?? piece.x_groq?.usage ?? raw;
    const choice = piece.choices?.[0];
    if (!choice) continue;
    finish = choice.finish_reason || finish;
    const message = choice.message ?? choice.delta ?? {};
    text += textIn(message.content);
    reasoning += reasoningIn(message);
    for (const call of message.tool_calls ?? []) {
      const args = call.function?.arguments ?? "";
      if (call.function?.name) calls.push({ id: call.id, name: call.function.name, args });
      else calls.at(-1)!.args += args;
    }
  }
  const tagged = /^\s*<think>([\s\S]*?)(?:<\/think>\s*([\s\S]*))?$/.exec(text);
  if (tagged) [reasoning, text] = [tagged[1]!, tagged[2] ?? ""];
  for (const call of calls) call.args ||= "{}";
  const input = raw!.prompt_tokens;
  const details = raw!.completion_tokens_details?.reasoning_tokens;
  const unlisted = raw!.total_tokens - input - raw!.completion_tokens;
  return {
    text,
    reasoning,
    calls,
    finish: calls.length ? "tool_calls" : finish || "stop",
    usage: {
      input,
      output: raw!.total_tokens - input,
      cached:
        raw!.prompt_tokens_details?.cached_tokens ?? raw!.cached_tokens ?? raw!.num_cached_tokens,
      reasoning: details ?? (unlisted > 0 ? unlisted : undefined),
    },
  };
}

export function connectionTo(prefix: string, settings: Record<string, string> = {}): Connection {
  return {
    provider: prefix,
    apiKey: "sk-test",
    baseURL: "https://host.test/v1",
    headers: {},
    settings,
  };
}

export function contextOf(
  prefix: string,
  model: string,
  options: Partial<PlanContext> & Partial<Pick<Connection, "settings" | "headers">> = {},
): PlanContext {
  const { settings, headers = {}, ...rest } = options;
  return {
    connection: { ...connectionTo(prefix, settings), headers },
    model,
    onUnsupported: "warn",
    ...rest,
  };
}

/** A plan that fits a recorded request well enough to read its reply with. */
export function readingPlan(recorded: Recorded): Plan {
  const { model, stream } = requestOf(recorded) as { model: string; stream?: boolean };
  const context = contextOf(recorded.prefix, `chat/${model}`);
  const plan = recorded.provider.plan(
    {
      model: `${recorded.prefix}/${model}`,
      messages: [{ role: "user", content: "Hello" }],
      stream: !!stream,
    },
    recorded.provider.info.name === "openai" ? context : contextOf(recorded.prefix, model),
  );
  return plan;
}

export function failureOf(recorded: Recorded, body = replyOf(recorded)): Failure {
  const { status, headers } = recorded.interaction.response;
  return {
    provider: recorded.prefix,
    model: String(requestOf(recorded).model),
    status,
    header: (name) => headers[name],
    text: JSON.stringify(body),
    body,
  };
}

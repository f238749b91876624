/** A model whose replies are written out as OpenAI's service sends them, valid or not. */
import { createClient, type PolycallClient } from "polycall";

export interface Said {
  content?: string | null;
  /** Name, and the arguments as the model wrote them. */
  calls?: readonly (readonly [name: string, text: string, id?: string])[];
  finish?: string;
  /** Tokens of the prompt and of the reply; null: the service tells none. */
  usage?: readonly [prompt: number, completion: number] | null;
}

export interface Asked {
  model: string;
  messages: { role: string; content: unknown; tool_calls?: unknown[]; tool_call_id?: string }[];
  tools?: { function: { name: string } }[];
  stream?: boolean;
  max_completion_tokens?: number;
  max_tokens?: number;
  [key: string]: unknown;
}

export interface Spoken {
  model: string;
  client: PolycallClient;
  asked: Asked[];
}

type Reply =
  | string
  | Said
  | ((asked: Asked, signal?: AbortSignal) => string | Said | Promise<string | Said>);

/** @param replies in the order in which they are asked for; the last one again and again */
export function spoken(replies: readonly Reply[], model = "openai/gpt-4.1-mini"): Spoken {
  const asked: Asked[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    const body = JSON.parse(String(init?.body)) as Asked;
    const reply = replies[Math.min(asked.push(body), replies.length) - 1]!;
    const made = typeof reply === "function" ? await reply(body, init?.signal ?? undefined) : reply;
    return responseOf(body, typeof made === "string" ? { content: made } : made);
  };
  const client = createClient({
    providers: { openai: { apiKey: "sk-canary-0123456789abcdef" } },
    defaults: { fetch: fetch as typeof globalThis.fetch, maxRetries: 0 },
    logLevel: "off",
  });
  return { model, client, asked };
}

function responseOf({ model, stream }: Asked, said: Said): Response {
  const { content = null, calls = [], usage = [100, 10] } = said;
  const finish_reason = said.finish ?? (calls.length ? "tool_calls" : "stop");
  const tool_calls = calls.map(([name, text, id], index) => ({
    ...(stream && { index }),
    id: id ?? `call_${index}`,
    type: "function",
    function: { name, arguments: text },
  }));
  const message = { role: "assistant", content, ...(tool_calls.length && { tool_calls }) };
  const told = usage && {
    prompt_tokens: usage[0],
    completion_tokens: usage[1],
    total_tokens: usage[0] + usage[1],
  };
  const base = { id: "r", created: 1, model };
  if (!stream) {
    const choices = [{ index: 0, message, finish_reason }];
    return Response.json({
      ...base,
      object: "chat.completion",
      choices,
      ...(told && { usage: told }),
    });
  }
  const chunks = [
    { choices: [{ index: 0, delta: message, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason }] },
    ...(told ? [{ choices: [], usage: told }] : []),
  ].map(
    (one) => `data: ${JSON.stringify({ ...base, object: "chat.completion.chunk", ...one })}\n\n`,
  );
  return new Response(`${chunks.join("")}data: [DONE]\n\n`, {
    headers: { "content-type": "text/event-stream" },
  });
}

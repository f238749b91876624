/** The floor, the official SDKs and polycall: how each asks and how each reads a stream. */
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { createClient } from "polycall";
import { models, plainMessages, question, realRequest } from "./requests.ts";
import type { Protocol } from "./wire.ts";

export interface Client {
  plain(): Promise<unknown>;
  real?(): Promise<unknown>;
  stream(): Promise<unknown>;
}

export type Clients = Readonly<Record<string, Client>>;

/** The official SDK of each protocol, by the name it has in the tables. */
export const officials: Record<Protocol, string> = {
  chat: "openai",
  messages: "@anthropic-ai/sdk",
  gemini: "@google/genai",
};

export async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream) {
    // Read, and nothing else.
  }
}

const model = (name: string) => name.slice(name.lastIndexOf("/") + 1);

const paths: Record<Protocol, { ask: string; stream: string }> = {
  chat: { ask: "/chat/completions", stream: "/chat/completions" },
  messages: { ask: "/v1/messages", stream: "/v1/messages" },
  gemini: {
    ask: "/v1beta/models/m:generateContent",
    stream: "/v1beta/models/m:streamGenerateContent",
  },
};

const json = { "content-type": "application/json" };

/**
 * The least that can be done: `fetch`, JSON, and a reader that looks for blank lines.
 * @param keep whether a stream's text is put together, as whoever shows or stores it does
 */
export function floor(base: string, protocol: Protocol, keep = false): Client {
  const post = (path: string, body: object) =>
    fetch(base + path, { method: "POST", headers: json, body: JSON.stringify(body) });
  const body = realBody(protocol);
  return {
    plain: async () => (await post(paths[protocol].ask, { messages: plainMessages })).json(),
    real: async () => (await post(`/real${paths[protocol].ask}`, await body)).json(),
    async stream() {
      const body = { messages: plainMessages, stream: true };
      const response = await post(paths[protocol].stream, body);
      const decoder = new TextDecoder();
      let rest = "";
      let text = "";
      for await (const bytes of response.body!) {
        rest += decoder.decode(bytes, { stream: true });
        let at = 0;
        for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n", at)) {
          const data = rest.slice(rest.indexOf("data: ", at) + "data: ".length, end);
          const event = data === "[DONE]" ? undefined : JSON.parse(data);
          if (keep) text += event?.choices[0]?.delta.content ?? "";
          at = end + 2;
        }
        rest = rest.slice(at);
      }
      return text;
    },
  };
}

/** polycall as an app has it: one client, everything on. */
export function polycall(base: string, protocol: Protocol): Client {
  const provider = models[protocol].split("/")[0]!;
  const at = (baseURL: string) =>
    createClient({ providers: { [provider]: { apiKey: "k", baseURL } }, logLevel: "off" })
      .completion;
  const [ask, askReal] = [at(base), at(`${base}/real`)];
  const request = { model: models[protocol], messages: plainMessages };
  return {
    plain: () => ask(request),
    real: () => askReal({ model: models[protocol], ...realRequest }),
    stream: async () => drain(await ask({ ...request, stream: true })),
  };
}

/** What polycall sends for the real request: what the official SDK is given too. */
async function realBody(protocol: Protocol): Promise<Record<string, unknown>> {
  const { explain } = createClient({ logLevel: "off" });
  const { body } = await explain({ model: models[protocol], ...realRequest });
  return body as Record<string, unknown>;
}

/** The official SDK as it comes, its retries off. */
export async function official(base: string, protocol: Protocol): Promise<Client> {
  const options = { apiKey: "k", maxRetries: 0, logLevel: "off" } as const;
  const body = await realBody(protocol);
  const request = { model: model(models[protocol]), messages: plainMessages };
  switch (protocol) {
    case "chat": {
      const at = (baseURL: string) => new OpenAI({ ...options, baseURL }).chat.completions;
      const [sdk, real] = [at(base), at(`${base}/real`)];
      const asked = request as OpenAI.ChatCompletionCreateParamsNonStreaming;
      return {
        plain: () => sdk.create(asked),
        real: () => real.create(body as unknown as typeof asked),
        stream: async () => drain(await sdk.create({ ...asked, stream: true })),
      };
    }
    case "messages": {
      const at = (baseURL: string) => new Anthropic({ ...options, baseURL }).messages;
      const [sdk, real] = [at(base), at(`${base}/real`)];
      const asked = { ...request, max_tokens: 9 } as Anthropic.MessageCreateParamsNonStreaming;
      return {
        plain: () => sdk.create(asked),
        real: () => real.create(body as unknown as typeof asked),
        stream: async () => drain(await sdk.create({ ...asked, stream: true })),
      };
    }
    case "gemini": {
      const at = (baseUrl: string) =>
        new GoogleGenAI({ apiKey: "k", httpOptions: { baseUrl } }).models;
      const [sdk, real] = [at(base), at(`${base}/real`)];
      const asked = { model: request.model, contents: question };
      const { contents, generationConfig, ...others } = body;
      const config = { ...others, ...(generationConfig as object) };
      const askedReal = { model: request.model, contents, config } as typeof asked;
      return {
        plain: () => sdk.generateContent(asked),
        real: () => real.generateContent(askedReal),
        stream: async () => drain(await sdk.generateContentStream(asked)),
      };
    }
  }
}

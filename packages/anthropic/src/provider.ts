/** Anthropic: where it is, and the one SDK call. */
import { Anthropic, type ClientOptions } from "@anthropic-ai/sdk";
import type { Connection, Provider, Send } from "@polycall/core";
import { classify } from "./errors.ts";
import { parse } from "./parse.ts";
import { plan } from "./plan.ts";
import { MessageDecoder } from "./stream.ts";

/** One SDK client for each connection. The `fetch` of a call comes with the call. */
const clients = new WeakMap<Connection, Anthropic>();
type CallFetch = { polycallFetch: typeof globalThis.fetch };

function clientOf(connection: Connection): Anthropic {
  let client = clients.get(connection);
  if (!client) {
    const options: ClientOptions = {
      apiKey: connection.apiKey ?? "",
      webhookKey: null,
      baseURL: connection.baseURL,
      maxRetries: 0,
      // The transport's timeouts rule; a timer's longest delay is this one.
      timeout: 2 ** 31 - 1,
      logLevel: "off",
      openTelemetry: { propagation: false, traces: false },
      dangerouslyAllowBrowser: true,
      fetch: (url, init) => (init as unknown as CallFetch).polycallFetch(url, init),
    };
    client = new Anthropic(options);
    clients.set(connection, client);
  }
  return client;
}

async function send(plan: Parameters<Provider["send"]>[0], call: Send): Promise<unknown> {
  const { connection, fetch, signal } = call;
  const fetchOptions = { polycallFetch: fetch } as unknown as ClientOptions["fetchOptions"];
  // Written out for each request: ANTHROPIC_CUSTOM_HEADERS would win over the client's own.
  const headers = {
    authorization: `Bearer ${connection.apiKey ?? ""}`,
    "x-api-key": null,
    "anthropic-beta": null,
    ...connection.headers,
    ...plan.headers,
  };
  return clientOf(connection)
    .post(plan.path, { body: {}, headers, signal, fetchOptions })
    .asResponse();
}

export const anthropic: Provider = {
  info: {
    name: "anthropic",
    label: "Anthropic",
    baseURL: "https://api.anthropic.com",
    baseURLEnv: ["ANTHROPIC_BASE_URL"],
    apiKeyEnv: ["ANTHROPIC_API_KEY"],
    keyURL: "https://platform.claude.com/settings/keys",
    // The SDK adds /v1 itself; many write it.
    normalizeBaseURL: (url) => url.replace(/\/v1\/*$/, ""),
  },
  plan,
  send,
  parse,
  decoder: (plan) => new MessageDecoder(plan),
  classify,
};

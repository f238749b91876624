/** Ollama's own API: it has an official client too, but that adds nothing to one `fetch`. */
import type { Plan, Provider, ProviderInfo, Send } from "@polycall/core";
import { normalizeBaseURL } from "./base-url.ts";
import { embedding } from "./embedding.ts";
import { classify } from "./errors.ts";
import { capabilities } from "./models.ts";
import { parse } from "./parse.ts";
import { plan } from "./plan.ts";
import { decoder } from "./stream.ts";

const info: ProviderInfo = {
  name: "ollama",
  label: "Ollama",
  baseURL: "http://127.0.0.1:11434",
  baseURLEnv: ["OLLAMA_BASE_URL", "OLLAMA_HOST"],
  normalizeBaseURL,
  apiKeyEnv: ["OLLAMA_API_KEY"],
  keyURL: "https://ollama.com/settings/keys",
  keyOptional: true,
};

async function send(plan: Plan, { connection, fetch, signal }: Send): Promise<Response> {
  const { apiKey, baseURL } = connection;
  return fetch(baseURL + plan.path, {
    method: plan.method,
    headers: {
      "content-type": "application/json",
      ...(apiKey && { authorization: `Bearer ${apiKey}` }),
    },
    signal, // No body: `fetch` is core's, and writes `plan.body`.
  });
}

/** The adapter for `ollama/MODEL`. */
export const ollama: Provider = {
  info,
  plan,
  send,
  parse,
  decoder,
  classify,
  embedding,
  capabilities,
};

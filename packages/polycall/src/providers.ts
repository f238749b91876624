/** Every provider by the prefix of its model strings; an adapter is loaded on its first use. */
import type { ProviderLoader } from "@polycall/core";
import type { HostRow } from "@polycall/openai";
import { local } from "#local";

/** Hosts that speak OpenAI's protocol: rows of `@polycall/openai`'s table, held equal to it by a test. */
export const hostNames = [
  "bedrock_mantle",
  "cerebras",
  "cohere",
  "crusoe",
  "custom_openai",
  "deepinfra",
  "deepseek",
  "fireworks",
  "google_openai",
  "groq",
  "heroku",
  "huggingface",
  "jina",
  "llamacpp",
  "lmstudio",
  "mistral",
  "moonshot",
  "nvidia",
  "ollama_openai",
  "openrouter",
  "perplexity",
  "snowflake",
  "tei",
  "together",
  "vllm",
  "voyage",
  "xai",
  "zai",
] as const;

const openaiAdapter = () => import("@polycall/openai");

function known(name: (typeof hostNames)[number]): ProviderLoader {
  return async () => (await openaiAdapter()).hosts[name];
}

/** Loads the OpenAI adapter for a host that the table does not know. */
export function hostLoader(row: HostRow): ProviderLoader {
  return async () => (await openaiAdapter()).host(row);
}

export const adapters: Readonly<Record<string, ProviderLoader>> = {
  openai: async () => (await openaiAdapter()).openai,
  azure: async () => (await openaiAdapter()).azure,
  anthropic: async () => (await import("@polycall/anthropic")).anthropic,
  gemini: async () => (await import("@polycall/gemini")).gemini,
  vertex: async () => (await import("@polycall/gemini")).vertex,
  ollama: async () => (await import("@polycall/ollama")).ollama,
  local,
  ...Object.fromEntries(hostNames.map((name) => [name, known(name)])),
};

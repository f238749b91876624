/** Models to probe: one of each family that has facts of its own, and one of each host. Data. */
import { adapters } from "../../packages/polycall/src/providers.ts";

/** By provider; the first stands for those that have no row of their own here. */
const families: { readonly [provider: string]: readonly string[] } = {
  openai: [
    "gpt-4.1",
    "responses/gpt-4.1",
    "o3",
    "gpt-5",
    "gpt-5.1",
    "gpt-5.4",
    "gpt-5.6-luna",
    "gpt-6.2",
    "chat/gpt-6.2",
    "responses/gpt-6.2",
    "gpt-4o-search-preview",
    "gpt-9",
  ],
  azure: ["my-deployment", "responses/my-deployment"],
  anthropic: [
    "claude-haiku-4-5",
    "claude-3-haiku",
    "claude-3-7-sonnet",
    "claude-opus-4-6",
    "claude-opus-4-7",
    "claude-sonnet-5",
    "claude-opus-5-5",
    "another-vendors-model",
  ],
  gemini: [
    "gemini-3-flash",
    "gemini-2.0-flash",
    "gemini-2.5-flash",
    "gemini-2.5-pro",
    "gemini-3-pro",
    "gemini-3.8-flash",
    "gemma-3-27b-it",
  ],
  vertex: ["gemini-3-flash", "endpoints/1234"],
  ollama: ["llama3.2", "qwen3", "gpt-oss"],
  groq: ["llama-3.3-70b-versatile", "openai/gpt-oss-120b", "qwen/qwen3-32b"],
  xai: ["grok-4.3", "grok-4", "responses/grok-4.3"],
  moonshot: ["kimi-k2.6", "kimi-k3"],
  zai: ["glm-4.7", "glm-5.2"],
  cerebras: ["llama-4", "gpt-oss-120b"],
  google_openai: ["gemini-2.5-flash", "gemini-3-flash"],
};

/** Who is asked for no completions. */
const embedders = new Set(["cohere", "jina", "local", "tei", "voyage"]);

/** Every provider of completions, with the models to probe. */
export function probedModels(): readonly (readonly [
  provider: string,
  models: readonly string[],
])[] {
  const chats = Object.keys(adapters).filter((name) => !embedders.has(name));
  return chats.map((name) => [name, families[name] ?? ["any-model"]] as const);
}

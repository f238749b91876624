/** Where the services that the simulator plays really are. */
import { providers } from "./providers.ts";

/** Origins; a `*` stands for any part of a host name. Checked 2026-11-24 against the SDKs' defaults. */
const origins: Record<string, readonly string[]> = {
  openai: ["https://api.openai.com"],
  anthropic: ["https://api.anthropic.com"],
  gemini: ["https://generativelanguage.googleapis.com"],
  vertex: ["https://*aiplatform.googleapis.com"],
  openrouter: ["https://openrouter.ai"],
  ollama: ["http://localhost:11434", "http://127.0.0.1:11434"],
  azure: [
    "https://*.openai.azure.com",
    "https://*.services.ai.azure.com",
    "https://*.cognitiveservices.azure.com",
  ],
  groq: ["https://api.groq.com"],
  mistral: ["https://api.mistral.ai"],
  voyage: ["https://api.voyageai.com"],
  jina: ["https://api.jina.ai"],
  cohere: ["https://api.cohere.com", "https://api.cohere.ai"],
  deepseek: ["https://api.deepseek.com"],
  xai: ["https://api.x.ai"],
  together: ["https://api.together.xyz", "https://api.together.ai"],
  fireworks: ["https://api.fireworks.ai"],
  cerebras: ["https://api.cerebras.ai"],
  tei: ["http://localhost:8080"],
  vllm: ["http://localhost:8000"],
  lmstudio: ["http://localhost:1234"],
};

/** Which URLs belong to which simulated provider. */
export const realUrls: { provider: string; url: RegExp }[] = providers.flatMap(({ name }) =>
  (origins[name] ?? []).map((origin) => ({ provider: name, url: below(origin) })),
);

function below(origin: string): RegExp {
  const literal = origin.replace(/[.\\/:]/g, "\\$&").replace("*", "[a-z0-9.-]*");
  return new RegExp(`^${literal}/`);
}

/** Where the examples find models: every provider whose key is set, else your Ollama, else a simulator. */

import { type Simulator, simulator } from "@polycall/testing";
import { createClient, type PolycallClient } from "polycall";

/** A cheap model of each provider; change a string and nothing else. */
const cheap = [
  { model: "openai/gpt-6-luna", keys: ["OPENAI_API_KEY"] },
  { model: "anthropic/claude-haiku-5-5", keys: ["ANTHROPIC_API_KEY"] },
  { model: "gemini/gemini-3.5-flash-lite", keys: ["GEMINI_API_KEY", "GOOGLE_API_KEY"] },
  { model: "openrouter/z-ai/glm-4.7", keys: ["OPENROUTER_API_KEY"] },
];

const embedders = [
  { model: "openai/text-embedding-3-small", keys: ["OPENAI_API_KEY"] },
  { model: "gemini/gemini-embedding-001", keys: ["GEMINI_API_KEY", "GOOGLE_API_KEY"] },
];

export interface Connected extends PolycallClient {
  /** What answers, in words. */
  who: string;
  /** Model strings that will work; at least one. */
  models: [string, ...string[]];
  /** A model for `embedding()`; with chat keys only, none of yours may have one. */
  embeddingModel: string;
  /** Set where the simulator answers. */
  simulator?: Simulator;
  close(): Promise<void>;
}

const isSet = ({ keys }: { keys: string[] }) => keys.some((key) => process.env[key]);

/** The models of an Ollama on this machine; none when there is no Ollama. */
async function localModels(): Promise<string[]> {
  const { OLLAMA_BASE_URL, OLLAMA_HOST } = process.env;
  const given = OLLAMA_BASE_URL || OLLAMA_HOST || "127.0.0.1:11434";
  const base = given.includes("://") ? given : `http://${given}`;
  try {
    const response = await fetch(`${base}/api/tags`, { signal: AbortSignal.timeout(500) });
    const { models } = (await response.json()) as { models: { name: string }[] };
    return models.map(({ name }) => `ollama/${name}`);
  } catch {
    return [];
  }
}

export async function connect(): Promise<Connected> {
  const [mine, ...others] = cheap.filter(isSet).map(({ model }) => model);
  if (mine) {
    const embeddingModel = embedders.find(isSet)?.model ?? "";
    const who = "your keys";
    return {
      ...createClient(),
      who,
      models: [mine, ...others],
      embeddingModel,
      close: async () => {},
    };
  }
  const [local, ...more] = await localModels();
  if (local) {
    const models: [string, ...string[]] = [local, ...more];
    return {
      ...createClient(),
      who: "your Ollama",
      models,
      embeddingModel: local,
      close: async () => {},
    };
  }
  return simulated();
}

/** The simulator, whatever keys are set: for examples that show what real providers seldom do. */
export async function simulated(): Promise<Connected> {
  const server = await simulator();
  return {
    ...createClient({ providers: server.providers }),
    who: `a simulator on this machine (${server.url}); set OPENAI_API_KEY or another key for the real thing`,
    models: [cheap[0]!.model, ...cheap.slice(1).map(({ model }) => model), "ollama/llama3.2"],
    embeddingModel: embedders[0]!.model,
    simulator: server,
    close: () => server.close(),
  };
}

/** Where the examples find models: every provider whose key is set, else your Ollama, else a simulator. */

import { type Simulator, simulator } from "@polycall/testing";
import { type ClientOptions, createClient, type PolycallClient } from "polycall";
import { localModels } from "./ollama.ts";

interface Row {
  /** A cheap model; change the string and nothing else. */
  model: string;
  keys: string[];
  /** Reads pictures and PDFs. */
  reads?: true;
  embeds?: string;
}

const google = ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"];

/** The four that the simulator plays, too. */
const known: [Row, ...Row[]] = [
  {
    model: "openai/gpt-6-luna",
    keys: ["OPENAI_API_KEY"],
    reads: true,
    embeds: "openai/text-embedding-3-small",
  },
  { model: "anthropic/claude-haiku-5-5", keys: ["ANTHROPIC_API_KEY"], reads: true },
  {
    model: "gemini/gemini-3.5-flash-lite",
    keys: google,
    reads: true,
    embeds: "gemini/gemini-embedding-001",
  },
  { model: "openrouter/z-ai/glm-4.7", keys: ["OPENROUTER_API_KEY"] },
];

const more: Row[] = [
  { model: "groq/openai/gpt-oss-20b", keys: ["GROQ_API_KEY"] },
  {
    model: "mistral/mistral-small-latest",
    keys: ["MISTRAL_API_KEY"],
    embeds: "mistral/mistral-embed",
  },
  { model: "deepseek/deepseek-v4-flash", keys: ["DEEPSEEK_API_KEY"] },
];

export interface Connected extends PolycallClient {
  /** What answers, in words. */
  who: string;
  /** Model strings that will work; at least one. */
  models: [string, ...string[]];
  /** Those of them that read pictures and PDFs; perhaps none. */
  readers: string[];
  /** A model for `embedding()`; empty where none of yours has one. */
  embeddingModel: string;
  /** Set where the simulator answers. */
  simulator?: Simulator;
  close(): Promise<void>;
}

const isSet = ({ keys }: Row) => keys.some((key) => process.env[key]);
const close = async () => {};

/** @param options further ones of `createClient` */
export async function connect(options: ClientOptions = {}): Promise<Connected> {
  const mine = [...known, ...more].filter(isSet);
  const [first, ...others] = mine;
  if (first) {
    return {
      ...createClient(options),
      who: "your keys",
      models: [first.model, ...others.map(({ model }) => model)],
      readers: mine.filter(({ reads }) => reads).map(({ model }) => model),
      embeddingModel: mine.find(({ embeds }) => embeds)?.embeds ?? "",
      close,
    };
  }
  const { chat, embedding } = await localModels();
  const [local, ...rest] = chat;
  if (local) {
    return {
      ...createClient(options),
      who: "your Ollama",
      models: [local, ...rest],
      readers: [],
      embeddingModel: embedding,
      close,
    };
  }
  return simulated(options);
}

/** The simulator, whatever keys are set: for examples that show what real providers seldom do. */
export async function simulated(options: ClientOptions = {}): Promise<Connected> {
  const server = await simulator();
  const [first, ...others] = known;
  return {
    ...createClient({ ...options, providers: server.providers }),
    who: `a simulator on this machine (${server.url}); set OPENAI_API_KEY or another key for the real thing`,
    models: [first.model, ...others.map(({ model }) => model), "ollama/llama3.2"],
    readers: known.filter(({ reads }) => reads).map(({ model }) => model),
    embeddingModel: first.embeds!,
    simulator: server,
    close: () => server.close(),
  };
}

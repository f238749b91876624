/** What models.dev lacks: the newest ids and prices, and the days on which models are turned off. */
import type { ModelPatch, PriceHours, Source } from "../entry.ts";
import { rateLimits } from "./rate-limits.ts";

const read = (url: string): Source => ({ url: `https://${url}`, date: "2026-11-23" });

const openaiShutdowns = read("developers.openai.com/api/docs/deprecations");
const openaiPrices = read("developers.openai.com/api/docs/pricing");
const anthropicShutdowns = read("platform.claude.com/docs/en/about-claude/model-deprecations");
const anthropicPrices = read("platform.claude.com/docs/en/about-claude/pricing");
const geminiShutdowns = read("ai.google.dev/gemini-api/docs/deprecations");
const geminiPrices = { ...read("ai.google.dev/gemini-api/docs/pricing"), date: "2026-11-26" };
const mistralPrices = { ...read("mistral.ai/pricing"), date: "2026-11-26" };
const vertexShutdowns = read("cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions");
const deepseekPrices = { ...read("api-docs.deepseek.com/quick_start/pricing"), date: "2026-11-26" };
const deepseekShutdowns = read("api-docs.deepseek.com/updates");

/** Last day, the source of it, provider, and each model with what its provider names in its place. */
const shutdowns: [string, Source, string, Record<string, string | undefined>][] = [
  [
    "2026-10-23",
    openaiShutdowns,
    "openai",
    {
      "gpt-3.5-turbo": "gpt-5.6-terra",
      "gpt-4": "gpt-5.6-sol",
      "gpt-4-turbo": "gpt-5.6-sol",
      "gpt-4o-2024-05-13": "gpt-5.6-sol",
      "gpt-4.1-nano": undefined,
      o1: "gpt-5.6-sol",
      "o1-pro": "gpt-5.6-sol",
      "o3-mini": "gpt-5.6-sol",
      "o4-mini": "gpt-5.6-terra",
    },
  ],
  [
    "2026-12-11",
    openaiShutdowns,
    "openai",
    {
      "gpt-5": "gpt-6.1-sol",
      "gpt-5-mini": "gpt-6.1-terra",
      "gpt-5-nano": "gpt-6-luna",
      "gpt-5-pro": "gpt-6.1-sol",
      o3: "gpt-6.1-sol",
      "o3-pro": "gpt-6.1-sol",
    },
  ],
  [
    "2027-01-14",
    openaiShutdowns,
    "openai",
    {
      "gpt-4o": "gpt-6-luna",
      "gpt-4o-2024-08-06": "gpt-6-luna",
      "gpt-4o-2024-11-20": "gpt-6-luna",
      "gpt-4o-mini": "gpt-6-luna",
      "gpt-4.1": "gpt-6-luna",
      "gpt-4.1-mini": "gpt-6-luna",
    },
  ],
  ["2027-04-01", openaiShutdowns, "openai", { "gpt-5.1": undefined }],
  [
    "2026-06-15",
    anthropicShutdowns,
    "anthropic",
    { "claude-sonnet-4-20250514": undefined, "claude-opus-4-20250514": undefined },
  ],
  [
    "2026-08-05",
    anthropicShutdowns,
    "anthropic",
    { "claude-opus-4-1": undefined, "claude-opus-4-1-20250805": undefined },
  ],
  [
    "2026-11-30",
    anthropicShutdowns,
    "anthropic",
    { "claude-sonnet-4-5": undefined, "claude-sonnet-4-5-20250929": undefined },
  ],
  [
    "2026-06-01",
    geminiShutdowns,
    "gemini",
    { "gemini-2.0-flash": undefined, "gemini-2.0-flash-lite": undefined },
  ],
  [
    "2026-12-01",
    geminiShutdowns,
    "gemini",
    // From that day the old names are served by these, at their price.
    { "gemini-2.5-pro": "gemini-3.8-flash", "gemini-2.5-flash": "gemini-3.5-flash-lite" },
  ],
  [
    "2026-10-20",
    vertexShutdowns,
    "vertex",
    {
      "gemini-2.5-pro": undefined,
      "gemini-2.5-flash": undefined,
      "gemini-2.5-flash-lite": undefined,
    },
  ],
  [
    "2026-07-24",
    deepseekShutdowns,
    "deepseek",
    { "deepseek-chat": undefined, "deepseek-reasoner": undefined },
  ],
];

/** Dollars for a million tokens written to the cache for an hour. */
const hourLong: Record<string, number> = {
  "claude-fable-5": 20,
  "claude-fable-5-1": 20,
  "claude-haiku-4-5": 2,
  "claude-haiku-4-5-20251001": 2,
  "claude-opus-4-5": 10,
  "claude-opus-4-5-20251101": 10,
  "claude-opus-4-6": 10,
  "claude-opus-4-7": 10,
  "claude-opus-4-8": 10,
  "claude-opus-5": 10,
  "claude-opus-5-5": 8,
  "claude-sonnet-4-5": 6,
  "claude-sonnet-4-5-20250929": 6,
  "claude-sonnet-4-6": 6,
  "claude-sonnet-5": 4,
  "claude-sonnet-5-5": 4,
};

/** Dollars for a million tokens of text from models that make pictures; models.dev has the pictures' rate. */
const textOfImageModels: Record<string, number> = {
  "gemini-2.5-flash-image": 2.5,
  "gemini-3-pro-image": 12,
  "gemini-3-pro-image-preview": 12,
  "gemini-3.1-flash-image": 3,
  "gemini-3.1-flash-image-preview": 3,
  "gemini-3.1-flash-lite-image": 1.5,
};

/**
 * DeepSeek's peak hours: 9 to 12 and 14 to 18 in Beijing, Monday to Friday, at twice the price. The
 * public holidays of China are none, which no table here knows: on those the cost is too high.
 */
function deepseekPeak(input: number, output: number, cacheRead: number): PriceHours[] {
  const days = [1, 2, 3, 4, 5];
  const rates = { input: 2 * input, output: 2 * output, cacheRead: 2 * cacheRead };
  return [
    { days, from: 1, to: 4, ...rates },
    { days, from: 6, to: 10, ...rates },
  ];
}

/** Input, output, cached input, at other hours. */
const deepseekRates: Record<string, [number, number, number]> = {
  "deepseek-flash": [0.15, 0.6, 0.003],
  "deepseek-v4-flash": [0.15, 0.6, 0.003],
  "deepseek-v4-flash-vision-exp": [0.15, 0.6, 0.003],
  "deepseek-v4-pro": [0.66, 1.98, 0.022],
};

/** The makers' prices as other pages quote them. Rerank 4 is left out: two of those name two. */
const rerankers: readonly ModelPatch[] = [
  {
    provider: "cohere",
    id: "rerank-v3.5",
    name: "Rerank 3.5",
    price: { uses: { searchUnit: 2 } },
    sources: [{ ...read("cohere.com/pricing"), date: "2026-11-26" }],
  },
  ...Object.entries({ "rerank-2.5": 0.05, "rerank-2.5-lite": 0.02 }).map(
    ([id, input]): ModelPatch => ({
      provider: "voyage",
      id,
      name: id,
      price: { input },
      sources: [{ ...read("docs.voyageai.com/docs/pricing"), date: "2026-11-26" }],
    }),
  ),
];

/** Later ones over earlier ones, and all over the snapshot: field by field, a price rate by rate. */
export const overlay: readonly ModelPatch[] = [
  ...shutdowns.flatMap(([shutdown, source, provider, models]) =>
    Object.entries(models).map(([id, successor]) => ({
      provider,
      id,
      shutdown,
      ...(successor && { successor }),
      sources: [source],
    })),
  ),
  ...Object.entries(hourLong).map(([id, cacheWrite1h]) => ({
    provider: "anthropic",
    id,
    price: { cacheWrite1h },
    sources: [anthropicPrices],
  })),
  ...Object.entries(textOfImageModels).map(([id, output]) => ({
    provider: "gemini",
    id,
    price: { output },
    sources: [geminiPrices],
  })),
  {
    provider: "mistral",
    id: "ministral-8b-latest",
    price: { input: 0.15, output: 0.15 },
    sources: [mistralPrices],
  },
  ...Object.entries(deepseekRates).map(([id, [input, output, cacheRead]]) => ({
    provider: "deepseek",
    id,
    price: { input, output, cacheRead, hours: deepseekPeak(input, output, cacheRead) },
    sources: [deepseekPrices],
  })),
  {
    provider: "openai",
    id: "gpt-6.1-terra",
    name: "GPT-6.1 Terra",
    family: "gpt-terra",
    kind: "reasoning",
    openWeights: false,
    output: ["text"],
    price: { input: 1, output: 5, cacheRead: 0.05, cacheWrite: 1.25 },
    sources: [openaiPrices],
  },
  {
    provider: "openai",
    id: "gpt-6.2",
    name: "GPT-6.2",
    family: "gpt",
    kind: "reasoning",
    openWeights: false,
    released: "2026-11-17",
    output: ["text"],
    sources: [read("developers.openai.com/api/docs/models")],
  },
  {
    provider: "anthropic",
    id: "claude-haiku-5-5",
    name: "Claude Haiku 5.5",
    family: "claude-haiku",
    kind: "hybrid",
    openWeights: false,
    released: "2026-10-07",
    contextWindow: 1_000_000,
    outputLimit: 128_000,
    input: ["text", "image", "pdf"],
    output: ["text"],
    tools: true,
    structuredOutput: true,
    price: {
      input: 0.1,
      output: 0.5,
      cacheRead: 0.01,
      cacheWrite: 0.125,
      cacheWrite1h: 0.2,
      tiers: [
        {
          above: 100_000,
          input: 0.5,
          output: 2.5,
          cacheRead: 0.05,
          cacheWrite: 0.625,
          cacheWrite1h: 1,
        },
      ],
    },
    sources: [anthropicPrices],
  },
  // Cut from 0.20 on 2026-10-07, after the snapshot.
  {
    provider: "anthropic",
    id: "claude-sonnet-5-5",
    price: { cacheRead: 0.1 },
    sources: [anthropicPrices],
  },
  ...rerankers,
  ...rateLimits,
];

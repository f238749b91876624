/** What providers let an account send, where they publish it by model. Most show it in their console only. */
import type { ModelPatch, Source } from "../entry.ts";

const read = (url: string): Source => ({ url: `https://${url}`, date: "2026-11-25" });

const groq = read("console.groq.com/docs/rate-limits");
const cerebras = read("inference-docs.cerebras.ai/support/rate-limits");
/** A table of what platform.claude.com/docs/en/api/rate-limits said on 2026-10-17. */
const anthropic: Source = {
  url: "https://www.developersdigest.tech/rate-limits/anthropic",
  date: "2026-10-17",
};

/** Groq's free plan: requests a minute and a day, tokens a minute and a day. */
const groqFree: Record<string, [rpm: number, rpd: number, tpm: number, tpd?: number]> = {
  "allam-2-7b": [30, 7_000, 6_000, 500_000],
  "groq/compound": [30, 250, 70_000],
  "groq/compound-mini": [30, 250, 70_000],
  "llama-3.1-8b-instant": [30, 14_400, 6_000, 500_000],
  "llama-3.3-70b-versatile": [30, 1_000, 12_000, 100_000],
  "openai/gpt-oss-120b": [30, 1_000, 8_000, 200_000],
  "openai/gpt-oss-20b": [30, 1_000, 8_000, 200_000],
  "openai/gpt-oss-safeguard-20b": [30, 1_000, 8_000, 200_000],
};

export const rateLimits: readonly ModelPatch[] = [
  ...Object.entries(groqFree).map(([id, [rpm, rpd, tpm, tpd]]) => ({
    provider: "groq",
    id,
    rateLimits: [
      {
        tier: "Free",
        requestsPerMinute: rpm,
        requestsPerDay: rpd,
        tokensPerMinute: tpm,
        ...(tpd && { tokensPerDay: tpd }),
      },
    ],
    sources: [groq],
  })),
  {
    provider: "cerebras",
    id: "gpt-oss-120b",
    rateLimits: [
      {
        tier: "Free",
        requestsPerMinute: 30,
        requestsPerDay: 14_400,
        tokensPerMinute: 60_000,
        tokensPerDay: 1_000_000,
      },
    ],
    sources: [cerebras],
  },
  ...["claude-fable-5", "claude-fable-5-1"].map((id) => ({
    provider: "anthropic",
    id,
    rateLimits: [
      {
        tier: "Start",
        requestsPerMinute: 1_000,
        inputTokensPerMinute: 500_000,
        outputTokensPerMinute: 100_000,
      },
      {
        tier: "Scale",
        requestsPerMinute: 4_000,
        inputTokensPerMinute: 4_000_000,
        outputTokensPerMinute: 800_000,
      },
    ],
    sources: [anthropic],
  })),
];

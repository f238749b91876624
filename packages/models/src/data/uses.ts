/** What providers ask for a use of their own tools, in dollars per thousand. */
import type { Source, UseRates } from "../entry.ts";

const read = (url: string): Source => ({ url: `https://${url}`, date: "2026-11-26" });

export interface UseRow {
  provider: string;
  model: RegExp;
  rates: UseRates;
  source: Source;
}

const openai = read("developers.openai.com/api/docs/pricing");
const gemini = read("ai.google.dev/gemini-api/docs/pricing");

/**
 * The first that fits a model is its own. List prices: what a provider gives away each day or month is
 * not taken off. GPT-4o and GPT-4.1 have two prices, by a version of the tool that no reply names.
 */
export const useRows: readonly UseRow[] = [
  { provider: "openai", model: /^gpt-4(?:o|\.1)/, rates: { fileSearch: 2.5 }, source: openai },
  {
    provider: "openai",
    model: /^(?:gpt-|o\d)/,
    rates: { webSearch: 10, fileSearch: 2.5 },
    source: openai,
  },
  {
    provider: "anthropic",
    model: /^claude-/,
    rates: { webSearch: 10, webFetch: 0 },
    source: read("platform.claude.com/docs/en/about-claude/pricing"),
  },
  {
    provider: "gemini",
    model: /^gemini-2\./,
    rates: { webSearch: 35, perRequest: true },
    source: gemini,
  },
  { provider: "gemini", model: /^gemini-/, rates: { webSearch: 14 }, source: gemini },
];

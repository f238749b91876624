/** What a provider asks above its list price for the place where it serves. A factor for every token. */
import type { Source } from "../entry.ts";

const read = (url: string): Source => ({ url: `https://${url}`, date: "2026-11-26" });

export interface Surcharge {
  provider: string;
  /** Hosts that serve at this price. */
  host?: RegExp;
  /** Vertex AI's locations. */
  location?: RegExp;
  /** What the reply says of where it ran. */
  geo?: string;
  /** The models that it is asked for. */
  model?: RegExp;
  /** Only models released on that day or later; one whose day is not known has no known price. */
  releasedFrom?: string;
  factor: number;
  source: Source;
}

/** The first that fits is asked for. */
export const surcharges: readonly Surcharge[] = [
  {
    provider: "openai",
    host: /^[a-z]{2}\.api\.openai\.com$/,
    releasedFrom: "2026-03-05",
    factor: 1.1,
    source: read("developers.openai.com/api/docs/guides/data-residency"),
  },
  {
    provider: "anthropic",
    geo: "us",
    factor: 1.1,
    source: read("platform.claude.com/docs/en/manage-claude/data-residency"),
  },
  {
    provider: "vertex",
    location: /^(?!global$)/,
    model: /^gemini-(?:[3-9]|\d\d)/,
    factor: 1.1,
    source: read("cloud.google.com/gemini-enterprise-agent-platform/generative-ai/pricing"),
  },
  {
    provider: "xai",
    host: /^us\.api\.x\.ai$/,
    factor: 1.1,
    source: read("docs.x.ai/developers/advanced-api-usage/regions"),
  },
  {
    provider: "together",
    host: /^(?:us|ca)-api\.together\.ai$/,
    factor: 1.25,
    source: read("docs.together.ai/docs/serverless/geo-specific-inference"),
  },
];

/** models.dev's catalogue, `https://models.dev/api.json`: as much of it as is read, and its check. */
import { fields, flag, list, record, text, when } from "../checks.ts";

export interface SourceRates {
  input?: number;
  output?: number;
  cache_read?: number;
  cache_write?: number;
  reasoning?: number;
  input_audio?: number;
  output_audio?: number;
}

export interface SourceModel {
  id: string;
  name: string;
  family?: string;
  reasoning: boolean;
  reasoning_options?: { type: string; values?: (string | null)[]; min?: number }[];
  tool_call: boolean;
  structured_output?: boolean;
  knowledge?: string;
  release_date: string;
  modalities: { input: string[]; output: string[] };
  open_weights: boolean;
  limit: { context: number; output: number };
  cost?: SourceRates & { tiers?: (SourceRates & { tier: { size: number } })[] };
  experimental?: {
    modes?: Record<
      string,
      { cost?: SourceRates; provider?: { body?: { service_tier?: string; speed?: string } } }
    >;
  };
}

export type SourceCatalogue = Record<string, { models: Record<string, SourceModel> }>;

const number = when(
  (value) => typeof value === "number" && Number.isFinite(value) && value >= 0,
  "a number from 0",
);
const rates = {
  input: number,
  output: number,
  cache_read: number,
  cache_write: number,
  reasoning: number,
  input_audio: number,
  output_audio: number,
};
const open = { others: true };
const tier = fields(
  { ...rates, tier: fields({ size: number }, { required: ["size"], ...open }) },
  { required: ["tier"], ...open },
);
const model = fields(
  {
    id: text,
    name: text,
    family: text,
    reasoning: flag,
    reasoning_options: list(fields({ type: text }, { required: ["type"], ...open })),
    tool_call: flag,
    structured_output: flag,
    knowledge: text,
    release_date: text,
    modalities: fields(
      { input: list(text), output: list(text) },
      { required: ["input", "output"], ...open },
    ),
    open_weights: flag,
    limit: fields({ context: number, output: number }, open),
    cost: fields({ ...rates, tiers: list(tier) }, open),
    experimental: fields(
      { modes: record(fields({ cost: fields(rates, open), provider: fields({}, open) }, open)) },
      open,
    ),
  },
  {
    required: ["id", "name", "reasoning", "tool_call", "release_date", "modalities", "limit"],
    ...open,
  },
);
const provider = fields({ models: record(model) }, { required: ["models"], ...open });

/**
 * Refuses what is not such a catalogue, in the providers that are read; what else it holds is not looked at.
 * @throws InvalidRequestError with the JSON path and the reason
 */
export function checkCatalogue(
  value: unknown,
  providers: Iterable<string>,
): asserts value is SourceCatalogue {
  const read = Object.fromEntries([...providers].map((name) => [name, provider]));
  fields(read, open)(value, "$");
}

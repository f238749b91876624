/** What the catalogue knows of a model. What is not known is undefined, never 0. */

/** Dollars per million tokens. */
export interface Rates {
  input?: number;
  output?: number;
  cacheRead?: number;
  cacheWrite?: number;
  /** A cache write that is to last an hour, where that has a rate of its own. */
  cacheWrite1h?: number;
  /** Where it is not the output's. */
  reasoning?: number;
  /** Where it is not the input's. */
  audioInput?: number;
  audioOutput?: number;
}

/** Rates of a request whose prompt is longer than `above` tokens: of all of it, output included. */
export interface PriceTier extends Rates {
  above: number;
}

/** Rates of a request that is sent at these hours. */
export interface PriceHours extends Rates {
  /** Days of the week, 0 is Sunday, in UTC; absent: every day. */
  days?: readonly number[];
  /** Hour of the day in UTC, included; 1.5 is 01:30. */
  from: number;
  /** Hour of the day in UTC, not included. */
  to: number;
}

/** Dollars per thousand uses of the provider's own tools. */
export interface UseRates {
  webSearch?: number;
  webFetch?: number;
  fileSearch?: number;
  codeInterpreter?: number;
  /** Of a reranker. */
  searchUnit?: number;
  /** A request that uses one is paid once, however often it does. */
  perRequest?: boolean;
}

export interface Price extends Rates {
  /** By length of the prompt, shortest first. */
  tiers?: readonly PriceTier[];
  /** By the service tier that served ("priority", …), whatever the length of the prompt. */
  services?: Readonly<Record<string, Rates>>;
  /** By the time of the request, where the others do not apply. */
  hours?: readonly PriceHours[];
  uses?: UseRates;
}

export type Modality = "text" | "image" | "audio" | "video" | "pdf";

/** "hybrid": reasons or does not, as it is asked. Undefined for what makes no text. */
export type ModelKind = "chat" | "reasoning" | "hybrid" | "embedding";

/** Where a fact is from and when it was read there. */
export interface Source {
  url: string;
  /** YYYY-MM-DD. */
  date: string;
}

/** Billions of parameters. */
export interface ModelSize {
  total?: number;
  /** What works on a token, of a mixture of experts. */
  active?: number;
  /** "name": as the model's name says, which rounds. */
  from: "maker" | "name";
}

/** What a provider lets an account send, as it publishes it. Accounts differ: the reply's headers are right. */
export interface RateLimit {
  /** The provider's name of the plan or tier. */
  tier: string;
  requestsPerMinute?: number;
  requestsPerDay?: number;
  tokensPerMinute?: number;
  tokensPerDay?: number;
  /** Where the provider counts those in and those out apart. */
  inputTokensPerMinute?: number;
  outputTokensPerMinute?: number;
}

export interface ModelEntry {
  /** The prefix of the model string. */
  provider: string;
  /** The provider's own name for it. */
  id: string;
  name?: string;
  family?: string;
  kind?: ModelKind;
  openWeights?: boolean;
  /** Of open weights: SPDX where it has an identifier ("Apache-2.0"), else its name ("llama3.3"). */
  license?: string;
  parameters?: ModelSize;
  /** YYYY-MM-DD, or as much of it as is known. */
  released?: string;
  /** Knowledge cut-off: YYYY-MM-DD, or as much of it as is known. */
  knowledge?: string;
  /** Tokens. */
  contextWindow?: number;
  /** Tokens. */
  outputLimit?: number;
  input?: readonly Modality[];
  output?: readonly Modality[];
  tools?: boolean;
  /** Whether the API holds the reply to a JSON schema. */
  structuredOutput?: boolean;
  price?: Price;
  rateLimits?: readonly RateLimit[];
  /** The day the provider turns it off, YYYY-MM-DD. */
  shutdown?: string;
  /** What the provider names in its place. */
  successor?: string;
  /** Of the whole; later ones say more, or say it later. */
  sources: readonly Source[];
}

/** A part of an entry, to be laid over what the catalogue has. */
export type ModelPatch = Partial<ModelEntry> & Pick<ModelEntry, "provider" | "id">;

/** What tokens cost: usage times price, in whole pico-dollars, so that nothing drifts. Pure. */
import type { CostPart, Usage } from "@polycall/core";
import type { Price, Rates } from "./entry.ts";

/** Service tiers that are billed at the plain rates. */
const plain = new Set(["auto", "default", "standard", "on_demand"]);

export interface CostOptions {
  /** The tier that served. One whose rates are not known makes the cost unknown. */
  serviceTier?: string | null;
}

/** Dollars, exact to the pico-dollar before they became doubles. */
export interface TokenCost {
  total: number;
  parts: CostPart[];
}

/**
 * The cost of one reply's tokens. Each token is paid once. The length of the whole prompt, cached
 * tokens included, picks the tier, and the tier prices all of the request.
 *
 * A kind of token without a rate of its own costs what it is a kind of: cache reads, cache writes and
 * audio read are input, reasoning is output. Writes for an hour and audio made are never that cheap:
 * without a rate, they make the cost unknown.
 * @returns undefined where a rate is not known, or the counts contradict each other
 */
export function costOf(
  usage: Usage,
  price: Price,
  { serviceTier }: CostOptions = {},
): TokenCost | undefined {
  const rates = ratesFor(price, usage.prompt_tokens, serviceTier ?? "default");
  const counts = split(usage);
  if (!rates || !counts) return undefined;
  let sum = 0n;
  const parts: CostPart[] = [];
  for (const [kind, tokens] of Object.entries(counts) as [CostPart["kind"], number][]) {
    if (tokens === 0) continue;
    const rate = rates[kind] ?? rates[fallback[kind] ?? kind];
    if (rate === undefined) return undefined;
    const cost = BigInt(tokens) * picoPerToken(rate);
    sum += cost;
    parts.push({ kind, tokens, rate, cost: dollars(cost) });
  }
  return { total: dollars(sum), parts };
}

/**
 * What the prompt cache saved: what the same input would have cost uncached, less what it did cost.
 * @returns dollars, below 0 where writes cost more than reads spared; undefined where a rate is not known
 */
export function savedOf(
  usage: Usage,
  price: Price,
  { serviceTier }: CostOptions = {},
): number | undefined {
  const rates = ratesFor(price, usage.prompt_tokens, serviceTier ?? "default");
  const counts = split(usage);
  if (!rates || !counts || rates.input === undefined) return undefined;
  let saved = 0n;
  for (const kind of ["cacheRead", "cacheWrite", "cacheWrite1h"] as const) {
    if (counts[kind] === 0) continue;
    const rate = rates[kind] ?? rates[fallback[kind] ?? kind];
    if (rate === undefined) return undefined;
    saved += BigInt(counts[kind]) * (picoPerToken(rates.input) - picoPerToken(rate));
  }
  return dollars(saved);
}

const fallback: { readonly [Kind in CostPart["kind"]]?: CostPart["kind"] } = {
  cacheRead: "input",
  cacheWrite: "input",
  audioInput: "input",
  reasoning: "output",
};

/** A dollar per million tokens is a million pico-dollars per token. */
const picoPerToken = (rate: number) => BigInt(Math.round(rate * 1e6));
const dollars = (pico: bigint) => Number(pico) / 1e12;

function ratesFor(price: Price, promptTokens: number, serviceTier: string): Rates | undefined {
  if (!plain.has(serviceTier)) {
    const { services = {} } = price;
    return Object.hasOwn(services, serviceTier) ? services[serviceTier] : undefined;
  }
  return price.tiers?.findLast(({ above }) => promptTokens > above) ?? price;
}

type Counts = Record<CostPart["kind"], number>;

/** Each token under one kind. @returns undefined where parts are more than their whole, or no counts */
function split(usage: Usage): Counts | undefined {
  const { prompt_tokens_details: prompt, completion_tokens_details: completion } = usage;
  const cacheRead = prompt?.cached_tokens ?? 0;
  const written = prompt?.cache_write_tokens ?? 0;
  const cacheWrite1h = prompt?.cache_write_1h_tokens ?? 0;
  const uncached = usage.prompt_tokens - cacheRead - written;
  // Cached audio is counted twice, in no part that says so: as audio is left what the cache leaves.
  const audioInput = Math.min(prompt?.audio_tokens ?? 0, uncached);
  const reasoning = completion?.reasoning_tokens ?? 0;
  const audioOutput = completion?.audio_tokens ?? 0;
  const counts: Counts = {
    input: uncached - audioInput,
    audioInput,
    cacheRead,
    cacheWrite: written - cacheWrite1h,
    cacheWrite1h,
    output: usage.completion_tokens - reasoning - audioOutput,
    reasoning,
    audioOutput,
  };
  const sound = Object.values(counts).every((count) => Number.isSafeInteger(count) && count >= 0);
  return sound ? counts : undefined;
}

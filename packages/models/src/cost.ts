/** What a reply cost: usage times price, in whole pico-dollars, so that nothing drifts. Pure. */
import type { CostPart, ServerToolUse, TokenPart, Usage, UsePart } from "@polycall/core";
import type { Price, Rates, UseRates } from "./entry.ts";

/** Service tiers that are billed at the plain rates. */
const plain = new Set(["auto", "default", "standard", "on_demand"]);

export interface CostOptions {
  /** The tier that served. One whose rates are not known makes the cost unknown. */
  serviceTier?: string | null;
  /** ms since 1970 when the request was sent; absent: outside the hours that have rates of their own. */
  at?: number;
  /** What tokens cost in the place that served, as a factor of the rates. Default 1. */
  factor?: number;
}

/** Dollars, exact to the pico-dollar before they became doubles. */
export interface TokenCost {
  total: number;
  parts: CostPart[];
}

/**
 * The cost of one reply. Each token is paid once. The length of the whole prompt, cached
 * tokens included, picks the tier, and the tier prices all of the request.
 *
 * A kind of token without a rate of its own costs what it is a kind of: cache reads, cache writes and
 * audio read are input, reasoning is output. Writes for an hour and audio made are never that cheap:
 * without a rate, they make the cost unknown, and so does a tool of the provider's that was used.
 * @returns undefined where a rate is not known, or the counts contradict each other
 */
export function costOf(
  usage: Usage,
  price: Price,
  { serviceTier, at, factor = 1 }: CostOptions = {},
): TokenCost | undefined {
  const rates = ratesFor(price, usage.prompt_tokens, serviceTier ?? "default", at);
  const counts = split(usage);
  const uses = priceUses(usage.server_tool_use, price.uses);
  if (!rates || !counts || !uses) return undefined;
  let sum = 0n;
  const parts: CostPart[] = [];
  for (const [kind, tokens] of Object.entries(counts) as [TokenPart["kind"], number][]) {
    if (tokens === 0) continue;
    const rate = rates[kind] ?? rates[fallback[kind] ?? kind];
    if (rate === undefined) return undefined;
    const cost = times(BigInt(tokens) * picoPerToken(rate), factor);
    sum += cost;
    const here = factor === 1 ? rate : Math.round(rate * factor * 1e9) / 1e9;
    parts.push({ kind, tokens, rate: here, cost: dollars(cost) });
  }
  for (const { kind, count, rate } of uses) {
    // A dollar per thousand is a thousand million pico-dollars for one.
    const cost = BigInt(count) * BigInt(Math.round(rate * 1e9));
    sum += cost;
    parts.push({ kind, count, rate, cost: dollars(cost) });
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
  { serviceTier, at, factor = 1 }: CostOptions = {},
): number | undefined {
  const rates = ratesFor(price, usage.prompt_tokens, serviceTier ?? "default", at);
  const counts = split(usage);
  if (!rates || !counts || rates.input === undefined) return undefined;
  let saved = 0n;
  for (const kind of ["cacheRead", "cacheWrite", "cacheWrite1h"] as const) {
    if (counts[kind] === 0) continue;
    const rate = rates[kind] ?? rates[fallback[kind] ?? kind];
    if (rate === undefined) return undefined;
    saved += BigInt(counts[kind]) * (picoPerToken(rates.input) - picoPerToken(rate));
  }
  return dollars(times(saved, factor));
}

const useNames: readonly [UsePart["kind"], keyof ServerToolUse][] = [
  ["webSearch", "web_search_requests"],
  ["webFetch", "web_fetch_requests"],
  ["fileSearch", "file_search_requests"],
  ["codeInterpreter", "code_interpreter_requests"],
  ["searchUnit", "search_units"],
];

/** @returns undefined where a rate is not known, or a count is none */
function priceUses(
  used: ServerToolUse | undefined,
  rates: UseRates = {},
): Pick<UsePart, "kind" | "count" | "rate">[] | undefined {
  const priced: Pick<UsePart, "kind" | "count" | "rate">[] = [];
  for (const [kind, name] of used ? useNames : []) {
    const said = used?.[name] ?? 0;
    if (said === 0) continue;
    const rate = rates[kind];
    if (rate === undefined || !(Number.isSafeInteger(said) && said > 0)) return undefined;
    if (rate > 0) priced.push({ kind, count: rates.perRequest ? 1 : said, rate });
  }
  return priced;
}

/** A factor has three decimals at most; half a pico-dollar is rounded up. */
function times(pico: bigint, factor: number): bigint {
  if (factor === 1) return pico;
  return (pico * BigInt(Math.round(factor * 1000)) + 500n) / 1000n;
}

const fallback: { readonly [Kind in TokenPart["kind"]]?: TokenPart["kind"] } = {
  cacheRead: "input",
  cacheWrite: "input",
  audioInput: "input",
  reasoning: "output",
};

/** A dollar per million tokens is a million pico-dollars per token. */
const picoPerToken = (rate: number) => BigInt(Math.round(rate * 1e6));
const dollars = (pico: bigint) => Number(pico) / 1e12;

function ratesFor(
  price: Price,
  promptTokens: number,
  serviceTier: string,
  at: number | undefined,
): Rates | undefined {
  if (!plain.has(serviceTier)) {
    const { services = {} } = price;
    return Object.hasOwn(services, serviceTier) ? services[serviceTier] : undefined;
  }
  const tier = price.tiers?.findLast(({ above }) => promptTokens > above);
  return tier ?? hoursOf(price, at) ?? price;
}

function hoursOf({ hours }: Price, at: number | undefined): Rates | undefined {
  if (!hours || at === undefined) return undefined;
  const time = new Date(at);
  const hour = time.getUTCHours() + time.getUTCMinutes() / 60;
  const day = time.getUTCDay();
  return hours.find(
    ({ days, from, to }) => hour >= from && hour < to && (days?.includes(day) ?? true),
  );
}

type Counts = Record<TokenPart["kind"], number>;

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

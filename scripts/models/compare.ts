/**
 * The catalogue's prices beside those of @pydantic/genai-prices: what differs by more than 1 %.
 * `npm pack @pydantic/genai-prices`, unpack it, `node scripts/models/compare.ts FOLDER`.
 */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { modelsOf } from "../../packages/models/src/catalogue.ts";
import type { Price, Rates } from "../../packages/models/src/entry.ts";

/** As much of theirs as is read. */
interface Theirs {
  id: string;
  match: Match;
  prices: TheirRates | { constraint?: { type: string; start_date?: string }; prices: TheirRates }[];
}
type TheirRate = number | { base: number; tiers: { start: number; price: number }[] };
type TheirRates = { [key: string]: TheirRate | undefined };
type Match = { [kind: string]: unknown };

/** Our provider -> theirs. */
const providers: Record<string, string> = {
  openai: "openai",
  anthropic: "anthropic",
  gemini: "google",
  deepseek: "deepseek",
  xai: "x-ai",
  groq: "groq",
  mistral: "mistral",
  perplexity: "perplexity",
  together: "together",
  fireworks: "fireworks",
  moonshot: "moonshotai",
  cerebras: "cerebras",
};

const rates: [keyof Rates, string][] = [
  ["input", "input_mtok"],
  ["output", "output_mtok"],
  ["cacheRead", "cache_read_mtok"],
  ["cacheWrite", "cache_write_mtok"],
  ["cacheWrite1h", "cache_write_1h_mtok"],
  ["audioInput", "input_audio_mtok"],
];

function matches(match: Match, id: string): boolean {
  const { equals, starts_with, ends_with, contains, regex, or, and } = match;
  if (Array.isArray(or)) return or.some((one) => matches(one as Match, id));
  if (Array.isArray(and)) return and.every((one) => matches(one as Match, id));
  if (typeof regex === "string") return new RegExp(regex).test(id);
  if (typeof starts_with === "string") return id.startsWith(starts_with);
  if (typeof ends_with === "string") return id.endsWith(ends_with);
  return typeof contains === "string" ? id.includes(contains) : id === equals;
}

/** What holds today, outside of hours with a price of their own. */
function ratesOf({ prices }: Theirs): TheirRates {
  if (!Array.isArray(prices)) return prices;
  const today = new Date().toISOString().slice(0, 10);
  const now = prices.filter(
    ({ constraint: only }) => !only || (only.type === "start_date" && only.start_date! <= today),
  );
  return now.at(-1)?.prices ?? {};
}

const differs = (one: number, other: number) => Math.abs(one - other) > 0.01 * Math.max(one, other);

function differences(price: Price, theirs: TheirRates): string[] {
  const found: string[] = [];
  for (const [ours, name] of rates) {
    const their = theirs[name];
    if (price[ours] === undefined || their === undefined) continue;
    const [base, tiers] = typeof their === "number" ? [their, []] : [their.base, their.tiers];
    if (differs(price[ours], base)) found.push(`${ours} ${price[ours]}, theirs ${base}`);
    tiers.forEach(({ price: above }, i) => {
      const tier = price.tiers?.[i]?.[ours];
      if (tier === undefined || differs(tier, above)) {
        found.push(`${ours} of tier ${i + 1} ${tier}, theirs ${above}`);
      }
    });
  }
  return found;
}

const [folder = "."] = process.argv.slice(2);
const module = await import(pathToFileURL(join(resolve(folder), "dist", "index.js")).href);
const { findProvider } = module as {
  findProvider(options: { providerId: string }): { models: Theirs[] } | undefined;
};
let compared = 0;
let differing = 0;
for (const [ours, theirs] of Object.entries(providers)) {
  const known = findProvider({ providerId: theirs })?.models ?? [];
  for (const { id, price } of modelsOf(ours).values()) {
    const model = price && known.find(({ match }) => matches(match, id));
    if (!model) continue;
    compared++;
    const found = differences(price, ratesOf(model));
    if (!found.length) continue;
    differing++;
    console.log(`${ours}/${id} (${model.id}): ${found.join("; ")}`);
  }
}
console.log(`${compared} models compared, ${differing} differ by more than 1 %.`);

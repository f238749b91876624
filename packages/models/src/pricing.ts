/** What a client asks of the catalogue: the cost of a reply, from the model that served it. */
import type { CompletionData, Cost, Pricing, Served } from "@polycall/core";
import { edition, sameAs } from "./catalogue.ts";
import { costOf, savedOf } from "./cost.ts";
import { useRows } from "./data/uses.ts";
import type { ModelEntry, UseRates } from "./entry.ts";
import { describe, forecast } from "./forecast.ts";
import { find, getModel, namesDeployments } from "./lookup.ts";
import { surchargeOf } from "./surcharge.ts";
import type { Seen } from "./tokens/seen.ts";

/** Entries by provider, model asked for and model served; a lookup that found none is one too. */
const remembered = new Map<string, ModelEntry | undefined>();
const most = 1000;
let rememberedEdition = edition;

/**
 * What a client asks of the catalogue.
 * @param seen what that client has seen of its models
 * @param own a pricing of the user's own, which has the last word on costs
 */
export function pricingOf(seen?: Seen, own?: Pricing): Pricing {
  const cost: Pricing["cost"] = own ? (...asked) => own.cost(...asked) : pricing.cost;
  return {
    cost,
    forecast: (...asked) => own?.forecast?.(...asked) ?? forecast(...asked, seen),
    describe: (asked) => own?.describe?.(asked) ?? describe(asked, cost, seen),
  };
}

/** Prices the replies of a client: `createClient({ pricing: async () => pricing })`. */
export const pricing: Pricing = {
  cost(provider, model, reply, served) {
    const entry = servedBy(provider, model, reply.model);
    if (!entry?.price || !reply.usage || madeMedia(reply)) return undefined;
    const factor = surchargeOf(entry, reply.usage, served);
    if (factor === undefined) return undefined;
    const options = { serviceTier: reply.service_tier, at: served?.at, factor };
    const uses = entry.price.uses ?? usesOf(entry);
    const cost = costOf(reply.usage, { ...entry.price, uses }, options);
    return cost && ({ ...cost, source: "catalogue", model: entry.id } satisfies Cost);
  },
};

/**
 * What the prompt cache saved in a reply, in dollars; below 0 where its writes cost more than its reads
 * spared.
 * @param model as it was asked for, without the provider
 * @returns undefined where the catalogue does not know it
 */
export function savedBy(
  provider: string,
  model: string,
  reply: CompletionData,
  served?: Served,
): number | undefined {
  const entry = servedBy(provider, model, reply.model);
  if (!entry?.price || !reply.usage) return undefined;
  const factor = surchargeOf(entry, reply.usage, served);
  const options = { serviceTier: reply.service_tier, at: served?.at, factor };
  return factor === undefined ? undefined : savedOf(reply.usage, entry.price, options);
}

function usesOf({ provider, id }: ModelEntry): UseRates | undefined {
  const name = sameAs[provider] ?? provider;
  return useRows.find((row) => row.provider === name && row.model.test(id))?.rates;
}

/** Images are made at a rate of their own, and no usage says how many tokens they were. */
function madeMedia({ choices }: CompletionData): boolean {
  return choices.some(({ message }) => message.images?.length);
}

function servedBy(provider: string, asked: string, served: string): ModelEntry | undefined {
  const key = `${provider}\n${asked}\n${served}`;
  if (rememberedEdition !== edition || remembered.size >= most) remembered.clear();
  rememberedEdition = edition;
  if (!remembered.has(key)) remembered.set(key, servedEntry(provider, asked, served));
  return remembered.get(key);
}

/**
 * The entry of the model that served. Where the catalogue does not know it by that name, the asked
 * model's, provided that the two are one model; another one's price would be a guess.
 */
export function servedEntry(
  provider: string,
  asked: string,
  served: string,
): ModelEntry | undefined {
  // A deployment's own name says nothing; where the host says another, that is the model behind it.
  if (namesDeployments(provider) && served === asked) return undefined;
  const entry = served ? find(provider, served) : undefined;
  if (entry) return entry;
  return isSame(asked, served) ? getModel(`${provider}/${asked}`) : undefined;
}

/** Whether a host wrote the asked name in its own way: with a folder, in capitals, with a version. */
function isSame(asked: string, served: string): boolean {
  const [one, other] = [asked, served].map((name) => name.toLowerCase().split("/").at(-1)!);
  if (!other || other === one) return true;
  return other.startsWith(one!) && /^[-@:](?:\d{3}[\d-]*|latest)$/.test(other.slice(one!.length));
}

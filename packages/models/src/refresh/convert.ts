/** From models.dev's catalogue to ours: the providers that polycall has, trimmed and sorted. Pure. */
import type { Modality, ModelEntry, ModelKind, Price, Rates } from "../entry.ts";
import type { SourceCatalogue, SourceModel, SourceRates } from "./source.ts";

/** Our name of a provider -> the source's. */
export const providerNames: Readonly<Record<string, string>> = {
  anthropic: "anthropic",
  azure: "azure",
  cerebras: "cerebras",
  crusoe: "crusoe",
  deepinfra: "deepinfra",
  deepseek: "deepseek",
  fireworks: "fireworks-ai",
  gemini: "google",
  groq: "groq",
  huggingface: "huggingface",
  mistral: "mistral",
  moonshot: "moonshotai",
  nvidia: "nvidia",
  ollama: "ollama-cloud",
  openai: "openai",
  openrouter: "openrouter",
  perplexity: "perplexity",
  snowflake: "snowflake-cortex",
  together: "togetherai",
  vertex: "google-vertex",
  xai: "xai",
  zai: "zai",
};

/** Models that their provider gives away. A zero of any other is a price that the source lacks. */
const free = /:free$|^glm-4\.(?:5|6v|7)-flash$/;

/** The source's tier begins at its size, not above it. Source: https://docs.x.ai/developers/models/grok-4.20-0309.md ("≥ 200k"), 2026-11. */
const inclusive = new Set(["xai"]);

/** What an entry holds in a catalogue's file: the rest is the same for all of a provider. */
export type CatalogueLine = Omit<ModelEntry, "provider" | "sources">;

/** The models of each provider that the source has any of, sorted by id. */
export function convert(catalogue: SourceCatalogue): Record<string, CatalogueLine[]> {
  const providers: Record<string, CatalogueLine[]> = {};
  for (const [provider, theirs] of Object.entries(providerNames)) {
    const source = Object.hasOwn(catalogue, theirs) ? catalogue[theirs] : undefined;
    const found = Object.values(source?.models ?? {})
      .filter(({ id }) => provider !== "vertex" || !/[@/]/.test(id)) // other makers' APIs
      .map((model) => entryOf(provider, model))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    if (found.length) providers[provider] = found;
  }
  return providers;
}

const modalities = new Set(["text", "image", "audio", "video", "pdf"]);

function entryOf(provider: string, model: SourceModel): CatalogueLine {
  const { id, name, family, limit, knowledge } = model;
  const kind = kindOf(model);
  const known = (list: string[]) => list.filter((one): one is Modality => modalities.has(one));
  return defined({
    id,
    name,
    family,
    kind,
    openWeights: model.open_weights,
    released: model.release_date,
    knowledge,
    contextWindow: limit.context || undefined,
    // An embedding's "output" is the length of its vector.
    outputLimit: kind === "embedding" ? undefined : limit.output || undefined,
    input: known(model.modalities.input),
    output: known(model.modalities.output),
    tools: model.tool_call,
    structuredOutput: model.structured_output,
    price: priceOf(provider, model, kind),
  });
}

function kindOf(model: SourceModel): ModelKind | undefined {
  if (/embed|\bbge-|nv-?embed/i.test(`${model.id} ${model.family}`)) return "embedding";
  if (!model.modalities.output.includes("text")) return undefined;
  if (!model.reasoning) return "chat";
  const optional = (model.reasoning_options ?? []).some(
    ({ type, values, min }) =>
      type === "toggle" ||
      values?.includes("none") ||
      // Claude's budget is given by who wants thinking; Gemini's can be 0 where thinking can be off.
      (type === "budget_tokens" && (min === 0 || /claude/.test(model.id))),
  );
  return optional ? "hybrid" : "reasoning";
}

function priceOf(provider: string, model: SourceModel, kind?: ModelKind): Price | undefined {
  const { cost, experimental, id } = model;
  if (!cost) return undefined;
  const none = !cost.input && !cost.output;
  if (none ? !free.test(id) : kind !== "embedding" && !(cost.input && cost.output)) {
    return undefined;
  }
  const price: Price = ratesOf(cost, kind);
  const tiers = (cost.tiers ?? [])
    .map(({ tier, ...rates }) => ({
      above: tier.size - (inclusive.has(provider) || tier.size % 10 === 1 ? 1 : 0),
      ...ratesOf(rates, kind),
    }))
    .sort((a, b) => a.above - b.above);
  const services: Record<string, Rates> = {};
  for (const { cost: rates, provider: asked } of Object.values(experimental?.modes ?? {})) {
    const name = asked?.body?.service_tier ?? asked?.body?.speed;
    if (rates && name) services[name] = ratesOf(rates, kind);
  }
  if (tiers.length) price.tiers = tiers;
  if (Object.keys(services).length) price.services = services;
  return price;
}

function ratesOf(rates: SourceRates, kind?: ModelKind): Rates {
  return defined({
    input: rates.input,
    output: kind === "embedding" ? undefined : rates.output,
    cacheRead: rates.cache_read,
    cacheWrite: rates.cache_write,
    reasoning: rates.reasoning === rates.output ? undefined : rates.reasoning,
    audioInput: rates.input_audio === rates.input ? undefined : rates.input_audio,
    audioOutput: rates.output_audio,
  });
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

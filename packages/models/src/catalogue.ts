/** The models of a provider: the snapshot, the overlay on it, and what the user loaded and registered. */
import { checkPatch } from "./check.ts";
import { overlay } from "./data/overlay.ts";
import { lines, source } from "./data/snapshot.ts";
import type { ModelEntry, ModelPatch, Price, Source } from "./entry.ts";
import type { CatalogueFile } from "./refresh/catalogue-file.ts";
import type { CatalogueLine } from "./refresh/convert.ts";
import { fromEnvironment, type LoadedCatalogue, readCatalogue, summary } from "./refresh/load.ts";
import { withWeights } from "./weights.ts";

export type Models = ReadonlyMap<string, ModelEntry>;

/** Providers that serve another's models under the same names, at the same price. */
export const sameAs: Readonly<Record<string, string>> = {
  google_openai: "gemini",
  ollama_openai: "ollama",
};

const built = new Map<string, Map<string, ModelEntry>>();
const registered: ModelPatch[] = [];
/** Grows with each `registerModel()` and `models.load()`: what was remembered before is out of date. */
export let edition = 0;

/** In the snapshot's place, provider by provider; null: the environment has not been asked. */
let loaded: CatalogueFile | undefined | null = null;

function inForce(): CatalogueFile | undefined {
  if (loaded === null) loaded = fromEnvironment();
  return loaded;
}

/**
 * Puts a catalogue that `polycall models update` wrote in the place of the one that ships, for this process,
 * from the next reply on. What is written by hand of a later day, and what was registered, lie over it.
 * `POLYCALL_MODELS=FILE` does the same when the catalogue is first used.
 * @param from a file's path or `file:` URL, or what the file holds; undefined: the shipped one again
 * @throws InvalidRequestError with file, JSON path and reason; what was in force stays in force
 */
export function loadModels(
  from: string | URL | CatalogueFile | undefined,
): LoadedCatalogue | undefined {
  const file = from === undefined ? undefined : structuredClone(readCatalogue(from));
  loaded = file;
  built.clear();
  edition++;
  return file && summary(file);
}

/** Every provider of the catalogue, sorted. */
export function providers(): string[] {
  const own = registered.map(({ provider }) => provider);
  const also = Object.keys(inForce()?.providers ?? {});
  return [...new Set([...Object.keys(lines), ...also, ...own])].sort();
}

/** A provider's models by id; empty for one that the catalogue does not know. Read on first use. */
export function modelsOf(provider: string): Models {
  const known = built.get(provider);
  if (known) return known;
  const models = shipped(provider);
  for (const patch of registered) if (patch.provider === provider) lay(models, patch);
  // A model string is anyone's text: only providers that there are get remembered.
  if (models.size) built.set(provider, models);
  return models;
}

/** What is in force of a provider, but for what was registered. */
function shipped(provider: string): Map<string, ModelEntry> {
  const from = Object.hasOwn(sameAs, provider) ? sameAs[provider]! : provider;
  const models = written(from, snapshot(from), source, new Map());
  const file = inForce();
  const theirs = file && Object.hasOwn(file.providers, from) ? file.providers[from] : undefined;
  const all = theirs ? written(from, theirs, file!.source, models) : models;
  if (from !== provider) for (const [id, entry] of all) all.set(id, { ...entry, provider });
  return all;
}

/**
 * A catalogue's lines with what is written by hand: that of the same day or later lies over them, that of
 * before only fills what they lack.
 * @param before what was known of them when it was written
 */
function written(
  provider: string,
  lines: readonly CatalogueLine[],
  origin: Source,
  before: ReadonlyMap<string, ModelEntry>,
): Map<string, ModelEntry> {
  const models = new Map<string, ModelEntry>();
  for (const line of lines) {
    models.set(line.id, withWeights({ ...line, provider, sources: [origin] }));
  }
  for (const patch of overlay) {
    if (patch.provider !== provider || !(models.has(patch.id) || standsAlone(patch))) continue;
    if (patch.sources?.every(({ date }) => date < origin.date)) {
      fill(models, patch, before.get(patch.id)?.price);
    } else {
      const price = patch.price && { ...models.get(patch.id)?.price, ...patch.price };
      lay(models, { ...patch, ...(price && { price }) });
    }
  }
  return models;
}

/** A rate or a limit that was written of a model says nothing of one that is gone; its last day does. */
const standsAlone = ({ name, shutdown }: ModelPatch) =>
  name !== undefined || shutdown !== undefined;

function snapshot(provider: string): CatalogueLine[] {
  const text = Object.hasOwn(lines, provider) ? lines[provider]!.trim() : "";
  return text ? text.split("\n").map((line) => JSON.parse(line)) : [];
}

/** A patch under what there is. Rates of an old price belong to it alone: they go with it. */
function fill(models: Map<string, ModelEntry>, patch: ModelPatch, old: Price | undefined): void {
  const now = models.get(patch.id);
  const { price: theirs, ...others } = patch;
  const same = now?.price && now.price.input === old?.input && now.price.output === old?.output;
  const whole = theirs?.input === undefined ? undefined : theirs;
  const price = now?.price ? { ...(same && theirs), ...now.price } : whole;
  const sources = [...(patch.sources ?? []), ...(now?.sources ?? [])];
  models.set(patch.id, { ...others, ...now, ...(price && { price }), sources });
}

/** A patch over what there is, field by field. */
function lay(models: Map<string, ModelEntry>, patch: ModelPatch): void {
  const base = models.get(patch.id);
  const sources = [...(base?.sources ?? []), ...(patch.sources ?? [])];
  models.set(patch.id, { ...base, ...patch, sources });
}

/**
 * Adds a model to the catalogue, or changes fields of one, for this process. A price replaces the
 * whole price, tiers included; a field given as undefined becomes unknown.
 * @throws InvalidRequestError naming the field and what is wrong with it; the catalogue is as it was
 */
export function registerModel(patch: ModelPatch): void {
  checkPatch(patch, "registerModel");
  const own = structuredClone(patch);
  registered.push(own);
  edition++;
  const models = built.get(own.provider);
  if (models) lay(models, own);
}

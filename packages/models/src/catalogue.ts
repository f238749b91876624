/** The models of a provider: the snapshot, the overlay on it, and what the user registered on both. */
import { checkPatch } from "./check.ts";
import { overlay } from "./data/overlay.ts";
import { lines, source } from "./data/snapshot.ts";
import type { ModelEntry, ModelPatch } from "./entry.ts";

export type Models = ReadonlyMap<string, ModelEntry>;

/** Providers that serve another's models under the same names, at the same price. */
export const sameAs: Readonly<Record<string, string>> = {
  google_openai: "gemini",
  ollama_openai: "ollama",
};

const built = new Map<string, Map<string, ModelEntry>>();
const registered: ModelPatch[] = [];
/** Grows with each `registerModel()`: what was remembered before is out of date. */
export let edition = 0;

/** Every provider of the catalogue, sorted. */
export function providers(): string[] {
  const own = registered.map(({ provider }) => provider);
  return [...new Set([...Object.keys(lines), ...own])].sort();
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

function shipped(provider: string): Map<string, ModelEntry> {
  const from = Object.hasOwn(sameAs, provider) ? sameAs[provider]! : provider;
  const models = new Map<string, ModelEntry>();
  const text = Object.hasOwn(lines, from) ? lines[from]!.trim() : "";
  for (const line of text ? text.split("\n") : []) {
    const entry = JSON.parse(line) as Omit<ModelEntry, "provider" | "sources">;
    models.set(entry.id, { ...entry, provider, sources: [source] });
  }
  for (const patch of overlay) {
    if (patch.provider !== from) continue;
    const price = patch.price && { ...models.get(patch.id)?.price, ...patch.price };
    lay(models, { ...patch, provider, ...(price && { price }) });
  }
  return models;
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

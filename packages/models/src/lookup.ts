/**
 * From a model string to its entry. Exact first; then, one after the other, the rules below. A name that
 * only looks alike (`gpt-5.4-foo`, `gpt-4-0613`) is another model: what is not sure is not known.
 */
import { modelsOf } from "./catalogue.ts";
import type { ModelEntry } from "./entry.ts";

/** Azure's model strings name the user's own deployments, whatever they are called. */
export const namesDeployments = (provider: string) => provider === "azure";

/** Parts of a model string that are not the model: the endpoint, the API's own folders. */
const folders: Readonly<Record<string, RegExp>> = {
  openai: /^(?:chat|responses)\//,
  gemini: /^models\//,
  google_openai: /^models\//,
  vertex: /^(?:publishers\/google\/)?models\//,
};

/** `-2026-03-05`, `-20260305`, `@20260305`: this model's own version of a day. */
const dated =
  /(?:-20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|[-@]20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$/;

/** A model's name without the day of the version. */
export const undated = (name: string) => name.replace(dated, "");

/** Another way to serve the same model, at another price. */
const routed: Readonly<Record<string, RegExp>> = {
  openrouter: /:(?:nitro|floor|online|exacto)$/,
  huggingface: /:[\w-]+$/,
};

/**
 * What the catalogue knows of a model.
 * @param model "provider/model"
 * @returns undefined for one that it does not know; never throws
 */
export function getModel(model: string): ModelEntry | undefined {
  if (typeof model !== "string") return undefined;
  const slash = model.indexOf("/");
  const provider = model.slice(0, Math.max(0, slash));
  return namesDeployments(provider) ? undefined : find(provider, model.slice(slash + 1));
}

/** The same for a provider's own name of a model: what an Azure deployment says it is, too. */
export function find(provider: string, name: string): ModelEntry | undefined {
  // A host may write anything there.
  if (typeof name !== "string") return undefined;
  const models = modelsOf(provider);
  const exact = models.get(name);
  if (exact) return exact;
  const inFolder = Object.hasOwn(folders, provider) ? name.replace(folders[provider]!, "") : name;
  if (inFolder !== name) return find(provider, inFolder);
  const base = models.get(undated(name)) ?? models.get(name.replace(/-latest$/, ""));
  if (base) return { ...base, id: name };
  const route = Object.hasOwn(routed, provider) ? name.replace(routed[provider]!, "") : name;
  if (route !== name) return unpriced(models.get(route), name);
  // Fine-tuned: `ft:BASE:organisation:name:id`, at a price of its own.
  if (name.startsWith("ft:")) return unpriced(find(provider, name.split(":")[1]!), name);
  return undefined;
}

function unpriced(entry: ModelEntry | undefined, id: string): ModelEntry | undefined {
  return entry && { ...entry, id, price: undefined };
}

/** What applies to one model string, looked up. Pure. */
import type { EmbeddingRole } from "./encoder.ts";
import { type Limits, openModels, type Prefixes, services, unknownService } from "./families.ts";

/** Services whose wire says what a text is for: their models are told, never given a prefix. */
const tellsRole = /^(?:gemini|vertex|voyage|cohere|jina|nvidia)\//;

/** @param model "provider/model" */
export function limitsOf(model: string): Limits {
  const name = model.toLowerCase();
  return services.find(([one]) => one.test(name))?.[1] ?? unknownService;
}

/** How a model hears what texts are for: by the request, by words before each text, or not at all. */
export interface Telling {
  /** What the request says. */
  role?: EmbeddingRole;
  /** What each text begins with. */
  prefix: string;
}

/** @param own the caller's prefixes, over what is known */
export function tellingOf(
  model: string,
  role: EmbeddingRole | undefined,
  own: Partial<Prefixes> | undefined,
): Telling {
  if (!role) return { prefix: "" };
  if (own) return { prefix: own[role] ?? "" };
  const name = model.toLowerCase();
  const known = tellsRole.test(name) ? undefined : openModels.find(([one]) => one.test(name));
  if (known) return { prefix: known[1][role] };
  return limitsOf(model).tellsNoRole ? { prefix: "" } : { role, prefix: "" };
}

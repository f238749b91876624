/** What is known of a model, in layers: provider < family < model < user < learned. Data, and how it adds up. */

export type FactValue =
  | string
  | number
  | boolean
  | readonly FactValue[]
  | { readonly [key: string]: FactValue | undefined };

/** What a model takes of one parameter: nothing, all, or what the limits say. */
export type ParamFact =
  | boolean
  | {
      /** What the service calls it, at the top of its body. */
      readonly name?: string;
      readonly min?: number;
      readonly max?: number;
      readonly values?: readonly (string | number | boolean)[];
    };

/** OpenAI's names of parameters -> what the model takes of them. */
export interface ParamFacts {
  readonly [param: string]: ParamFact;
}

/** Facts of a model: `params` is understood everywhere, the others are those of its provider. */
export interface CapabilityFacts {
  readonly params?: ParamFacts;
  readonly [fact: string]: FactValue | undefined;
}

export interface CapabilityLayer {
  readonly layer: "provider" | "family" | "model" | "user" | "learned";
  /** What it holds for, e.g. "anthropic", "claude-4.6", "claude-opus-4-6". */
  readonly of: string;
  readonly facts: CapabilityFacts;
  /** Where it is from: a URL, `package@version`, or the provider's own words. */
  readonly source: string;
  /** The day it was read there, e.g. "2026-11-23". */
  readonly date: string;
}

/**
 * A combination of parameters that conflicts, and what becomes of it. `Change.rule` is its id. An adapter's
 * package exports its table as `rules`: a bundle that does not read it does not hold it.
 */
export interface CapabilityRule {
  readonly id: string;
  readonly when: string;
  readonly becomes: string;
  readonly source: string;
  readonly date: string;
}

/** Which values a fact takes: a kind, one of some words, a list of them, or an object by its `kind`. */
export type FactShape =
  | "boolean"
  | "integer"
  | { readonly oneOf: readonly string[] }
  | { readonly listOf: readonly string[] }
  | { readonly kinds: { readonly [kind: string]: { readonly [field: string]: FactShape } } };

/** What an adapter knows of its models, as data. */
export interface Capabilities {
  /** The layers that it ships with, lowest first. */
  layers(model: string): readonly CapabilityLayer[];
  /** The facts, beside `params`, that a user may say otherwise. */
  readonly shape: { readonly [fact: string]: FactShape };
}

/** Later layers win, fact by fact and parameter by parameter. */
export function mergeLayers(layers: readonly CapabilityLayer[]): CapabilityFacts {
  const params = layers.flatMap(({ facts }) => Object.entries(facts.params ?? {}));
  return {
    ...Object.assign({}, ...layers.map(({ facts }) => facts)),
    ...(params.length && { params: Object.fromEntries(params) }),
  };
}

/**
 * An adapter's way to the facts of a model: its layers, merged once for each list of them.
 * @param layers gives the same array whenever the same layers hold
 * @returns `own` are the user's and the learned facts of the model, which win
 */
export function factsFrom<Facts extends object>(
  layers: Capabilities["layers"],
): (model: string, own?: CapabilityFacts) => Facts {
  const merged = new WeakMap<readonly CapabilityLayer[], Facts>();
  return (model, own) => {
    const all = layers(model);
    let facts = merged.get(all);
    if (!facts) {
      facts = mergeLayers(all) as Facts;
      merged.set(all, facts);
    }
    return own ? { ...facts, ...own } : facts;
  };
}

/**
 * What a client's user says of models, and what it learned of them by their refusals. Loaded when one of
 * the two is there.
 */
import { InvalidRequestError } from "../errors.ts";
import type { CallLogger } from "../logger.ts";
import type { Plan, PlanContext, Provider } from "../provider.ts";
import type { Resolved } from "../resolve.ts";
import type { CompletionRequest } from "../types/request.ts";
import { checkFacts, checkLearned } from "./check.ts";
import { type LearnedLayer, planWith } from "./fit.ts";
import type { Capabilities, CapabilityFacts, CapabilityLayer } from "./layers.ts";

/**
 * Where learned facts are kept, by model; a `Map` will do. What is kept is plain JSON, and the same
 * entry may be set more than once.
 */
export interface QuirkStore {
  get(model: string): unknown;
  set(model: string, layers: readonly CapabilityLayer[]): unknown;
}

const mostModels = 1000;

export class CapabilityBook {
  readonly #store: QuirkStore;
  readonly #user: { pattern: string; layer: CapabilityLayer }[] = [];
  /** What the store holds of a model, read once; then what this client learned, too. */
  readonly #learned = new Map<string, Promise<LearnedLayer[]>>();

  constructor(store: QuirkStore = new Map<string, readonly CapabilityLayer[]>()) {
    this.#store = store;
  }

  /**
   * @param pattern "provider/model", or the beginning of one and a `*`
   * @throws InvalidRequestError naming the path and the reason; what was said before stays in force
   */
  register(pattern: string, facts: CapabilityFacts, capabilities: Capabilities | undefined): void {
    const path = `capabilities[${JSON.stringify(pattern)}]`;
    if (/\*./.test(pattern)) {
      throw new InvalidRequestError(`${path}: a * stands at the end only.`, { param: path });
    }
    checkFacts(facts, capabilities, path);
    const date = new Date().toISOString().slice(0, 10);
    const layer = {
      layer: "user",
      of: pattern,
      facts,
      source: "registerCapabilities",
      date,
    } as const;
    this.#user.push({ pattern, layer: structuredClone(layer) });
  }

  /** The layers that go over what the adapter knows, lowest first; a longer pattern over a shorter. */
  async layersOf(
    { provider, connection, model }: Resolved,
    logger: CallLogger,
  ): Promise<readonly LearnedLayer[]> {
    // A forced endpoint does not make another model.
    const names = [model, model.replace(/^(?:chat|responses)\//, "")];
    const user = this.#user
      .filter(({ pattern }) =>
        names.some((name) => matches(pattern, `${connection.provider}/${name}`)),
      )
      .sort((a, b) => byRank(a.pattern, b.pattern))
      .map(({ layer }) => layer);
    const learned = await this.#learnedOf(keyOf({ provider, connection, model }), provider, logger);
    return [...user, ...learned];
  }

  #learnedOf(key: string, provider: Provider, logger: CallLogger): Promise<LearnedLayer[]> {
    let learned = this.#learned.get(key);
    if (!learned) {
      learned = this.#read(key, provider, logger);
      if (this.#learned.size >= mostModels) this.#learned.clear();
      this.#learned.set(key, learned);
    }
    return learned;
  }

  /** What is malformed, and a store that fails, cost a line in the log and never a call. */
  async #read(
    key: string,
    { capabilities }: Provider,
    logger: CallLogger,
  ): Promise<LearnedLayer[]> {
    const taken: LearnedLayer[] = [];
    try {
      const stored = await this.#store.get(key);
      if (stored === undefined || stored === null) return [];
      for (const [i, layer] of (Array.isArray(stored) ? stored : [stored]).entries()) {
        try {
          checkLearned(layer, capabilities, `quirks[${JSON.stringify(key)}][${i}]`);
          taken.push(layer);
        } catch (error) {
          logger.warn(`a stored quirk is left out: ${(error as Error).message}`);
        }
      }
    } catch (error) {
      logger.warn(`the quirk store could not be read: ${(error as Error).message}`);
    }
    return taken;
  }

  /** Remembers what a healed call showed; the same of one model once. */
  async learn(
    resolved: Resolved,
    layers: readonly LearnedLayer[],
    logger: CallLogger,
  ): Promise<void> {
    const key = keyOf(resolved);
    const known = await this.#learnedOf(key, resolved.provider, logger);
    const said = new Set(known.map(({ facts }) => JSON.stringify(facts)));
    const fresh = layers.filter(({ facts }) => !said.has(JSON.stringify(facts)));
    if (!fresh.length) return;
    known.push(...fresh);
    try {
      await this.#store.set(key, structuredClone(known));
    } catch (error) {
      logger.warn(`a learned quirk could not be stored: ${(error as Error).message}`);
    }
  }

  /** The plan under these layers. */
  plan(
    layers: readonly LearnedLayer[],
    provider: Provider,
    request: CompletionRequest,
    context: PlanContext,
  ): Plan {
    return layers.length
      ? planWith(layers, provider, request, context)
      : provider.plan(request, context);
  }
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** A longer beginning is over a shorter one, a whole name over every beginning. */
function byRank(a: string, b: string): number {
  const isWhole = Number(!a.endsWith("*")) - Number(!b.endsWith("*"));
  return isWhole || a.length - b.length;
}

/** A model of the same name at another address is another model. */
export function keyOf({ provider, connection, model }: Resolved): string {
  const { baseURL } = connection;
  const at = baseURL && baseURL !== provider.info.baseURL ? ` at ${baseURL}` : "";
  return `${connection.provider}/${model}${at}`;
}

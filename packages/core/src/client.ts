/** A client, as its user sees it. */
import type { CapabilityFacts } from "./capabilities/layers.ts";
import { ClientContext, type ClientOptions } from "./client-context.ts";
import { complete } from "./completion.ts";
import { embed } from "./embedding.ts";
import { type Explanation, explain } from "./explain.ts";
import type { Provider } from "./provider.ts";
import type { ProviderLoader } from "./resolve.ts";
import type {
  CompletionFunction,
  CompletionInput,
  EmbeddingInput,
  Embeddings,
} from "./types/input.ts";

export interface PolycallClient {
  /** @see CompletionFunction */
  completion: CompletionFunction;
  /**
   * Vectors for texts, in order, in as many requests as the provider's limit asks for.
   * @throws APIResponseValidationError when count or dimensions are not what was asked
   */
  embedding(input: EmbeddingInput): Promise<Embeddings>;
  /** What `completion()` would send, and why; no network. */
  explain(input: CompletionInput): Promise<Explanation>;
  /** Adds a provider, or replaces one, under a prefix of the model string. */
  registerProvider(name: string, provider: Provider | ProviderLoader): void;
  /**
   * Says what a model takes where polycall knows it otherwise, or not yet. What was said before of
   * another fact stays; a longer pattern wins over a shorter one.
   * @param pattern "provider/model", or the beginning of one and a `*`
   * @throws InvalidRequestError naming the path and the reason; the shipped facts stay in force
   */
  registerCapabilities(pattern: string, facts: CapabilityFacts): Promise<void>;
}

/**
 * A client with its own providers, defaults and plugins.
 * @throws UnknownProviderError for a name in `providers` that no adapter has; InvalidRequestError
 *   for an option that is none
 */
export function createClient(options: ClientOptions = {}): PolycallClient {
  const client = new ClientContext(options);
  const made: PolycallClient = {
    completion: ((input: CompletionInput) => complete(client, input)) as CompletionFunction,
    embedding: (input) => embed(client, input),
    explain: async (input) => (await explain(client, input)).explanation,
    registerProvider: (name, provider) => client.registry.register(name, provider),
    registerCapabilities: (pattern, facts) => client.registerCapabilities(pattern, facts),
  };
  contexts.set(made, client);
  return made;
}

const contexts = new WeakMap<PolycallClient, ClientContext>();

/** The inside of a client, for what core does with one and a client need not carry. */
export const contextOf = (client: PolycallClient): ClientContext => contexts.get(client)!;

/** `createClient` with every provider known, and the default client behind the plain functions. */
import {
  type ClientOptions,
  type PolycallClient as CoreClient,
  createClient as createCoreClient,
  type Provider,
  type ProviderLoader,
} from "@polycall/core";
import type { HostRow } from "@polycall/openai";
import { lifecycle } from "./lifecycle.ts";
import { adapters, hostLoader } from "./providers.ts";

export interface PolycallClient extends CoreClient {
  /**
   * Adds a provider, or replaces one, under a prefix of the model string.
   * @param provider an adapter, a function that loads one, or where to find a host that speaks
   *   OpenAI's protocol: `{ label, baseURL, apiKeyEnv, … }`
   */
  registerProvider(name: string, provider: Provider | ProviderLoader | Omit<HostRow, "name">): void;
}

let loading: Promise<typeof import("@polycall/models")> | undefined;

/** Loaded with the first call, and asked for once: `import()` takes 18 us of what is there, too. */
function catalogue() {
  loading ??= import("@polycall/models");
  return loading;
}

/**
 * A client with its own keys, defaults and plugins. It knows every provider by name and loads an
 * adapter on its first use; `adapters` adds more.
 * @throws UnknownProviderError for a name in `providers` that no adapter has
 */
export function createClient(options: ClientOptions = {}): PolycallClient {
  const client = createCoreClient({
    ...options,
    plugins: [...(options.plugins ?? []), lifecycle(catalogue)],
    pricing: options.pricing ?? (async () => (await catalogue()).pricing),
    adapters: { ...adapters, ...options.adapters },
  });
  return {
    ...client,
    registerProvider(name, provider) {
      const isHost = typeof provider === "object" && !("plan" in provider);
      client.registerProvider(name, isHost ? hostLoader({ ...provider, name }) : provider);
    },
  };
}

const defaultClient = createClient();

/**
 * One call, every model. Takes an OpenAI chat request whose `model` is "provider/model"; gives an
 * OpenAI chat completion, or with `stream: true` an async iterable of OpenAI chunks.
 *
 * @param input OpenAI's wire names, and polycall's options in camelCase: `apiKey`, `baseURL`,
 *   `headers`, `timeout` (ms), `signal`, `maxRetries` (2), `fallbacks`, `onUnsupported`, `fetch`.
 *   `response_format` may be a zod or other Standard Schema, `tools` may be made by `tool()`.
 * @throws the family under PolycallError
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export const completion = defaultClient.completion;

/**
 * Vectors for one text or many, in order, in as many requests as the provider's limit asks for.
 * @throws the family under PolycallError
 */
export const embedding = defaultClient.embedding;

/** What `completion()` would send for this request, and why. Touches no network. */
export const explain = defaultClient.explain;

/** Adds a provider to the default client, or replaces one. @see PolycallClient.registerProvider */
export const registerProvider = defaultClient.registerProvider;

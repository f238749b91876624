/** `createClient` with every provider known, and the default client behind the plain functions. */
import {
  type ClientOptions,
  type CompletionFunction,
  type CompletionInput,
  type PolycallClient as CoreClient,
  type CountedTokens,
  type CountOptions,
  countTokens as countTokensOf,
  createClient as createCoreClient,
  type Explanation,
  type ExtraBody,
  explainInFull,
  type Pricing,
  type Provider,
  type ProviderLoader,
  type RerankInput,
  type Reranking,
  type ResponseFormat,
  rerank as rerankOf,
  type ToolInput,
} from "@polycall/core";
import type { FitOptions, Fitted, KnownModel, Seen } from "@polycall/models";
import type { HostRow } from "@polycall/openai";
import type { ExtraBodies } from "./extra-body.ts";
import { learn } from "./learn.ts";
import { lifecycle } from "./lifecycle.ts";
import { adapters, hostLoader } from "./providers.ts";
import type { SwapOptions, SwapReport } from "./swap/check-swap.ts";

/** A model that the catalogue knows, offered by editors; any other string is taken too. */
type ModelString = KnownModel | (string & {});

export interface PolycallClient extends Omit<CoreClient, "completion" | "explain"> {
  /** @see completion */
  completion: CompletionFunction<KnownModel, ExtraBodies>;
  /** What `completion()` would send, and why; no network. */
  explain<Model extends ModelString = string>(
    input: CompletionInput<
      ResponseFormat | undefined,
      readonly ToolInput[],
      Model | KnownModel,
      ExtraBody<Model, ExtraBodies>
    >,
  ): Promise<Explanation>;
  /**
   * Whether another model can take over a request: what it loses, what changes, whether the history's
   * reasoning goes along, what it costs. Plans for both, without network and without keys.
   * @param request `completion()`'s input; its `model`, `apiKey`, `baseURL` and `headers` are not read
   * @param options `usage`: the tokens of a real reply, to work the costs out for
   * @throws UnknownProviderError for a model string of no provider; InvalidRequestError for a request
   *   that is wrong in itself
   */
  checkSwap(
    request: Omit<CompletionInput, "model">,
    from: ModelString,
    to: ModelString,
    options?: SwapOptions,
  ): Promise<SwapReport>;
  /**
   * Tokens of a request's prompt: an estimate with its error, or the provider's own count.
   * @throws UnsupportedParamsError where the provider has no endpoint that counts
   */
  countTokens(input: CompletionInput, options?: CountOptions): Promise<CountedTokens>;
  /**
   * Documents, the most relevant to the query first, by a model that reads both together.
   * @throws APIResponseValidationError for a reply that ranks other documents than were given;
   *   UnsupportedParamsError where the provider has no such endpoint
   */
  rerank(input: RerankInput): Promise<Reranking>;
  /**
   * The history without its oldest turns, as many as it takes to fit into the model's context window
   * beside the reply. System messages and the last user's turn stay; a call and its result stay together.
   * @throws ContextWindowExceededError when what must stay does not fit; InvalidRequestError
   */
  fitMessages(input: CompletionInput, options?: FitOptions): Promise<Fitted>;
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

/** A pricing of the user's that is none says nothing of any cost. */
const unpriced: Pricing = { cost: () => undefined };

/**
 * A client with its own keys, defaults and plugins. It knows every provider by name and loads an
 * adapter on its first use; `adapters` adds more.
 * @throws UnknownProviderError for a name in `providers` that no adapter has
 */
export function createClient(options: ClientOptions = {}): PolycallClient {
  let sights: Seen | undefined;
  const seen = async () => {
    const { Seen } = await catalogue();
    sights ??= new Seen();
    return sights;
  };
  let known: Pricing | undefined;
  const pricing = async () => {
    if (known) return known;
    const { pricingOf } = await catalogue();
    const own = options.pricing && ((await options.pricing()) ?? unpriced);
    known = pricingOf(await seen(), own);
    return known;
  };
  const client = createCoreClient({
    ...options,
    plugins: [...(options.plugins ?? []), lifecycle(catalogue), learn(catalogue, seen)],
    capabilities: options.capabilities ?? (() => import("@polycall/core/capabilities")),
    pricing,
    promptCaches: options.promptCaches ?? (async () => (await catalogue()).promptCaches),
    adapters: { ...adapters, ...options.adapters },
  });
  return {
    ...client,
    completion: client.completion as CompletionFunction<KnownModel, ExtraBodies>,
    explain: (input) => explainInFull(client, input),
    async checkSwap(request, from, to, options) {
      const { checkSwap } = await import("./swap/check-swap.ts");
      return checkSwap((input) => explainInFull(client, input), request, from, to, options);
    },
    countTokens: (input, options) => countTokensOf(client, input, options),
    rerank: (input) => rerankOf(client, input),
    async fitMessages(input, fit) {
      const { fitMessages } = await catalogue();
      return fitMessages(input, fit, await seen());
    },
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
 *   `headers`, `timeout` (ms), `signal`, `maxRetries` (2), `fallbacks`, `onUnsupported`,
 *   `promptCaching`, `fetch`.
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

/**
 * Documents, the most relevant to a query first: `results` of `index` and `relevance_score`.
 *
 * @param input Cohere's and LiteLLM's names (`query`, `documents`, `top_n`, `return_documents`), and
 *   polycall's options
 * @throws the family under PolycallError
 */
export const rerank = defaultClient.rerank;

/** What `completion()` would send for this request, and why. Touches no network. */
export const explain = defaultClient.explain;

/** Whether another model can take over a request. @see PolycallClient.checkSwap */
export const checkSwap = defaultClient.checkSwap;

/** Tokens of a request's prompt: an estimate with its error, or the provider's own count. */
export const countTokens = defaultClient.countTokens;

/** The history without as many of its oldest turns as it takes to fit the model's context window. */
export const fitMessages = defaultClient.fitMessages;

/** Adds a provider to the default client, or replaces one. @see PolycallClient.registerProvider */
export const registerProvider = defaultClient.registerProvider;

/** Says what a model takes, to the default client. @see PolycallClient.registerCapabilities */
export const registerCapabilities = defaultClient.registerCapabilities;

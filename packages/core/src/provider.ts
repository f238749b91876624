/** What an adapter is: data about a service, a handful of pure functions, and one SDK call. */
import type { Capabilities, CapabilityFacts } from "./capabilities/layers.ts";
import type { PolycallError } from "./errors.ts";
import type { CachePlan, CachingFacts } from "./types/caching.ts";
import type { Change, CompletionChunk, CompletionData, Usage } from "./types/completion.ts";
import type { EmbeddingData } from "./types/embedding.ts";
import type { CompletionRequest, EmbeddingRequest, RerankRequest } from "./types/request.ts";
import type { RerankData } from "./types/rerank.ts";

/** Where a provider is and how it is addressed: data. */
export interface ProviderInfo {
  /** The prefix of the model string. */
  readonly name: string;
  /** The name a person knows it by. */
  readonly label: string;
  /** The base URL unless the user or the environment gives another. */
  readonly baseURL?: string;
  /** Whether the user must say where it is (Azure, `custom_openai`). */
  readonly requiresBaseURL?: boolean;
  /** Variables that may hold the base URL; the first that is set wins. */
  readonly baseURLEnv?: readonly string[];
  /** Mends what people write there (a missing scheme, 0.0.0.0). */
  readonly normalizeBaseURL?: (url: string) => string;
  /** Variables that may hold the key; the first that is set wins. */
  readonly apiKeyEnv?: readonly string[];
  /** Where to get a key. */
  readonly keyURL?: string;
  /** Local servers need no key. */
  readonly keyOptional?: boolean;
  /** Prints a token in a shell, where one may sign in without a key: for `explain().curl`. */
  readonly tokenCommand?: string;
  /** Further settings and the variables that may hold them, e.g. `{ project: ["GOOGLE_CLOUD_PROJECT"] }`. */
  readonly settingsEnv?: Readonly<Record<string, readonly string[]>>;
}

/** How this client reaches a provider: resolved once, the same object for every call that uses it. */
export interface Connection {
  readonly provider: string;
  readonly apiKey?: string;
  /** Without a slash at the end. */
  readonly baseURL: string;
  /** The user's own headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `ProviderInfo.settingsEnv` and what the user gave for it. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The request in the API's own words, and how it came to be. Made without network. */
export interface Plan {
  readonly provider: string;
  /** The model as the provider names it. */
  readonly model: string;
  /** "chat/completions", "responses", "messages", "generateContent", … */
  readonly endpoint: string;
  /** Why this endpoint, where there was a choice. */
  readonly reason?: string;
  readonly method: "POST";
  /** Relative to the base URL; what `explain()` shows. The SDK makes the same URL from its own parts. */
  readonly path: string;
  /** Where the path starts, when that is not the connection's base URL (Vertex AI's regions). */
  readonly baseURL?: string;
  /** Headers this request needs beyond authentication, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What is sent, exactly: the transport writes this, whatever the SDK made of it. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly stream: boolean;
  readonly framing: "sse" | "ndjson";
  readonly changes: readonly Change[];
  /** What may be cached of it, where the call has `promptCaching`. */
  readonly cache?: CachePlan;
  /** What `parse` and `decoder` must undo. Names in the reply -> the caller's names. */
  readonly toolNames?: Readonly<Record<string, string>>;
  /** The tool that stands in for a response schema, where the model has no other way. */
  readonly outputTool?: string;
  /** The tool that the reply's text is the arguments of, where a call had to be forced by a schema. */
  readonly forcedTool?: string;
}

/** A reply that is not a success: a status of 400 or more, or an error inside a 200. */
export interface Failure {
  readonly provider: string;
  readonly model: string;
  readonly status: number;
  header(name: string): string | undefined;
  /** The body, secrets removed; parsed where it is JSON. */
  readonly text: string;
  readonly body: unknown;
}

/**
 * Thrown by `parse` and by decoders when a 200 reply says that it failed. Core hands `body` to
 * `classify` and attaches what had come so far.
 */
export class ReplyFailure extends Error {
  readonly body: unknown;
  /** Tokens that were used all the same. */
  readonly usage?: Usage;
  constructor(body: unknown, usage?: Usage) {
    super("The reply says that it failed");
    this.body = body;
    this.usage = usage;
  }
}

/** Reads one streamed reply. Events are JSON already; `[DONE]` never reaches it. */
export interface Decoder {
  /** Our chunks for one provider event: often one, sometimes none. `name` is the SSE event name. */
  decode(event: unknown, name: string | undefined): readonly CompletionChunk[];
  /** Chunks still owed when the bytes have ended (for instance usage). Called once. */
  end(): readonly CompletionChunk[];
  /** Whether the provider had said that it was done: else the end of the bytes is a broken stream. */
  readonly done: boolean;
  /** The reply folded so far, in the provider's own shape: what `parse` reads. */
  body(): unknown;
}

/** What `send` gets: a `fetch` for the SDK, which keeps the real reply and gives the SDK an empty one. */
export interface Send {
  readonly connection: Connection;
  readonly fetch: typeof globalThis.fetch;
  readonly signal?: AbortSignal;
  /**
   * Waits for a step before the request that knows neither the call's signal nor its timeouts (a
   * sign-in): an abort, the connect and the total timeout end the wait.
   */
  unlessOver<T>(step: Promise<T>): Promise<T>;
}

export interface PlanContext {
  readonly connection: Connection;
  /** The model without the provider's prefix. */
  readonly model: string;
  /** Hints that the model cannot take bend with a warning, are refused, or bend in silence. */
  readonly onUnsupported: "warn" | "error" | "drop";
  /** What the user says of this model, and what was learned of it; wins over what the adapter knows. */
  readonly facts?: CapabilityFacts;
}

/** The embeddings side of a provider, in the same way. */
export interface EmbeddingEndpoint {
  /** Texts a request may hold, of any model or of one. */
  readonly maxInputs: number | ((model: string) => number);
  plan(request: EmbeddingRequest, context: PlanContext): Plan;
  /** Vectors in the order of the inputs. */
  parse(body: unknown, plan: Plan): EmbeddingData;
}

/** The reranking side of a provider, in the same way. */
export interface RerankEndpoint {
  /**
   * Documents a request may hold; more are several requests. Absent: as many as there are, in one, which
   * a model needs that scores documents beside each other.
   */
  readonly maxDocuments?: number;
  plan(request: RerankRequest, context: PlanContext): Plan;
  /** In any order: core checks, sorts and cuts. */
  parse(body: unknown, plan: Plan): RerankData;
}

/** The endpoint that counts a prompt's tokens and answers nothing, in the same way. */
export interface CountEndpoint {
  /** @throws UnsupportedParamsError where the endpoint cannot count this */
  plan(request: CompletionRequest, context: PlanContext): Plan;
  /** @returns undefined for a reply that says no number */
  parse(body: unknown): number | undefined;
}

export interface Provider {
  readonly info: ProviderInfo;
  /** Pure. @throws UnsupportedParamsError for a meaning that this model cannot be given. */
  plan(request: CompletionRequest, context: PlanContext): Plan;
  /**
   * The one SDK call, for every endpoint: it addresses and signs; `send.fetch` does the rest. A model
   * that runs in this process calls no `fetch`: what it gives is the reply.
   */
  send(plan: Plan, send: Send): Promise<unknown>;
  /** Pure: the provider's whole reply into ours. @throws ReplyFailure */
  parse(body: unknown, plan: Plan): CompletionData;
  decoder(plan: Plan): Decoder;
  /** Pure: the provider's refusal as one of our errors. */
  classify(failure: Failure): PolycallError;
  readonly embedding?: EmbeddingEndpoint;
  readonly rerank?: RerankEndpoint;
  /** What is known of its models. */
  readonly capabilities?: Capabilities;
  /** How this model's prompts are cached, where the catalogue does not know. Pure. */
  caching?(context: PlanContext): CachingFacts | undefined;
  readonly countTokens?: CountEndpoint;
}

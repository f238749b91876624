/** One call as plugins see it: its operation, its options, and what has happened so far. */
import type { LearnedLayer } from "./capabilities/fit.ts";
import type { Attempt } from "./errors.ts";
import type { CallLogger } from "./logger.ts";
import type { Transport } from "./transport/types.ts";
import type { PromptCaches, PromptCaching } from "./types/caching.ts";
import type { Change, CompletionChunk, Pricing } from "./types/completion.ts";
import type { CompletionRequest, EmbeddingRequest, RerankRequest } from "./types/request.ts";

/** Limits in ms; a number is the `total`. Absent: 10 s, 600 s, 120 s, no total. */
export type TimeoutOption =
  | number
  | { connect?: number; firstByte?: number; idle?: number; total?: number };

/** How to reach one provider. */
export interface ConnectionOptions {
  /** A function is asked before each try, for tokens that rotate. */
  apiKey?: string | (() => string | Promise<string>);
  baseURL?: string;
  headers?: Record<string, string>;
}

export interface FallbackTarget extends ConnectionOptions {
  model: string;
}

/** Options of one call; the same names serve as a client's `defaults`. */
export interface CallOptions extends ConnectionOptions {
  timeout?: TimeoutOption;
  signal?: AbortSignal;
  /** Further tries after a failure that may pass. Default 2. */
  maxRetries?: number;
  /** Models to turn to, in order, when the one before has failed for good. */
  fallbacks?: readonly (string | FallbackTarget)[];
  /**
   * What to do with a hint (temperature, penalties, seed, …) that the model cannot take: bend with
   * a warning (default), refuse, or bend in silence. A meaning (tools, schema, image) is never dropped.
   */
  onUnsupported?: "warn" | "error" | "drop";
  /** How the provider's prompt cache is used. Absent: nothing is added, your own marks are sent. */
  promptCaching?: PromptCaching;
  /** Sends the bytes instead of polycall's own transport. */
  fetch?: typeof globalThis.fetch;
}

/** What plugins may read of a call, and where they hang what they do. */
export interface Call {
  readonly operation: "completion" | "embedding" | "rerank";
  readonly options: Readonly<CallOptions>;
  readonly signal?: AbortSignal;
  readonly logger: CallLogger;
  /** ms since 1970 at which the whole call, all tries included, must be over. */
  readonly deadline?: number;
  /** Every try so far, over all models. */
  readonly attempts: Attempt[];
  /** The fallback that is being tried, where it says itself how it is reached. */
  target?: FallbackTarget;
  /** Changes that belong to the call, not to one plan (an unknown key, a re-ask). */
  readonly warnings: Change[];
  /** Adds a listener that sees each chunk as it is handed out. */
  onChunk(listener: (chunk: CompletionChunk) => void): void;
  /**
   * Adds a listener that is called once, when a stream that was handed out has ended; with the error
   * if it broke. One that breaks at its head is an error of `next`.
   */
  onEnd(listener: (error: unknown) => void): void;
}

/** What core itself needs to carry a call out. */
export interface CallInternals extends Call {
  readonly transport: Transport;
  readonly pricing?: () => Promise<Pricing>;
  readonly promptCaches?: () => Promise<PromptCaches>;
  /** The same for all calls of a client: what is remembered hangs on it. */
  readonly client: object;
  readonly chunkListeners: readonly ((chunk: CompletionChunk) => void)[];
  readonly endListeners: readonly ((error: unknown) => void)[];
  /** The call's own key, URL and headers, and the provider whom they are for: its first model's. */
  readonly connection: ConnectionOptions & { readonly provider: string };
  /** What a refusal seems to say of the model: the next try is planned with it. */
  trial?: readonly LearnedLayer[];
}

export type AnyRequest = CompletionRequest | EmbeddingRequest | RerankRequest;

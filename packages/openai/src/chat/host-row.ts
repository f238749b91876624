/** A Chat Completions host as data. */
import type {
  CapabilityFacts,
  EmbeddingEndpoint,
  PlanContext,
  ProviderInfo,
  RerankEndpoint,
} from "@polycall/core";
import type { Quirk } from "../quirks/quirk.ts";

/** Parameters beyond OpenAI's that a host may take. */
export type Extra = "top_k" | "thinking" | "cache_control";

/** OpenAI's kinds of part beside text. */
export type MediaPart = "image_url" | "input_audio" | "file";

/** Parameters that say what the texts are for. */
export interface EmbeddingRoles {
  readonly document: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: string };
}

export interface HostRow extends ProviderInfo {
  /** Where it says which parameters it takes. */
  readonly docs?: string;
  /** OpenAI's parameters that this host does not take: a hint is left out, a meaning refused. */
  readonly lacks?: readonly string[];
  readonly extras?: readonly Extra[];
  /** The parts beside text that this host reads; others are refused. Absent: not known, all are sent. */
  readonly reads?: readonly MediaPart[];
  /** In this order. */
  readonly quirks?: readonly Quirk[];
  /** Reasoning may stand in the text between <think> tags. */
  readonly thinkTags?: boolean;
  /** The host refuses `stream_options`, or sends usage without. */
  readonly noStreamOptions?: boolean;
  /** Texts an embeddings request may hold; absent: no embeddings. */
  readonly maxEmbeddingInputs?: number;
  /** OpenAI's names of an embeddings request -> this host's. */
  readonly embeddingNames?: { readonly [name: string]: string };
  /** How the first model that fits is told what the texts are for. Absent: it is not. */
  readonly embeddingRoles?: readonly (readonly [model: RegExp, roles: EmbeddingRoles])[];
  /** What every embeddings request says besides. */
  readonly embeddingFields?: { readonly [name: string]: unknown };
  /** Where the embeddings endpoint is not OpenAI's. */
  readonly embedding?: EmbeddingEndpoint;
  /** Made by `reranking()`. */
  readonly rerank?: RerankEndpoint;
  /** Speaks /responses too. */
  readonly responses?: boolean;
  /** Takes OpenAI's `prompt_cache_breakpoint` with the models that know it. */
  readonly breakpoints?: boolean;
  /** The header that `prompt_cache_key` is on /chat/completions. */
  readonly cacheKeyHeader?: string;
  /** Counts a prompt's tokens at /responses/input_tokens. */
  readonly countsTokens?: boolean;
  /** Where an endpoint is, relative to the base URL; default "/" + endpoint. */
  readonly path?: (endpoint: string, context: PlanContext, model: string) => string;
  /** Headers that the connection's settings ask for. */
  readonly planHeaders?: (context: PlanContext) => Record<string, string>;
  /** How the key is sent. Default: `authorization: Bearer`. */
  readonly authorize?: (apiKey: string) => { readonly [header: string]: string };
}

/** What a host or model lacks, without what the user says, or a refusal did, that it takes. */
export function lacking(
  params: readonly string[],
  known: CapabilityFacts | undefined,
): readonly string[] {
  const said = known?.params;
  return said ? params.filter((param) => !said[param]) : params;
}

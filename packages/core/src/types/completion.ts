/** The reply and its chunks: OpenAI's shapes, with the additions that other providers need. */
import type { Asked, Description, Forecast } from "./forecast.ts";
import type { ProviderState, ThinkingBlock, ToolCall } from "./messages.ts";
import type { CompletionRequest } from "./request.ts";

/** Why generation stopped: OpenAI's words. A provider that says "failed" is an error, not a reason. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "function_call";

export interface Annotation {
  type: "url_citation";
  url_citation: { start_index: number; end_index: number; url: string; title: string };
}

export interface ReplyMessage {
  role: "assistant";
  content: string | null;
  refusal: string | null;
  tool_calls?: ToolCall[];
  annotations?: Annotation[];
  audio?: { id: string; data: string; expires_at: number; transcript: string } | null;
  /** Images made by the model, as data URLs. OpenRouter's shape. */
  images?: { type: "image_url"; image_url: { url: string } }[];
  reasoning_content?: string;
  thinking_blocks?: ThinkingBlock[];
  provider_state?: ProviderState[];
}

export interface TokenLogprob {
  token: string;
  bytes: number[] | null;
  logprob: number;
  top_logprobs: { token: string; bytes: number[] | null; logprob: number }[];
}
export interface Logprobs {
  content: TokenLogprob[] | null;
  refusal: TokenLogprob[] | null;
}

export interface Choice {
  index: number;
  finish_reason: FinishReason;
  /** The provider's own word for it, where it differs. */
  finish_reason_raw?: string;
  message: ReplyMessage;
  logprobs: Logprobs | null;
}

/**
 * Tokens. `prompt_tokens` is the whole input: uncached + `cached_tokens` + `cache_write_tokens`.
 * `completion_tokens` is the whole output, `reasoning_tokens` inside it.
 */
export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details?: {
    cached_tokens?: number;
    cache_write_tokens?: number;
    /** Those of `cache_write_tokens` that were written for an hour. Anthropic. */
    cache_write_1h_tokens?: number;
    audio_tokens?: number;
    image_tokens?: number;
    text_tokens?: number;
  };
  completion_tokens_details?: {
    reasoning_tokens?: number;
    audio_tokens?: number;
    accepted_prediction_tokens?: number;
    rejected_prediction_tokens?: number;
    text_tokens?: number;
  };
  /** Uses of the provider's own tools, which it bills by the piece. Anthropic's name for them. */
  server_tool_use?: ServerToolUse;
  /** Where the model ran, where the provider says so. Anthropic. */
  inference_geo?: string;
  /** Dollars, where the provider says it (OpenRouter, Perplexity, …). */
  cost?: number;
}

/** How often each of a provider's own tools was used. */
export interface ServerToolUse {
  web_search_requests?: number;
  web_fetch_requests?: number;
  file_search_requests?: number;
  code_interpreter_requests?: number;
  /** Of a reranking. Cohere's name. */
  search_units?: number;
}

/** What an adapter's `parse` gives: the plain OpenAI object. */
export interface CompletionData {
  id: string;
  object: "chat.completion";
  /** Seconds since 1970. */
  created: number;
  /** The model that served the call, as the provider names it. */
  model: string;
  choices: Choice[];
  usage?: Usage;
  service_tier?: "auto" | "default" | "flex" | "scale" | "priority" | "fast" | null;
  system_fingerprint?: string;
}

export interface ToolCallDelta {
  index: number;
  id?: string;
  type?: "function";
  function?: { name?: string; arguments?: string };
}
export interface Delta {
  role?: "assistant";
  content?: string | null;
  refusal?: string | null;
  tool_calls?: ToolCallDelta[];
  reasoning_content?: string;
  annotations?: Annotation[];
  /** Images made by the model, each whole. OpenRouter's shape. */
  images?: ReplyMessage["images"];
}
export interface ChunkChoice {
  index: number;
  delta: Delta;
  finish_reason: FinishReason | null;
  logprobs?: Logprobs | null;
}
/** One piece of a streamed reply. Usage comes with the last one, whose `choices` is empty. */
export interface CompletionChunk {
  id: string;
  object: "chat.completion.chunk";
  created: number;
  model: string;
  choices: ChunkChoice[];
  usage?: Usage | null;
  service_tier?: "auto" | "default" | "flex" | "scale" | "priority" | "fast" | null;
  system_fingerprint?: string;
}

/** A change that the plan made to the request, and why; "deprecated": what it should not name much longer. */
export interface Change {
  param: string;
  action: "renamed" | "clamped" | "converted" | "dropped" | "emulated" | "repaired" | "deprecated";
  from?: unknown;
  to?: unknown;
  reason: string;
  /** The id of the combination of parameters that made it: docs/compatibility.md lists them. */
  rule?: string;
}

/** What a call cost, in dollars. */
export interface Cost {
  /** All of the call: the parts, and `failed`. */
  total: number;
  /** What the reply is made of; empty where the provider says the total alone. */
  parts: CostPart[];
  /** Of the tries before the one that answered, where some cost anything; each has its own in `attempts`. */
  failed?: number;
  /** A try has used tokens that nobody counted, or whose price is not known: `total` is the least it was. */
  incomplete?: true;
  /** Who says so: the provider itself, or the catalogue's prices. */
  source: "provider" | "catalogue";
  /** The model that was priced, where the catalogue did. */
  model?: string;
}

export type CostPart = TokenPart | UsePart;

/** Tokens of one kind. Each token of a reply is in one part. */
export interface TokenPart {
  kind:
    | "input"
    | "audioInput"
    | "cacheRead"
    | "cacheWrite"
    | "cacheWrite1h"
    | "output"
    | "reasoning"
    | "audioOutput";
  tokens: number;
  count?: undefined;
  /** Dollars per million tokens. */
  rate: number;
  /** Dollars. */
  cost: number;
}

/** Uses of one of the provider's own tools, or what a reranker is paid by. */
export interface UsePart {
  kind: "webSearch" | "webFetch" | "fileSearch" | "codeInterpreter" | "searchUnit";
  count: number;
  tokens?: undefined;
  /** Dollars per thousand uses. */
  rate: number;
  /** Dollars. */
  cost: number;
}

/** What of a request its price depends on, besides the reply. */
export interface Served {
  /** Where the request went. */
  baseURL: string;
  /** The place that the user named (Vertex AI's location). */
  location?: string;
  /** ms since 1970 when it was sent. */
  at: number;
}

/** What replies cost, where their provider does not say. */
export interface Pricing {
  /**
   * @param model as it was asked for, without the provider
   * @param reply of an embedding or of a try that failed: one without choices
   * @param served absent where nothing was sent yet
   * @returns undefined where it is not known
   */
  cost(provider: string, model: string, reply: CompletionData, served?: Served): Cost | undefined;
  /** Tokens that a request and its reply will have. */
  forecast?(provider: string, model: string, request: CompletionRequest): Forecast;
  /** What `explain()` tells beside the plan. */
  describe?(asked: Asked): Description;
}

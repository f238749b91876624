/** What Chat Completions hosts really send: every field may be absent, null or of a neighbour's shape. */
import type { Annotation, Logprobs } from "@polycall/core";

export interface WirePart {
  type?: string;
  text?: unknown;
  /** Mistral: an array of text parts; others: a string. */
  thinking?: unknown;
  image_url?: { url?: string };
}

/** A piece of OpenRouter's `reasoning_details`: text, a summary, or encrypted data. */
export interface ReasoningDetail {
  type?: string;
  index?: number;
  text?: string | null;
  summary?: string | null;
  data?: string | null;
  signature?: string | null;
  id?: string | null;
  format?: string | null;
}

export interface WireToolCall {
  index?: number;
  id?: string | null;
  type?: string | null;
  function?: { name?: string | null; arguments?: unknown } | null;
  custom?: { name?: string | null; input?: string | null } | null;
  /** Google's OpenAI endpoint: the thought signature of this call. */
  extra_content?: unknown;
}

export interface WireAudio {
  id?: string;
  data?: string;
  expires_at?: number;
  transcript?: string;
}

/** A message, or the part of one that a chunk brings. */
export interface WireMessage {
  role?: string | null;
  content?: string | WirePart[] | null;
  refusal?: string | null;
  reasoning_content?: string | null;
  reasoning?: string | null;
  reasoning_details?: ReasoningDetail[] | null;
  tool_calls?: WireToolCall[] | null;
  function_call?: { name?: string; arguments?: unknown } | null;
  annotations?: Annotation[] | null;
  audio?: WireAudio | null;
  images?: { type?: string; image_url?: { url?: string } }[] | null;
  extra_content?: unknown;
}

export interface WireChoice {
  index?: number;
  finish_reason?: string | null;
  native_finish_reason?: string | null;
  message?: WireMessage | null;
  delta?: WireMessage | null;
  /** Moonshot: usage of a stream, where the event has none. */
  usage?: WireUsage | null;
  logprobs?: Logprobs | null;
  error?: unknown;
}

export interface WireUsage {
  prompt_tokens?: number | string | null;
  completion_tokens?: number | string | null;
  total_tokens?: number | string | null;
  prompt_tokens_details?: { [key: string]: number | null | undefined } | null;
  completion_tokens_details?: { [key: string]: number | null | undefined } | null;
  /** DeepSeek, Together and Mistral: cached input. */
  prompt_cache_hit_tokens?: number | null;
  cached_tokens?: number | null;
  num_cached_tokens?: number | null;
  /** A number at OpenRouter, an object at Perplexity. */
  cost?: unknown;
  is_byok?: boolean;
  cost_details?: { upstream_inference_cost?: number | null } | null;
  /** xAI: what was billed, 10,000,000,000 to the dollar. */
  cost_in_usd_ticks?: number | null;
  /** OpenRouter. */
  server_tool_use_details?: { web_search_requests?: number | null } | null;
  /** Perplexity. */
  num_search_queries?: number | null;
}

export interface WireReply {
  id?: string | null;
  object?: string;
  created?: number | null;
  model?: string | null;
  choices?: WireChoice[] | null;
  usage?: WireUsage | null;
  service_tier?: string | null;
  system_fingerprint?: string | null;
  error?: unknown;
  /** Groq: usage of a stream, where `usage` may be missing. */
  x_groq?: { usage?: WireUsage | null } | null;
  /** Perplexity's sources. */
  search_results?: { title?: string; url?: string }[] | null;
}

export function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

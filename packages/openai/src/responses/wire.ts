/** What Responses hosts really send: every field may be absent or null. */
import type { TokenLogprob } from "@polycall/core";
import type { WireUsage } from "../chat/wire.ts";

/** The `endpoint` of plans and states made here. */
export const responsesEndpoint = "responses";

export interface WireAnnotation {
  type?: string;
  start_index?: number | null;
  end_index?: number | null;
  url?: string | null;
  title?: string | null;
}

/** Streamed ones come without `bytes`. */
export type WireLogprob = Partial<Omit<TokenLogprob, "top_logprobs">> & {
  top_logprobs?: Partial<TokenLogprob["top_logprobs"][number]>[] | null;
};

/** A piece of a message (`output_text`, `refusal`) or of reasoning (`reasoning_text`, `summary_text`). */
export interface WirePart {
  type?: string;
  text?: string | null;
  refusal?: string | null;
  annotations?: WireAnnotation[] | null;
  logprobs?: WireLogprob[] | null;
}

/** An output item of any type: the fields that are read here. */
export interface WireItem {
  type?: string;
  id?: string | null;
  content?: WirePart[] | null;
  summary?: WirePart[] | null;
  encrypted_content?: string | null;
  call_id?: string | null;
  name?: string | null;
  arguments?: unknown;
  input?: string | null;
  /** An image in base64. */
  result?: string | null;
  output_format?: string | null;
  status?: string | null;
  /** Of a web search: what it did. */
  action?: { type?: string | null } | null;
}

export interface WireResponsesUsage {
  input_tokens?: number | null;
  output_tokens?: number | null;
  total_tokens?: number | null;
  input_tokens_details?: WireUsage["prompt_tokens_details"];
  output_tokens_details?: WireUsage["completion_tokens_details"];
  /** OpenRouter's. */
  cost?: unknown;
  is_byok?: boolean;
  cost_details?: WireUsage["cost_details"];
  cost_in_usd_ticks?: number | null;
}

export interface WireResponse {
  id?: string | null;
  created_at?: number | null;
  model?: string | null;
  status?: string | null;
  error?: unknown;
  incomplete_details?: { reason?: string | null } | null;
  output?: WireItem[] | null;
  usage?: WireResponsesUsage | null;
  service_tier?: string | null;
  store?: boolean | null;
  /** What OpenAI bills of its own tools; not in older replies. */
  tool_usage?: { web_search?: { num_requests?: number | null } | null } | null;
}

export interface WireEvent {
  type?: string;
  response?: WireResponse;
  item?: WireItem;
  part?: WirePart;
  output_index?: number;
  content_index?: number;
  summary_index?: number;
  delta?: string;
  logprobs?: WireLogprob[] | null;
  annotation?: WireAnnotation;
  error?: unknown;
}

/** Ollama's JSON, as far as it is read or written here. Source: ollama-js 0.6.4 types, docs.ollama.com/api. */

export interface OllamaToolCall {
  /** Since 0.12; older servers leave it out and skip it. */
  id?: string;
  function: { name: string; arguments: { [key: string]: unknown } };
}

export interface OllamaMessage {
  role: string;
  content: string;
  thinking?: string;
  /** Base64 without a data URL's head. */
  images?: string[];
  tool_calls?: OllamaToolCall[];
  /** Which tool a result is of; the id is read by newer servers only. */
  tool_name?: string;
  tool_call_id?: string;
}

export interface OllamaLogprob {
  token?: string;
  logprob?: number;
  bytes?: number[] | null;
  top_logprobs?: OllamaLogprob[] | null;
}

/** A whole reply, or one line of a streamed one. Anything may be missing or null. */
export interface OllamaReply {
  model?: string;
  /** RFC 3339 with nanoseconds. */
  created_at?: string;
  message?: {
    content?: string | null;
    thinking?: string | null;
    tool_calls?: ReplyToolCall[] | null;
  } | null;
  done?: boolean;
  done_reason?: string | null;
  prompt_eval_count?: number | null;
  eval_count?: number | null;
  logprobs?: OllamaLogprob[] | null;
  /** Instead of everything else, when it failed. */
  error?: unknown;
}

export interface ReplyToolCall {
  id?: string | null;
  function?: { name?: string; arguments?: unknown } | null;
}

/** The request in OpenAI's wire names, as plugins, plans and adapters see it: plain JSON. */
import type { CacheControl, Message } from "./messages.ts";

export type JsonSchema = { readonly [key: string]: unknown };

export interface FunctionTool {
  type: "function";
  cache_control?: CacheControl;
  function: {
    name: string;
    description?: string;
    parameters?: { [key: string]: unknown };
    strict?: boolean | null;
  };
}
/** OpenAI's free-text or grammar tool. */
export interface CustomTool {
  type: "custom";
  custom: { name: string; description?: string; format?: unknown };
}
export type WireTool = FunctionTool | CustomTool;

export type ToolChoice =
  | "none"
  | "auto"
  | "required"
  | { type: "function"; function: { name: string } }
  | { type: "custom"; custom: { name: string } }
  | {
      type: "allowed_tools";
      allowed_tools: { mode: "auto" | "required"; tools: { [key: string]: unknown }[] };
    };

export type WireResponseFormat =
  | { type: "text" }
  | { type: "json_object" }
  | {
      type: "json_schema";
      json_schema: {
        name: string;
        description?: string;
        schema?: { [key: string]: unknown };
        strict?: boolean | null;
      };
    };

export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

/** Parameters besides model, messages, tools and response_format. OpenAI's names and ranges. */
export interface CompletionParams {
  audio?: { format: string; voice: string | { id: string } } | null;
  frequency_penalty?: number | null;
  function_call?: "none" | "auto" | { name: string };
  functions?: { name: string; description?: string; parameters?: { [key: string]: unknown } }[];
  logit_bias?: Record<string, number> | null;
  logprobs?: boolean | null;
  /** Upper bound on generated tokens, reasoning included. */
  max_completion_tokens?: number | null;
  /** The older name of `max_completion_tokens`. */
  max_tokens?: number | null;
  metadata?: Record<string, string> | null;
  modalities?: ("text" | "audio")[] | null;
  moderation?: object | null;
  n?: number | null;
  parallel_tool_calls?: boolean;
  prediction?: { type: "content"; content: string | { type: "text"; text: string }[] } | null;
  presence_penalty?: number | null;
  prompt_cache_key?: string | null;
  prompt_cache_options?: object;
  prompt_cache_retention?: "in_memory" | "24h" | null;
  reasoning_effort?: ReasoningEffort | null;
  safety_identifier?: string | null;
  seed?: number | null;
  service_tier?: "auto" | "default" | "flex" | "scale" | "priority" | "fast" | null;
  stop?: string | string[] | null;
  store?: boolean | null;
  stream_options?: { include_usage?: boolean; include_obfuscation?: boolean } | null;
  /** 0 to 2; clamped to the provider's range with a warning. */
  temperature?: number | null;
  /** Anthropic's thinking, as LiteLLM spells it. */
  thinking?: { type: string; budget_tokens?: number; display?: string };
  tool_choice?: ToolChoice;
  top_k?: number | null;
  top_logprobs?: number | null;
  top_p?: number | null;
  user?: string;
  verbosity?: "low" | "medium" | "high" | null;
  web_search_options?: object | null;
}

/** A chat completion request after the door: zod schemas and tool objects have become plain JSON. */
export interface CompletionRequest extends CompletionParams {
  /** "provider/model". */
  model: string;
  messages: Message[];
  tools?: WireTool[];
  response_format?: WireResponseFormat;
  stream?: boolean | null;
  /** Merged into the provider's body last, deeply; wins over everything. */
  extra_body?: { [key: string]: unknown };
}

export interface RerankRequest {
  /** "provider/model". */
  model: string;
  query: string;
  documents: string[];
  /** The best of them, as many. Absent: all. */
  top_n?: number | null;
  /** What of a longer document is read, where the model can be told. */
  max_tokens_per_doc?: number | null;
  /** Whether each result holds its document. Never sent: they are here. */
  return_documents?: boolean | null;
  extra_body?: { [key: string]: unknown };
}

export interface EmbeddingRequest {
  /** "provider/model". */
  model: string;
  input: string[];
  /** Length of each vector, where the model can be asked for one. */
  dimensions?: number;
  encoding_format?: "float" | "base64";
  /** What the texts are for, where the model embeds a question otherwise than what answers it. */
  role?: "document" | "query";
  user?: string;
  extra_body?: { [key: string]: unknown };
}

/**
 * Providers' own parameters, by the prefix of the model string: what an editor offers in `extra_body`.
 * Names and values are the APIs'; a parameter that is not here may be given all the same. A test holds
 * them assignable to the SDKs' own types.
 */

interface Open {
  [parameter: string]: unknown;
}

/** Both endpoints. @see https://platform.openai.com/docs/api-reference/responses/create */
export interface OpenAIBody extends Open {
  background?: boolean;
  conversation?: string | { id: string };
  include?: (
    | "code_interpreter_call.outputs"
    | "computer_call_output.output.image_url"
    | "file_search_call.results"
    | "message.input_image.image_url"
    | "message.output_text.logprobs"
    | "reasoning.encrypted_content"
    | "web_search_call.action.sources"
    | "web_search_call.results"
  )[];
  instructions?: string;
  max_tool_calls?: number;
  previous_response_id?: string;
  prompt?: { id: string; variables?: { [name: string]: string }; version?: string };
}

/** @see https://platform.claude.com/docs/en/api/messages/create */
export interface AnthropicBody extends Open {
  /** An automatic mark at the end of the prompt. */
  cache_control?: { type: "ephemeral"; ttl?: "5m" | "1h" };
  container?: string;
  /** "us" keeps inference there, at 1.1 times the price. */
  inference_geo?: string;
  mcp_servers?: { name: string; type: "url"; url: string; authorization_token?: string }[];
}

type HarmCategory =
  | "HARM_CATEGORY_DANGEROUS_CONTENT"
  | "HARM_CATEGORY_HARASSMENT"
  | "HARM_CATEGORY_HATE_SPEECH"
  | "HARM_CATEGORY_SEXUALLY_EXPLICIT"
  | "HARM_CATEGORY_CIVIC_INTEGRITY"
  | "HARM_CATEGORY_JAILBREAK";
type HarmThreshold =
  | "OFF"
  | "BLOCK_NONE"
  | "BLOCK_ONLY_HIGH"
  | "BLOCK_MEDIUM_AND_ABOVE"
  | "BLOCK_LOW_AND_ABOVE";

/** @see https://ai.google.dev/api/generate-content */
export interface GeminiBody extends Open {
  cachedContent?: string;
  safetySettings?: { category: HarmCategory; threshold: HarmThreshold }[];
  generationConfig?: Open & {
    imageConfig?: { aspectRatio?: string; imageSize?: string };
    mediaResolution?: "MEDIA_RESOLUTION_LOW" | "MEDIA_RESOLUTION_MEDIUM" | "MEDIA_RESOLUTION_HIGH";
    thinkingConfig?: { includeThoughts?: boolean; thinkingBudget?: number };
  };
  /** Vertex AI. */
  labels?: { [name: string]: string };
}

/** @see https://openrouter.ai/docs/api-reference/overview */
export interface OpenRouterBody extends Open {
  /** Models to turn to, in order. */
  models?: string[];
  plugins?: (Open & { id: string })[];
  provider?: Open & {
    allow_fallbacks?: boolean;
    data_collection?: "allow" | "deny";
    ignore?: string[];
    /** Dollars per million tokens. */
    max_price?: { prompt?: number; completion?: number; request?: number; image?: number };
    only?: string[];
    order?: string[];
    quantizations?: string[];
    require_parameters?: boolean;
    sort?: "price" | "throughput" | "latency";
    zdr?: boolean;
  };
  reasoning?: { effort?: string; enabled?: boolean; exclude?: boolean; max_tokens?: number };
  /** Keeps a conversation at one provider. */
  session_id?: string;
}

/** @see https://docs.ollama.com/api */
export interface OllamaBody extends Open {
  keep_alive?: string | number;
  options?: Open & {
    /** Tokens. */
    num_ctx?: number;
    min_p?: number;
    num_gpu?: number;
    num_thread?: number;
    repeat_last_n?: number;
    repeat_penalty?: number;
  };
}

/** @see https://console.groq.com/docs/api-reference */
export interface GroqBody extends Open {
  include_reasoning?: boolean;
  reasoning_format?: "hidden" | "parsed" | "raw";
}

/** @see https://docs.mistral.ai/api */
export interface MistralBody extends Open {
  prompt_mode?: "reasoning";
  safe_prompt?: boolean;
}

/** @see https://docs.perplexity.ai/api-reference/chat-completions-post */
export interface PerplexityBody extends Open {
  return_images?: boolean;
  return_related_questions?: boolean;
  search_domain_filter?: string[];
  search_mode?: "academic" | "sec" | "web";
  search_recency_filter?: "hour" | "day" | "week" | "month" | "year";
}

/** @see https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html */
export interface VllmBody extends Open {
  chat_template_kwargs?: Open & { enable_thinking?: boolean };
  min_p?: number;
  repetition_penalty?: number;
}

/** `extra_body` by provider; the others take anything. */
export interface ExtraBodies {
  openai: OpenAIBody;
  azure: OpenAIBody;
  anthropic: AnthropicBody;
  gemini: GeminiBody;
  vertex: GeminiBody;
  openrouter: OpenRouterBody;
  ollama: OllamaBody;
  groq: GroqBody;
  mistral: MistralBody;
  perplexity: PerplexityBody;
  vllm: VllmBody;
}

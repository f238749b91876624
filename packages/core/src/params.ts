/** The parameters and options that polycall knows, and the kind of value each takes. Data. */

export type Kind =
  | "string"
  | "number"
  | "integer"
  | "boolean"
  | "object"
  | "array"
  | "string or array"
  | "string or object";

/** OpenAI's request fields, with LiteLLM's `thinking`, `top_k`, `extra_body`. */
export const params: Readonly<Record<string, Kind>> = {
  model: "string",
  messages: "array",
  audio: "object",
  extra_body: "object",
  frequency_penalty: "number",
  function_call: "string or object",
  functions: "array",
  logit_bias: "object",
  logprobs: "boolean",
  max_completion_tokens: "integer",
  max_tokens: "integer",
  metadata: "object",
  modalities: "array",
  moderation: "object",
  n: "integer",
  parallel_tool_calls: "boolean",
  prediction: "object",
  presence_penalty: "number",
  prompt_cache_key: "string",
  prompt_cache_options: "object",
  prompt_cache_retention: "string",
  reasoning_effort: "string",
  response_format: "object",
  safety_identifier: "string",
  seed: "integer",
  service_tier: "string",
  stop: "string or array",
  store: "boolean",
  stream: "boolean",
  stream_options: "object",
  temperature: "number",
  thinking: "object",
  tool_choice: "string or object",
  tools: "array",
  top_k: "integer",
  top_logprobs: "integer",
  top_p: "number",
  user: "string",
  verbosity: "string",
  web_search_options: "object",
};

export const embeddingParams: Readonly<Record<string, Kind>> = {
  model: "string",
  input: "string or array",
  dimensions: "integer",
  encoding_format: "string",
  extra_body: "object",
  role: "string",
  user: "string",
};

/** Cohere's request fields, as LiteLLM takes them. */
export const rerankParams: Readonly<Record<string, Kind>> = {
  model: "string",
  query: "string",
  documents: "array",
  extra_body: "object",
  max_tokens_per_doc: "integer",
  return_documents: "boolean",
  top_n: "integer",
};

/** Options of a call: polycall's own, never sent. */
export const optionNames = [
  "apiKey",
  "baseURL",
  "fallbacks",
  "fetch",
  "headers",
  "maxRetries",
  "onUnsupported",
  "promptCaching",
  "signal",
  "timeout",
] as const;

/** What people coming from LiteLLM or Python write, and what it is called here. */
export const foreignOptions: Readonly<Record<string, string>> = {
  api_base: "baseURL",
  api_key: "apiKey",
  base_url: "baseURL",
  extra_headers: "headers",
  max_retries: "maxRetries",
  num_retries: "maxRetries",
};

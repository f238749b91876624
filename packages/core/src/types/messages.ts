/** Messages and their parts: OpenAI's, with the few additions that other providers need. */

/**
 * Marks the end of a prefix worth caching, on a part, a whole message or a tool. LiteLLM's and
 * Anthropic's name.
 */
export interface CacheControl {
  type: "ephemeral";
  ttl?: "5m" | "1h";
}

export interface TextPart {
  type: "text";
  text: string;
  cache_control?: CacheControl;
}
/** An image by URL or data URL. `imagePart()` makes one from bytes. */
export interface ImagePart {
  type: "image_url";
  image_url: { url: string; detail?: "auto" | "low" | "high" | "original" };
  cache_control?: CacheControl;
}
/** Base64 audio. `audioPart()` makes one from bytes. */
export interface AudioPart {
  type: "input_audio";
  input_audio: { data: string; format: "wav" | "mp3" };
}
/** A PDF or other file, as data URL (`file_data`) or by the provider's id. `filePart()` makes one from bytes. */
export interface FilePart {
  type: "file";
  file: { file_data?: string; file_id?: string; filename?: string };
  cache_control?: CacheControl;
}
export interface RefusalPart {
  type: "refusal";
  refusal: string;
}
export type UserPart = TextPart | ImagePart | AudioPart | FilePart;

/** Anthropic's thinking, as LiteLLM spells it. */
export type ThinkingBlock =
  | { type: "thinking"; thinking: string; signature?: string }
  | { type: "redacted_thinking"; data: string };

/**
 * What a provider must get back unchanged with this message: reasoning signatures, encrypted
 * items, server-side tool blocks. In that provider's own words, read by nobody else; plain JSON.
 */
export interface ProviderState {
  provider: string;
  model: string;
  /** The shape of `items`: the endpoint that made them ("messages", "responses", …). */
  endpoint: string;
  items: readonly unknown[];
}

export interface FunctionToolCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}
export interface CustomToolCall {
  id: string;
  type: "custom";
  custom: { name: string; input: string };
}
export type ToolCall = FunctionToolCall | CustomToolCall;

export interface SystemMessage {
  role: "system";
  cache_control?: CacheControl;
  content: string | TextPart[];
  name?: string;
}
export interface DeveloperMessage {
  role: "developer";
  cache_control?: CacheControl;
  content: string | TextPart[];
  name?: string;
}
export interface UserMessage {
  role: "user";
  cache_control?: CacheControl;
  content: string | UserPart[];
  name?: string;
}
export interface AssistantMessage {
  role: "assistant";
  cache_control?: CacheControl;
  content?: string | (TextPart | RefusalPart)[] | null;
  name?: string;
  refusal?: string | null;
  tool_calls?: ToolCall[];
  audio?: { id: string } | null;
  /** Legacy; read as one tool call. */
  function_call?: { name: string; arguments: string } | null;
  reasoning_content?: string | null;
  thinking_blocks?: ThinkingBlock[];
  provider_state?: ProviderState[];
}
/** A tool's result. Images and files reach the providers that take them, else a following user message. */
export interface ToolMessage {
  role: "tool";
  cache_control?: CacheControl;
  tool_call_id: string;
  content: string | UserPart[];
}
/** Legacy; read as the result of the call before it. */
export interface FunctionMessage {
  role: "function";
  name: string;
  content: string | null;
}
export type Message =
  | SystemMessage
  | DeveloperMessage
  | UserMessage
  | AssistantMessage
  | ToolMessage
  | FunctionMessage;

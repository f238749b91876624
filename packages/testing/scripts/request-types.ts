/** The SDKs' own request types, under names that the schema generator finds. Types only. */
import type { MessageCreateParamsBase as AnthropicBeta } from "@anthropic-ai/sdk/resources/beta/messages/messages";
import type { MessageCreateParamsBase as AnthropicStable } from "@anthropic-ai/sdk/resources/messages/messages";
import type { Content, GenerationConfig, SafetySetting, Tool, ToolConfig } from "@google/genai";
import type { ChatCompletionCreateParamsBase } from "openai/resources/chat/completions/completions";
import type { EmbeddingCreateParams } from "openai/resources/embeddings";
import type { ResponseCreateParamsBase } from "openai/resources/responses/responses";

export interface OpenAIChat extends ChatCompletionCreateParamsBase {}
export interface OpenAIResponses extends ResponseCreateParamsBase {}
export interface OpenAIEmbeddings extends EmbeddingCreateParams {}
export interface AnthropicMessages extends AnthropicStable {}
export interface AnthropicBetaMessages extends AnthropicBeta {}

/** The wire's own top level; the SDK's `config` is spread over it. */
export interface GeminiGenerate {
  model?: string;
  contents: Content[];
  systemInstruction?: Content;
  tools?: Tool[];
  toolConfig?: ToolConfig;
  safetySettings?: SafetySetting[];
  generationConfig?: GenerationConfig;
  cachedContent?: string;
  labels?: Record<string, string>;
  serviceTier?: string;
}

/** One embedContent request, also inside a batch. */
export interface GeminiEmbed {
  model?: string;
  content: Content;
  taskType?: string;
  title?: string;
  outputDimensionality?: number;
  autoTruncate?: boolean;
}
export interface GeminiBatchEmbed {
  requests: GeminiEmbed[];
}

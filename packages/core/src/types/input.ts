/** What `completion()` takes and gives: the request with schemas and tools in it, and the typed reply. */
import type { CallOptions } from "../call.ts";
import type { Attempt } from "../errors.ts";
import type { InferOutput, StandardSchema } from "../schema/standard.ts";
import type { CompletionStream } from "../stream.ts";
import type { AnyTool, ToolCallOf } from "../tool.ts";
import type { CacheReport } from "./caching.ts";
import type { Change, CompletionData, Cost } from "./completion.ts";
import type { EmbeddingData } from "./embedding.ts";
import type { Message } from "./messages.ts";
import type { CompletionParams, WireResponseFormat, WireTool } from "./request.ts";
import type { RerankData } from "./rerank.ts";

export type ToolInput = AnyTool | WireTool;
/** A zod (or other Standard) schema, or OpenAI's own `response_format`. */
export type ResponseFormat = StandardSchema | WireResponseFormat;

/** What `extra_body` takes for a model: its provider's own parameters, where they are known. */
export type ExtraBody<Model extends string, Bodies> = Model extends `${infer Provider}/${string}`
  ? Provider extends keyof Bodies
    ? Bodies[Provider]
    : { [key: string]: unknown }
  : { [key: string]: unknown };

export interface CompletionInput<
  Format extends ResponseFormat | undefined = ResponseFormat | undefined,
  Tools extends readonly ToolInput[] = readonly ToolInput[],
  Model extends string = string,
  Body = { [key: string]: unknown },
> extends CompletionParams,
    CallOptions {
  /** "provider/model". */
  model: Model;
  /** Merged into the provider's body last, deeply; wins over everything. */
  extra_body?: Body;
  messages: readonly Message[];
  tools?: Tools;
  /** A schema makes `reply.parsed` typed and checked. */
  response_format?: Format;
  stream?: boolean | null;
}

/** The type of `reply.parsed`. */
export type ParsedOf<Format> = Format extends StandardSchema
  ? InferOutput<Format>
  : Format extends { type: "json_schema" | "json_object" }
    ? unknown
    : undefined;

/** A tool call whose arguments do not fit the tool's schema; it stands in `message.tool_calls` too. */
export interface InvalidToolCall {
  id: string;
  name: string;
  /** The arguments as the model wrote them. */
  text: string;
  /** What is wrong with them, in words that the model can be told. */
  message: string;
}

/** The reply: an OpenAI chat completion, and what polycall adds to it. */
export interface Completion<
  Format = undefined,
  Tools extends readonly ToolInput[] = readonly ToolInput[],
> extends CompletionData {
  /** The first choice's text; "" when there is none. */
  text: string;
  /** The first choice's text as the schema's value. */
  parsed: ParsedOf<Format>;
  /** The first choice's tool calls, arguments checked. */
  toolCalls: ToolCallOf<Tools>[];
  invalidToolCalls: InvalidToolCall[];
  /** Absent where it is not known. */
  cost?: Cost;
  /** What the provider's prompt cache did; absent where its usage does not say. */
  cache?: CacheReport;
  provider: string;
  /** What was changed so that this model could take the request. */
  warnings: Change[];
  /** Every try of this call; the last one answered. */
  attempts: Attempt[];
  /** The provider's own object. Not enumerable. */
  readonly raw: unknown;
  /** The plain OpenAI object. */
  toJSON(): CompletionData;
}

/** The reply of `embedding()`: OpenAI's, and what polycall adds to it. */
export interface Embeddings extends EmbeddingData {
  /** Of all its requests; absent where it is not known. */
  cost?: Cost;
  provider: string;
  warnings: Change[];
  attempts: Attempt[];
}

export interface EmbeddingInput extends CallOptions {
  /** "provider/model". */
  model: string;
  input: string | readonly string[];
  /** Length of each vector, where the model can be asked for one. */
  dimensions?: number;
  encoding_format?: "float" | "base64";
  /** What the texts are for, where the provider is told: a question, or what may answer one. */
  role?: "document" | "query";
  user?: string;
  extra_body?: { [key: string]: unknown };
}

export interface RerankInput extends CallOptions {
  /** "provider/model". */
  model: string;
  query: string;
  /** Texts, none of them empty. */
  documents: readonly string[];
  /** The best of them, as many. Default: all */
  top_n?: number | null;
  /** What of a longer document is read, where the model can be told. */
  max_tokens_per_doc?: number | null;
  /** Whether each result holds its document. Default: false */
  return_documents?: boolean | null;
  extra_body?: { [key: string]: unknown };
}

export interface RerankResult {
  /** Of the document, in the order in which they were given. */
  index: number;
  /** The higher, the better; comparable within one call only, and of no common scale between models. */
  relevance_score: number;
  /** Where `return_documents` asks for it. */
  document?: { text: string };
}

/** The reply of `rerank()`: Cohere's and LiteLLM's, and what polycall adds to it. */
export interface Reranking extends RerankData {
  /** Best first. */
  results: RerankResult[];
  /** Absent where it is not known. */
  cost?: Cost;
  provider: string;
  warnings: Change[];
  attempts: Attempt[];
}

export type PolycallReply = Completion | CompletionStream | Embeddings | Reranking;

/**
 * `completion()`. `stream: true` gives a stream; a schema types `parsed`; tools type `toolCalls`.
 * `Known` are the model strings that an editor offers, any other is taken too; `Bodies` type
 * `extra_body` by the provider in the model string.
 */
export interface CompletionFunction<Known extends string = string, Bodies = unknown> {
  <
    Format extends ResponseFormat | undefined = undefined,
    const Tools extends readonly ToolInput[] = readonly ToolInput[],
    Model extends Known | (string & {}) = string,
  >(
    input: CompletionInput<Format, Tools, Model | Known, ExtraBody<Model, Bodies>> & {
      stream: true;
    },
  ): Promise<CompletionStream<Format, Tools>>;
  <
    Format extends ResponseFormat | undefined = undefined,
    const Tools extends readonly ToolInput[] = readonly ToolInput[],
    Model extends Known | (string & {}) = string,
  >(
    input: CompletionInput<Format, Tools, Model | Known, ExtraBody<Model, Bodies>> & {
      stream?: false | null;
    },
  ): Promise<Completion<Format, Tools>>;
  <
    Format extends ResponseFormat | undefined = undefined,
    const Tools extends readonly ToolInput[] = readonly ToolInput[],
    Model extends Known | (string & {}) = string,
  >(
    input: CompletionInput<Format, Tools, Model | Known, ExtraBody<Model, Bodies>>,
  ): Promise<Completion<Format, Tools> | CompletionStream<Format, Tools>>;
}

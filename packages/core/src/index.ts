/** What @polycall/core exports. */
export type {
  AnyRequest,
  Call,
  CallOptions,
  ConnectionOptions,
  FallbackTarget,
  TimeoutOption,
} from "./call.ts";
export type { QuirkStore } from "./capabilities/book.ts";
export type {
  Capabilities,
  CapabilityFacts,
  CapabilityLayer,
  CapabilityRule,
  FactShape,
  FactValue,
  ParamFact,
  ParamFacts,
} from "./capabilities/layers.ts";
export { factsFrom } from "./capabilities/layers.ts";
export { Changes } from "./changes.ts";
export { checkIndex } from "./check-reply.ts";
export type { Envelope, ErrorClass } from "./classify.ts";
export { classifyFailure } from "./classify.ts";
export type { PolycallClient } from "./client.ts";
export { createClient } from "./client.ts";
export type { CapabilityTools, ClientOptions } from "./client-context.ts";
export type { CountedTokens, CountOptions } from "./count-tokens.ts";
export { countTokens } from "./count-tokens.ts";
// For adapters
export { effortOfThinking, nearestEffort } from "./effort.ts";
export type { Attempt, ErrorInfo } from "./errors.ts";
export {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIResponseValidationError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ContentPolicyViolationError,
  ContextWindowExceededError,
  InsufficientFundsError,
  InternalServerError,
  InvalidRequestError,
  MissingKeyError,
  NotFoundError,
  OverloadedError,
  PermissionDeniedError,
  PolycallError,
  RateLimitError,
  SchemaValidationError,
  ServiceUnavailableError,
  UnknownProviderError,
  UnprocessableEntityError,
  UnsupportedParamsError,
} from "./errors.ts";
export type { Explanation } from "./explain.ts";
export { explainInFull } from "./explain-in-full.ts";
export { callArguments, callName, sameArguments } from "./history/calls.ts";
export { declareTools } from "./history/declare-tools.ts";
export type { EmptyContentOptions } from "./history/empty-content.ts";
export { emptyContent } from "./history/empty-content.ts";
export { isForeign } from "./history/foreign.ts";
export { foreignCallKeys, foreignMessageKeys } from "./history/foreign-keys.ts";
export { legacyFunctions, legacyTools } from "./history/legacy-functions.ts";
export { warnOfLostMedia } from "./history/lost-media.ts";
export { mergeTurns } from "./history/merge-turns.ts";
export { orderResults } from "./history/order-results.ts";
export { answerOrphanCalls, dropOrphanResults } from "./history/orphans.ts";
export { resultImages } from "./history/result-images.ts";
export type { HoistSystemOptions } from "./history/system.ts";
export { hoistSystem, systemImages } from "./history/system.ts";
export { textOnlyContent } from "./history/text-only-content.ts";
export type { ToolCallIdOptions } from "./history/tool-call-ids.ts";
export { toolCallIds } from "./history/tool-call-ids.ts";
export type { NamedTools, ToolNameOptions } from "./history/tool-names.ts";
export { toolNames } from "./history/tool-names.ts";
export { editEach, placeOf, Trail } from "./history/trail.ts";
export type { UserFirstOptions } from "./history/user-first.ts";
export { userFirst } from "./history/user-first.ts";
export { dropParams } from "./lacking.ts";
export type { Logger, LogLevel } from "./logger.ts";
export { mediaTypeOf } from "./media-type.ts";
export { mergeBody } from "./merge-body.ts";
export { nearest } from "./nearest.ts";
export type { Bytes, FileOptions, ImageOptions } from "./parts.ts";
export { audioPart, filePart, imagePart, parseDataUrl } from "./parts.ts";
export type { Next, Plugin } from "./plugin.ts";
export { fallback } from "./plugins/fallback.ts";
export { reask } from "./plugins/reask.ts";
export type { RetryOptions } from "./plugins/retry.ts";
export { retry } from "./plugins/retry.ts";
export type {
  Connection,
  CountEndpoint,
  Decoder,
  EmbeddingEndpoint,
  Failure,
  Plan,
  PlanContext,
  Provider,
  ProviderInfo,
  RerankEndpoint,
  Send,
} from "./provider.ts";
export { ReplyFailure } from "./provider.ts";
export { rerank } from "./rerank.ts";
export type { ProviderLoader, ProviderOptions, Resolved } from "./resolve.ts";
export { environment } from "./resolve.ts";
export type { CompiledSchema, Dialect, Moved } from "./schema/compile.ts";
export { compileSchema } from "./schema/compile.ts";
export { parseJsonReply } from "./schema/json-text.ts";
export type { InferInput, InferOutput, StandardSchema } from "./schema/standard.ts";
export { isStandardSchema, toJsonSchema } from "./schema/standard.ts";
export { issuesOf, validate } from "./schema/validate.ts";
export type { ResponseOptions, StreamFormat } from "./sse/respond.ts";
export { CompletionStream } from "./stream.ts";
export { reportStreamOptions } from "./stream-options.ts";
export type {
  AnyTool,
  Tool,
  ToolArgs,
  ToolCallOf,
  ToolContext,
  ToolParameters,
  ToolPolicy,
} from "./tool.ts";
export { isTool, tool } from "./tool.ts";
export type { ToolArguments } from "./tool-args.ts";
export { parseToolArguments } from "./tool-args.ts";
export type {
  CacheBreak,
  CachePlan,
  CacheReport,
  CacheTtl,
  CachingFacts,
  PlannedMark,
  PromptCaches,
  PromptCaching,
  PromptCachingOptions,
} from "./types/caching.ts";
export type {
  Annotation,
  Change,
  Choice,
  ChunkChoice,
  CompletionChunk,
  CompletionData,
  Cost,
  CostPart,
  Delta,
  FinishReason,
  Logprobs,
  Pricing,
  ReplyMessage,
  Served,
  ServerToolUse,
  TokenLogprob,
  TokenPart,
  ToolCallDelta,
  Usage,
  UsePart,
} from "./types/completion.ts";
export type { EmbeddingData } from "./types/embedding.ts";
export type {
  Asked,
  Description,
  Forecast,
  ForecastCost,
  SentRequest,
  TokenCount,
} from "./types/forecast.ts";
export type {
  Completion,
  CompletionFunction,
  CompletionInput,
  EmbeddingInput,
  Embeddings,
  ExtraBody,
  InvalidToolCall,
  ParsedOf,
  PolycallReply,
  RerankInput,
  Reranking,
  RerankResult,
  ResponseFormat,
  ToolInput,
} from "./types/input.ts";
export type {
  AssistantMessage,
  AudioPart,
  CacheControl,
  CustomToolCall,
  DeveloperMessage,
  FilePart,
  FunctionMessage,
  FunctionToolCall,
  ImagePart,
  Message,
  ProviderState,
  RefusalPart,
  SystemMessage,
  TextPart,
  ThinkingBlock,
  ToolCall,
  ToolMessage,
  UserMessage,
  UserPart,
} from "./types/messages.ts";
export type {
  CompletionParams,
  CompletionRequest,
  CustomTool,
  EmbeddingRequest,
  FunctionTool,
  JsonSchema,
  ReasoningEffort,
  RerankRequest,
  ToolChoice,
  WireResponseFormat,
  WireTool,
} from "./types/request.ts";
export type { RerankData, RerankUsage } from "./types/rerank.ts";

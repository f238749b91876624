export { Changes } from "./changes.ts";
export type { Envelope, ErrorClass } from "./classify.ts";
export { classifyFailure } from "./classify.ts";
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
export type {
  Connection,
  Decoder,
  EmbeddingEndpoint,
  Failure,
  Plan,
  PlanContext,
  Provider,
  ProviderInfo,
  Send,
} from "./provider.ts";
export { ReplyFailure } from "./provider.ts";
export type * from "./types/completion.ts";
export type { EmbeddingData } from "./types/embedding.ts";
export type * from "./types/messages.ts";
export type * from "./types/request.ts";

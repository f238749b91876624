/** The one error family of polycall: openai-node's names, LiteLLM's where it has none. */
import type { Usage } from "./types/completion.ts";

const brand = Symbol.for("polycall.error");

/** What an error knows besides its message. Every field is absent where it does not apply. */
export interface ErrorInfo {
  provider?: string;
  model?: string;
  /** HTTP status of the provider's reply. */
  status?: number;
  /** The provider's own code, type and parameter name. */
  code?: string;
  type?: string;
  param?: string;
  /** The id of the combination of parameters that conflicts: docs/compatibility.md lists them. */
  rule?: string;
  requestId?: string;
  /** How long the provider asks us to wait, in ms. */
  retryAfterMs?: number;
  /** What the provider's `x-should-retry` says, or a limit that ran out; it wins over the error's class. */
  shouldRetry?: boolean;
  /** The provider's error body, secrets removed. */
  body?: unknown;
  cause?: unknown;
}

/** One try of a call, as told in `reply.attempts` and `error.attempts`. */
export interface Attempt {
  provider: string;
  model: string;
  /** Wall time of the try in ms, up to the reply's head (or first event, when streamed). */
  ms: number;
  status?: number;
  /** Tokens that this try used, as far as they were counted; of a reply that was refused, too. */
  usage?: Usage;
  /** Dollars that they cost; absent where it is not known. */
  cost?: number;
  /** It may have cost more than is known here: its reply broke before its tokens were counted. */
  uncounted?: true;
  /** Name and message of the error that ended it; absent when it succeeded. */
  error?: { name: string; message: string };
}

/**
 * The root of every error that polycall throws. `instanceof` works across duplicated copies of
 * the package: it compares a brand, not the prototype.
 */
export class PolycallError extends Error {
  static readonly kind: string = "PolycallError";
  declare readonly provider?: string;
  declare readonly model?: string;
  declare readonly status?: number;
  declare readonly code?: string;
  declare readonly type?: string;
  declare readonly param?: string;
  declare readonly rule?: string;
  declare readonly requestId?: string;
  declare readonly retryAfterMs?: number;
  declare readonly shouldRetry?: boolean;
  declare readonly body?: unknown;
  /** Every try that was made before this error was given up to. */
  declare attempts?: readonly Attempt[];
  /** The reply as far as it had come when a stream broke. */
  declare partial?: unknown;

  constructor(message: string, info: ErrorInfo = {}) {
    super(message, info.cause === undefined ? undefined : { cause: info.cause });
    const { cause: _, ...fields } = info;
    for (const [key, value] of Object.entries(fields)) {
      if (value !== undefined) Object.defineProperty(this, key, { value, enumerable: true });
    }
    const kinds: string[] = [];
    for (let c = new.target; c?.kind; c = Object.getPrototypeOf(c)) kinds.push(c.kind);
    Object.defineProperty(this, brand, { value: kinds });
    Object.defineProperty(this, "name", { value: new.target.kind, configurable: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (!Object.hasOwn(this, "kind"))
      return Function.prototype[Symbol.hasInstance].call(this, value);
    const kinds = (value as { [brand]?: readonly string[] } | null | undefined)?.[brand];
    return Array.isArray(kinds) && kinds.includes(this.kind);
  }

  /** Plain data for logs; holds no key. */
  toJSON(): Record<string, unknown> {
    const { partial: _, ...fields } = this;
    return { ...fields, name: this.name, message: this.message };
  }
}

/** A provider's refusal. */
export class APIError extends PolycallError {
  static override readonly kind: string = "APIError";
}
export class BadRequestError extends APIError {
  static override readonly kind: string = "BadRequestError";
}
export class ContextWindowExceededError extends BadRequestError {
  static override readonly kind: string = "ContextWindowExceededError";
}
export class ContentPolicyViolationError extends BadRequestError {
  static override readonly kind: string = "ContentPolicyViolationError";
}
export class AuthenticationError extends APIError {
  static override readonly kind: string = "AuthenticationError";
}
export class InsufficientFundsError extends APIError {
  static override readonly kind: string = "InsufficientFundsError";
}
export class PermissionDeniedError extends APIError {
  static override readonly kind: string = "PermissionDeniedError";
}
export class NotFoundError extends APIError {
  static override readonly kind: string = "NotFoundError";
}
export class ConflictError extends APIError {
  static override readonly kind: string = "ConflictError";
}
export class UnprocessableEntityError extends APIError {
  static override readonly kind: string = "UnprocessableEntityError";
}
export class RateLimitError extends APIError {
  static override readonly kind: string = "RateLimitError";
}
export class InternalServerError extends APIError {
  static override readonly kind: string = "InternalServerError";
}
export class OverloadedError extends InternalServerError {
  static override readonly kind: string = "OverloadedError";
}
export class ServiceUnavailableError extends InternalServerError {
  static override readonly kind: string = "ServiceUnavailableError";
}
/** A 2xx reply that is not what the provider's API promises: HTML, empty, cut, not JSON. */
export class APIResponseValidationError extends APIError {
  static override readonly kind: string = "APIResponseValidationError";
}

/** The way to the provider failed: DNS, TLS, refused, reset, cut. */
export class APIConnectionError extends PolycallError {
  static override readonly kind: string = "APIConnectionError";
  /** Where on the way it failed. */
  declare readonly phase?: string;
  constructor(message: string, info: ErrorInfo & { phase?: string } = {}) {
    super(message, info);
  }
}
/** A timeout passed; `phase` says which: connect, firstByte, idle or total. */
export class APIConnectionTimeoutError extends APIConnectionError {
  static override readonly kind: string = "APIConnectionTimeoutError";
}
/** The caller's signal aborted the call. Its `name` is the platform's, "AbortError". */
export class APIUserAbortError extends PolycallError {
  static override readonly kind: string = "APIUserAbortError";
  constructor(message = "The call was aborted.", info: ErrorInfo = {}) {
    super(message, info);
    Object.defineProperty(this, "name", { value: "AbortError", configurable: true });
  }
}

/** The request asks for what this model or provider cannot do; nothing was sent. `param` names it. */
export class UnsupportedParamsError extends PolycallError {
  static override readonly kind: string = "UnsupportedParamsError";
}
/** The request itself is malformed (a wrong type, a missing field); nothing was sent. */
export class InvalidRequestError extends PolycallError {
  static override readonly kind: string = "InvalidRequestError";
}
/** No API key; the message names the variable and where to get a key. Nothing was sent. */
export class MissingKeyError extends PolycallError {
  static override readonly kind: string = "MissingKeyError";
}
/** The model string names no known provider; the message names the nearest. */
export class UnknownProviderError extends PolycallError {
  static override readonly kind: string = "UnknownProviderError";
}
/** The reply does not fit the schema that was asked for. */
export class SchemaValidationError extends PolycallError {
  static override readonly kind: string = "SchemaValidationError";
  /** What was wrong, where. */
  declare readonly issues?: readonly { path: string; message: string }[];
  /** The text that did not fit. */
  declare readonly text?: string;
  /** The whole reply that did not fit. */
  declare readonly reply?: unknown;
  constructor(
    message: string,
    info: ErrorInfo & {
      issues?: readonly { path: string; message: string }[];
      text?: string;
      reply?: unknown;
    } = {},
  ) {
    super(message, info);
  }
}

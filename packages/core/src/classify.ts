/** A provider's refusal as one of our errors: structured code, then status, then words [providers.md 2.2]. */
import {
  APIConnectionTimeoutError,
  APIError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ContentPolicyViolationError,
  ContextWindowExceededError,
  type ErrorInfo,
  InsufficientFundsError,
  InternalServerError,
  NotFoundError,
  OverloadedError,
  PermissionDeniedError,
  type PolycallError,
  RateLimitError,
  ServiceUnavailableError,
  UnprocessableEntityError,
} from "./errors.ts";
import type { Failure } from "./provider.ts";
import { retryAfterMs } from "./retry-after.ts";

export type ErrorClass = new (message: string, info?: ErrorInfo) => PolycallError;

/** What an adapter reads from its provider's error envelope. */
export interface Envelope {
  message?: string;
  /** The provider's code or type, looked up in `byCode`; the first that is found decides. */
  codes: readonly (string | undefined)[];
  param?: string;
  requestId?: string;
  /** The status that the body names, where the reply itself was a 200. */
  status?: number;
}

/** Codes that mean the same wherever they are met. An adapter's own table wins over these. */
const commonCodes: Record<string, ErrorClass> = {
  context_length_exceeded: ContextWindowExceededError,
  content_policy_violation: ContentPolicyViolationError,
  content_filter: ContentPolicyViolationError,
  insufficient_quota: InsufficientFundsError,
  rate_limit_exceeded: RateLimitError,
  invalid_api_key: AuthenticationError,
  model_not_found: NotFoundError,
  server_error: InternalServerError,
};

const byStatus: Record<number, ErrorClass> = {
  400: BadRequestError,
  401: AuthenticationError,
  402: InsufficientFundsError,
  403: PermissionDeniedError,
  404: NotFoundError,
  408: APIConnectionTimeoutError,
  409: ConflictError,
  413: BadRequestError,
  422: UnprocessableEntityError,
  429: RateLimitError,
  500: InternalServerError,
  502: ServiceUnavailableError,
  503: ServiceUnavailableError,
  504: APIConnectionTimeoutError,
  529: OverloadedError,
};

/** Lower-case words that refine a 400, 413, 422, 500 or unknown status; the first row that fits wins. */
const byWords: readonly { words: readonly string[]; not?: readonly string[]; is: ErrorClass }[] = [
  {
    is: ContextWindowExceededError,
    words: [
      "context_length_exceeded",
      "maximum context length is",
      "exceed context limit",
      "input tokens exceed the configured limit",
      "is longer than the model's context length",
      "exceeds the available context size",
      "exceeds the context window",
      "exceeds the context length",
      "exceeds the maximum number of tokens allowed",
      "while limit is",
      "prompt is too long",
      "prompt: length",
      "input is too long",
      "too many input tokens",
      "too many tokens",
      "exceed model maximum",
      "request payload size exceeds",
      "length limit exceeded",
    ],
    not: ["string_above_max_length", "tool name"],
  },
  {
    is: ContentPolicyViolationError,
    words: [
      "content_policy_violation",
      "responsibleaipolicyviolation",
      "content management policy",
      "content filtering policy",
      "the response was blocked",
      "data_inspection_failed",
    ],
  },
  {
    is: RateLimitError,
    words: [
      "rate limit",
      "service tier capacity exceeded",
      "token_quota_reached",
      "request too large",
    ],
  },
  { is: InsufficientFundsError, words: ["credit balance is too low", "insufficient balance"] },
  { is: AuthenticationError, words: ["api key not valid", "incorrect api key"] },
];

const refinable = new Set([400, 413, 422, 500]);

function inWords(text: string): ErrorClass | undefined {
  const lower = text.toLowerCase();
  const has = (words: readonly string[]) => words.some((word) => lower.includes(word));
  return byWords.find(({ words, not }) => has(words) && !(not && has(not)))?.is;
}

/**
 * The error for a failure.
 * @param envelope what the adapter read from the body
 * @param byCode the provider's own codes and types -> error class
 */
export function classifyFailure(
  failure: Failure,
  envelope: Envelope,
  byCode: Record<string, ErrorClass> = {},
): PolycallError {
  const status = failure.status >= 400 ? failure.status : (envelope.status ?? failure.status);
  const codes = envelope.codes.filter((code) => code !== undefined);
  let found: ErrorClass | undefined;
  for (const code of codes) {
    for (const table of [byCode, commonCodes]) {
      if (Object.hasOwn(table, code)) found ??= table[code];
    }
  }
  const text = envelope.message ?? failure.text;
  // "server_error" says less than 503 or 504 does.
  if (found === InternalServerError && (status > 500 || status === 408)) found = byStatus[status];
  if (!found && (refinable.has(status) || !byStatus[status])) found = inWords(text);
  found ??= byStatus[status] ?? (status >= 500 ? InternalServerError : undefined);
  found ??= status >= 400 && status < 500 ? BadRequestError : APIError;
  const { provider, model } = failure;
  const shouldRetry = failure.header("x-should-retry");
  const said = (text.trim() || "(empty reply)").slice(0, 2000);
  return new found(`${provider}/${model}: ${status} ${said}`, {
    provider,
    model,
    status,
    code: codes[0],
    type: codes[1] ?? undefined,
    param: envelope.param,
    requestId: envelope.requestId ?? requestId(failure),
    retryAfterMs: retryAfterMs(failure.header, failure.body, text, Date.now()),
    shouldRetry: shouldRetry === undefined ? undefined : shouldRetry === "true",
    body: failure.body ?? failure.text.slice(0, 2000),
  });
}

function requestId({ header }: Failure): string | undefined {
  for (const name of [
    "x-request-id",
    "request-id",
    "x-goog-request-id",
    "apim-request-id",
    "cf-ray",
  ]) {
    const id = header(name);
    if (id) return id;
  }
  return undefined;
}

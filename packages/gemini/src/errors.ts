/**
 * Google's failures as polycall errors. Pure. Source: google.rpc.Code and ErrorInfo,
 * ai.google.dev/gemini-api/docs/troubleshooting, checked 2026-11-23.
 */
import {
  AuthenticationError,
  BadRequestError,
  ConflictError,
  classifyFailure,
  type Envelope,
  type ErrorClass,
  type Failure,
  InsufficientFundsError,
  InternalServerError,
  NotFoundError,
  OverloadedError,
  PermissionDeniedError,
  type PolycallError,
  RateLimitError,
  ServiceUnavailableError,
} from "@polycall/core";
import { isFailure } from "./finish.ts";

/** INVALID_ARGUMENT and INTERNAL are not here: status and words know more about them. */
const byCode: Record<string, ErrorClass> = {
  API_KEY_INVALID: AuthenticationError,
  API_KEY_EXPIRED: AuthenticationError,
  ACCESS_TOKEN_EXPIRED: AuthenticationError,
  OVERLOADED: OverloadedError,
  CREDITS_DEPLETED: InsufficientFundsError,
  UNAUTHENTICATED: AuthenticationError,
  PERMISSION_DENIED: PermissionDeniedError,
  NOT_FOUND: NotFoundError,
  ALREADY_EXISTS: ConflictError,
  ABORTED: ConflictError,
  RESOURCE_EXHAUSTED: RateLimitError,
  UNAVAILABLE: ServiceUnavailableError,
  OUT_OF_RANGE: BadRequestError,
  FAILED_PRECONDITION: BadRequestError,
  // Finish reasons that say the model failed.
  MALFORMED_FUNCTION_CALL: InternalServerError,
  MALFORMED_RESPONSE: InternalServerError,
  UNEXPECTED_TOOL_CALL: InternalServerError,
  TOO_MANY_TOOL_CALLS: InternalServerError,
};

type Json = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;
const textOf = (value: unknown) => (typeof value === "string" ? value : undefined);

/** `{ error: { code, status, message, details } }`; `code` is the HTTP status. */
function ofError(error: Json): Envelope {
  const { code, details } = error;
  const status = textOf(error.status);
  const message = textOf(error.message);
  const reasons = Array.isArray(details) ? details.map((detail) => textOf(detail?.reason)) : [];
  const reason = reasons.find((name) => name !== undefined && Object.hasOwn(byCode, name));
  const isOverloaded = status === "UNAVAILABLE" && /overloaded/i.test(message ?? "");
  // No wait helps: "Your prepayment credits are depleted." comes as a 429 without RetryInfo.
  const isEmpty = status === "RESOURCE_EXHAUSTED" && /credits are depleted/i.test(message ?? "");
  return {
    message,
    codes: [reason, isOverloaded ? "OVERLOADED" : isEmpty ? "CREDITS_DEPLETED" : undefined, status],
    ...(typeof code === "number" && { status: code }),
  };
}

/** A reply whose finish reason says that the model failed. */
function ofReply(candidates: readonly unknown[]): Envelope {
  for (const candidate of candidates) {
    const finishReason = isObject(candidate) ? textOf(candidate.finishReason) : undefined;
    if (!isObject(candidate) || !isFailure(finishReason)) continue;
    const why = textOf(candidate.finishMessage);
    const message = `the model's reply failed (${finishReason})${why ? `: ${why}` : ""}`;
    return { message, codes: [finishReason] };
  }
  return { codes: [] };
}

function envelopeOf(body: unknown): Envelope {
  if (!isObject(body)) return { codes: [] };
  const { error, candidates } = body;
  if (isObject(error)) return ofError(error);
  if (Array.isArray(candidates)) return ofReply(candidates);
  return { message: textOf(error), codes: [] };
}

/** A refusal of Google's as one of our errors. An error may come wrapped in an array. */
export function classify(failure: Failure): PolycallError {
  const { provider, model, status, text } = failure;
  const body: unknown = Array.isArray(failure.body) ? failure.body[0] : failure.body;
  const header = (name: string) => failure.header(name);
  return classifyFailure({ provider, model, status, text, body, header }, envelopeOf(body), byCode);
}

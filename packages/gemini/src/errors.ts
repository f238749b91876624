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

interface GoogleError {
  code?: number;
  message?: string;
  status?: string;
  details?: { reason?: unknown }[];
}
interface Body {
  error?: GoogleError | string;
  candidates?: { finishReason?: string; finishMessage?: string }[];
}

function envelopeOf(body: Body | undefined): Envelope {
  const error = body?.error;
  if (typeof error === "string") return { message: error, codes: [] };
  if (error) {
    const reasons = Array.isArray(error.details)
      ? error.details.map((detail) => detail?.reason)
      : [];
    const reason = reasons.find(
      (value) => typeof value === "string" && Object.hasOwn(byCode, value),
    );
    const overloaded = error.status === "UNAVAILABLE" && /overloaded/i.test(error.message ?? "");
    return {
      message: error.message,
      codes: [reason as string | undefined, overloaded ? "OVERLOADED" : undefined, error.status],
      status: error.code,
    };
  }
  const failed = body?.candidates?.find(({ finishReason }) => isFailure(finishReason));
  if (!failed) return { codes: [] };
  const { finishReason, finishMessage } = failed;
  const message = `the model's reply failed (${finishReason})${finishMessage ? `: ${finishMessage}` : ""}`;
  return { message, codes: [finishReason] };
}

/** A refusal of Google's as one of our errors. An error may come wrapped in an array. */
export function classify(failure: Failure): PolycallError {
  const { provider, model, status, text } = failure;
  const body: unknown = Array.isArray(failure.body) ? failure.body[0] : failure.body;
  const header = (name: string) => failure.header(name);
  const isObject = typeof body === "object" && body !== null;
  const envelope = envelopeOf(isObject ? (body as Body) : undefined);
  return classifyFailure({ provider, model, status, text, body, header }, envelope, byCode);
}

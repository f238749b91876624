/** Anthropic's failures as polycall errors. Pure. Source: @anthropic-ai/sdk 1.12 `ErrorType`, `ErrorDetails`. */
import {
  APIConnectionTimeoutError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  classifyFailure,
  type ErrorClass,
  type Failure,
  InsufficientFundsError,
  InternalServerError,
  NotFoundError,
  OverloadedError,
  PermissionDeniedError,
  type PolycallError,
  RateLimitError,
} from "@polycall/core";
import { isObject } from "./blocks.ts";

/** `invalid_request_error` is not here: its words say which 400 it is. */
const byCode: Record<string, ErrorClass> = {
  authentication_error: AuthenticationError,
  billing_error: InsufficientFundsError,
  permission_error: PermissionDeniedError,
  not_found_error: NotFoundError,
  conflict_error: ConflictError,
  request_too_large: BadRequestError,
  rate_limit_error: RateLimitError,
  api_error: InternalServerError,
  timeout_error: APIConnectionTimeoutError,
  overloaded_error: OverloadedError,
  contract_spend_limit_reached: InsufficientFundsError,
  enforced_spend_limit_reached: InsufficientFundsError,
  linked_organization_spend_limit_reached: InsufficientFundsError,
  linked_organization_billing_unavailable: InsufficientFundsError,
  ramp_limit_exceeded: RateLimitError,
};

/** The status that a type comes with: an error inside a 200 stream has no other. */
const statusOf: Record<string, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** `{ type: "error", error: { type, message, details? }, request_id }` -> one of our errors. */
export function classify(failure: Failure): PolycallError {
  const body = isObject(failure.body) ? failure.body : {};
  const error = isObject(body.error) ? body.error : {};
  const details = isObject(error.details) ? error.details : {};
  const type = text(error.type);
  return classifyFailure(
    failure,
    {
      message: text(error.message),
      codes: [text(details.error_code), type],
      requestId: text(body.request_id),
      status: type === undefined ? undefined : statusOf[type],
    },
    byCode,
  );
}

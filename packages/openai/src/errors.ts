/** OpenAI-shaped failures as polycall errors. Pure. Sources: the hosts' API docs and recorded errors, 2026-11. */
import {
  AuthenticationError,
  BadRequestError,
  ContentPolicyViolationError,
  ContextWindowExceededError,
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
} from "@polycall/core";
import { isObject } from "./chat/wire.ts";

const byCode: Record<string, ErrorClass> = {
  account_deactivated: PermissionDeniedError,
  billing_hard_limit_reached: InsufficientFundsError,
  bio_policy: ContentPolicyViolationError,
  billing_not_active: InsufficientFundsError,
  capacity_exceeded: OverloadedError,
  cyber_policy: ContentPolicyViolationError,
  DeploymentNotFound: NotFoundError,
  engine_overloaded: OverloadedError,
  engine_overloaded_error: OverloadedError,
  exceeded_current_quota_error: InsufficientFundsError,
  image_content_policy_violation: ContentPolicyViolationError,
  insufficient_system_resource: OverloadedError,
  internal_error: InternalServerError,
  invalid_authentication_error: AuthenticationError,
  // "Your prompt was flagged as potentially violating our usage policy."
  invalid_prompt: ContentPolicyViolationError,
  misalignment_policy_violation: ContentPolicyViolationError,
  model_not_available: NotFoundError,
  overloaded_error: OverloadedError,
  rate_limit_reached_error: RateLimitError,
  request_too_large: ContextWindowExceededError,
  ResponsibleAIPolicyViolation: ContentPolicyViolationError,
  slow_down: OverloadedError,
  tool_use_failed: BadRequestError,
  tokens: RateLimitError,
  "429": RateLimitError,
  // Z.ai, https://docs.z.ai/api-reference/api-code
  "1000": AuthenticationError,
  "1001": AuthenticationError,
  "1002": AuthenticationError,
  "1113": InsufficientFundsError,
  "1211": NotFoundError,
  "1261": ContextWindowExceededError,
  "1301": ContentPolicyViolationError,
  "1302": RateLimitError,
  "1305": RateLimitError,
  // Google's finish reasons that say the model failed
  MALFORMED_FUNCTION_CALL: InternalServerError,
  MALFORMED_RESPONSE: InternalServerError,
  TOO_MANY_TOOL_CALLS: InternalServerError,
  UNEXPECTED_TOOL_CALL: InternalServerError,
  // MiniMax's base_resp.status_code
  "1004": AuthenticationError,
  "1008": InsufficientFundsError,
  "1026": ContentPolicyViolationError,
  "1027": ContentPolicyViolationError,
};

export function classify(failure: Failure): PolycallError {
  return classifyFailure(failure, envelopeOf(failure), byCode);
}

/** `{ error: {…} }`, `{ error: "…" }`, `[{ error }]`, `{ message }`, `{ detail }`, `{ base_resp }`. */
function envelopeOf({ body: given, status }: Failure): Envelope {
  const body = Array.isArray(given) ? given[0] : given;
  if (!isObject(body)) return { codes: [] };
  const error = isObject(body.error) ? body.error : undefined;
  if (error) return inError(error, status);
  const { base_resp, request_id } = body;
  if (isObject(base_resp)) {
    return { message: text(base_resp.status_msg), codes: [text(base_resp.status_code)] };
  }
  const message = text(body.error) ?? text(body.message) ?? details(detailOf(body));
  return {
    message,
    codes: [noCredits(message), text(body.code), text(body.type)].filter(
      (one) => one !== undefined,
    ),
    param: text(body.param),
    requestId: text(request_id),
    status: statusOf(body.code) ?? statusOf(body.status),
  };
}

function inError(error: { [key: string]: unknown }, status: number): Envelope {
  const { metadata } = error;
  const inner = isObject(error.innererror) ? error.innererror : undefined;
  const numeric = statusOf(error.code) ?? statusOf(error.status_code);
  // OpenRouter's codes are statuses; Z.ai's are codes of its own, as text. A gateway's 5xx may hold
  // the upstream's 429.
  const isLimit = status >= 500 && numeric === 429;
  const code = isLimit || !statusOf(error.code) ? text(error.code) : undefined;
  return {
    message: withCause(text(error.message) ?? text(error.detail), metadata),
    codes: [flagged(metadata), text(inner?.code), code, text(error.type)].filter(
      (one) => one !== undefined,
    ),
    param: text(error.param),
    requestId: text(error.request_id),
    status: numeric ?? (status < 400 ? statusOf(error.status) : undefined),
  };
}

/** xAI answers 403 or 429, with a sentence about permissions for a code. */
function noCredits(message: string | undefined): string | undefined {
  const isOut = /doesn't have any credits|used all available credits/i.test(message ?? "");
  return isOut ? "insufficient_quota" : undefined;
}

/** OpenRouter's 403 for an input that the model's moderation flagged; a 403 is else a lack of rights. */
function flagged(metadata: unknown): string | undefined {
  const isFlagged = isObject(metadata) && metadata.flagged_input !== undefined;
  return isFlagged ? "content_policy_violation" : undefined;
}

/** OpenRouter says "Provider returned error" and puts what it was into `metadata.raw`. */
function withCause(message: string | undefined, metadata: unknown): string | undefined {
  if (!isObject(metadata)) return message;
  const { raw, provider_name } = metadata;
  const cause = typeof raw === "string" ? raw : raw ? JSON.stringify(raw) : undefined;
  const from = text(provider_name);
  const parts = [message, cause && (from ? `${from}: ${cause}` : cause)];
  return parts.filter(Boolean).join(" | ") || undefined;
}

/** Mistral puts FastAPI's `detail` into `message`. */
function detailOf({ message, detail }: { [key: string]: unknown }): unknown {
  return isObject(message) ? (message.detail ?? message) : detail;
}

/** FastAPI's `detail`: a text, or a list of what is wrong where. */
function details(detail: unknown): string | undefined {
  if (!Array.isArray(detail)) return isObject(detail) ? JSON.stringify(detail) : text(detail);
  return detail
    .map((one) => (isObject(one) ? `${[one.loc].flat().join(".")}: ${text(one.msg)}` : text(one)))
    .join("; ");
}

function statusOf(value: unknown): number | undefined {
  return typeof value === "number" && value >= 400 && value < 600 ? value : undefined;
}

function text(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value ? value : undefined;
}

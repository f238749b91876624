/** Hosts' refusals end in the right class, with everything that was said. */
import type { Failure } from "@polycall/core";
import { expect, test } from "vitest";
import { openai } from "../src/index.ts";

function failure(status: number, body: unknown, headers: Record<string, string> = {}): Failure {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return {
    provider: "p",
    model: "m",
    status,
    header: (name) => headers[name],
    text,
    body: typeof body === "string" ? undefined : body,
  };
}

const error = (inner: object) => ({ error: inner });

test.each<[string, number, unknown, string, string]>([
  [
    "a call that Google could not parse",
    200,
    error({
      message: 'The generation ended with "MALFORMED_FUNCTION_CALL".',
      code: "MALFORMED_FUNCTION_CALL",
    }),
    "InternalServerError",
    "MALFORMED_FUNCTION_CALL",
  ],
  [
    "OpenAI's key",
    401,
    error({
      message: "Incorrect API key",
      type: "invalid_request_error",
      code: "invalid_api_key",
      param: null,
    }),
    "AuthenticationError",
    "Incorrect API key",
  ],
  [
    "a gateway's 500 for the upstream's limit",
    500,
    error({ message: "upstream is busy", code: 429 }),
    "RateLimitError",
    "upstream is busy",
  ],
  [
    "Mistral's detail",
    422,
    {
      object: "error",
      message: { detail: [{ loc: ["body", "x"], msg: "Extra inputs are not permitted" }] },
      type: "invalid_request_error",
    },
    "UnprocessableEntityError",
    "p/m: 422 body.x: Extra inputs are not permitted",
  ],
  [
    "OpenAI's quota",
    429,
    error({
      message: "You exceeded your current quota",
      type: "insufficient_quota",
      code: "insufficient_quota",
    }),
    "InsufficientFundsError",
    "quota",
  ],
  [
    "OpenAI's rate",
    429,
    error({ message: "Rate limit reached", type: "tokens", code: "rate_limit_exceeded" }),
    "RateLimitError",
    "Rate limit",
  ],
  [
    "OpenAI's context",
    400,
    error({ message: "too long", code: "context_length_exceeded" }),
    "ContextWindowExceededError",
    "too long",
  ],
  [
    "OpenAI's model",
    404,
    error({ message: "no such", code: "model_not_found" }),
    "NotFoundError",
    "no such",
  ],
  [
    "OpenAI's 500",
    500,
    error({ message: "The server had an error", type: "server_error", code: null }),
    "InternalServerError",
    "The server",
  ],
  [
    "OpenAI's overload",
    503,
    error({ message: "slow", code: "slow_down" }),
    "OverloadedError",
    "slow",
  ],
  [
    "Azure's filter",
    400,
    error({
      message: "filtered",
      code: "content_filter",
      innererror: { code: "ResponsibleAIPolicyViolation" },
    }),
    "ContentPolicyViolationError",
    "filtered",
  ],
  [
    "Azure's deployment",
    404,
    error({ code: "DeploymentNotFound", message: "none" }),
    "NotFoundError",
    "none",
  ],
  [
    "OpenRouter's credits in a 200",
    200,
    error({ code: 402, message: "no credits" }),
    "InsufficientFundsError",
    "no credits",
  ],
  [
    "OpenRouter's upstream",
    200,
    error({
      code: 429,
      message: "Provider returned error",
      metadata: { provider_name: "X", raw: { a: "busy" } },
    }),
    "RateLimitError",
    'X: {"a":"busy"}',
  ],
  [
    "Groq's stream",
    200,
    error({ message: "bad call", code: "tool_use_failed", status_code: 400 }),
    "BadRequestError",
    "bad call",
  ],
  [
    "Groq's 413 is a rate",
    413,
    error({
      message: "Request too large for model: tokens per minute",
      type: "tokens",
      code: "rate_limit_exceeded",
    }),
    "RateLimitError",
    "too large",
  ],
  [
    "DeepSeek's balance",
    402,
    error({
      message: "Insufficient Balance",
      type: "unknown_error",
      code: "invalid_request_error",
    }),
    "InsufficientFundsError",
    "Balance",
  ],
  [
    "Mistral's detail",
    422,
    {
      detail: [
        {
          loc: ["body", "messages", 0, "name"],
          msg: "Extra inputs are not permitted",
          type: "extra_forbidden",
        },
      ],
    },
    "UnprocessableEntityError",
    "body.messages.0.name: Extra inputs are not permitted",
  ],
  [
    "Mistral's message",
    401,
    { message: "Unauthorized", request_id: "r9" },
    "AuthenticationError",
    "Unauthorized",
  ],
  [
    "vLLM before 2025",
    400,
    {
      object: "error",
      message: "This model's maximum context length is 10",
      type: "BadRequestError",
      code: 400,
    },
    "ContextWindowExceededError",
    "maximum context",
  ],
  [
    "Z.ai's balance",
    429,
    error({ code: "1113", message: "recharge" }),
    "InsufficientFundsError",
    "recharge",
  ],
  [
    "MiniMax's key in a 200",
    200,
    { base_resp: { status_code: 1004, status_msg: "login fail" } },
    "AuthenticationError",
    "login fail",
  ],
  [
    "Google's list",
    400,
    [{ error: { code: 400, message: "API key not valid", status: "INVALID_ARGUMENT" } }],
    "AuthenticationError",
    "not valid",
  ],
  [
    "OpenAI's usage policy",
    400,
    error({ message: "Your prompt was flagged", code: "invalid_prompt" }),
    "ContentPolicyViolationError",
    "flagged",
  ],
  [
    "a response that failed over its policy",
    200,
    {
      object: "response",
      status: "failed",
      error: { code: "bio_policy", message: "This is not answered." },
    },
    "ContentPolicyViolationError",
    "not answered",
  ],
  [
    "OpenRouter's moderation",
    403,
    error({
      code: 403,
      message: "Your input was flagged",
      metadata: { reasons: ["violence"], flagged_input: "…", provider_name: "X" },
    }),
    "ContentPolicyViolationError",
    "flagged",
  ],
  [
    "OpenRouter's rights",
    403,
    error({ code: 403, message: "Not yours", metadata: {} }),
    "PermissionDeniedError",
    "Not yours",
  ],
  [
    "xAI's credits",
    403,
    {
      code: "The caller does not have permission to execute the specified operation",
      error: "Your newly created team doesn't have any credits or licenses yet.",
    },
    "InsufficientFundsError",
    "credits",
  ],
  [
    "Groq's flex tier",
    498,
    error({ message: "Flex tier capacity exceeded", code: "capacity_exceeded" }),
    "OverloadedError",
    "capacity",
  ],
  ["a text", 502, "<html>Bad gateway</html>", "ServiceUnavailableError", "Bad gateway"],
  ["nothing", 500, "", "InternalServerError", "empty"],
  [
    "an error that is a text",
    400,
    { error: "model is required" },
    "BadRequestError",
    "model is required",
  ],
  [
    "an interrupted generation",
    200,
    {
      error: {
        message: 'The generation ended with "insufficient_system_resource".',
        code: "insufficient_system_resource",
      },
    },
    "OverloadedError",
    "insufficient_system_resource",
  ],
])("%s", (_, status, body, name, said) => {
  const made = openai.classify(failure(status, body));
  expect(made.name).toBe(name);
  expect(made.message).toContain(said);
  expect(made.message).toContain("p/m");
});

test("code, type, param and request id are kept", () => {
  const made = openai.classify(
    failure(400, error({ message: "x", type: "t", code: "c", param: "messages[0]" }), {
      "x-request-id": "req_1",
    }),
  );
  expect(made).toMatchObject({ code: "c", type: "t", param: "messages[0]", requestId: "req_1" });
  expect(openai.classify(failure(401, { message: "no", request_id: "r9" })).requestId).toBe("r9");
});

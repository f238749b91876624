/** Anthropic's error types, each as the class it should be. */
import { expect, test } from "vitest";
import { anthropic } from "../src/index.ts";

function classified(status: number, type: string, message: string, more = {}) {
  const body = { type: "error", error: { type, message, ...more }, request_id: "req_1" };
  const text = JSON.stringify(body);
  const header = () => undefined;
  return anthropic.classify({
    provider: "anthropic",
    model: "claude-x",
    status,
    header,
    text,
    body,
  });
}

test.each([
  [400, "invalid_request_error", "max_tokens: required", "BadRequestError"],
  [
    400,
    "invalid_request_error",
    "prompt is too long: 210000 tokens > 200000 maximum",
    "ContextWindowExceededError",
  ],
  [
    400,
    "invalid_request_error",
    "input length and `max_tokens` exceed context limit: 1 + 2 > 2",
    "ContextWindowExceededError",
  ],
  [
    400,
    "invalid_request_error",
    "Your credit balance is too low to access the Anthropic API.",
    "InsufficientFundsError",
  ],
  [
    400,
    "invalid_request_error",
    "Output blocked by content filtering policy",
    "ContentPolicyViolationError",
  ],
  [401, "authentication_error", "invalid x-api-key", "AuthenticationError"],
  [402, "billing_error", "Payment required", "InsufficientFundsError"],
  [403, "permission_error", "No access", "PermissionDeniedError"],
  [404, "not_found_error", "model: claude-x", "NotFoundError"],
  [413, "request_too_large", "Request exceeds the maximum size", "BadRequestError"],
  [
    429,
    "rate_limit_error",
    "Number of request tokens has exceeded your rate limit",
    "RateLimitError",
  ],
  [500, "api_error", "Internal server error", "InternalServerError"],
  [504, "timeout_error", "Timed out", "APIConnectionTimeoutError"],
  [529, "overloaded_error", "Overloaded", "OverloadedError"],
  [200, "overloaded_error", "Overloaded", "OverloadedError"],
  [
    200,
    "invalid_request_error",
    "prompt is too long: 3 tokens > 2 maximum",
    "ContextWindowExceededError",
  ],
])("%i %s: %s", (status, type, message, name) => {
  const error = classified(status, type, message);
  expect(error.name).toBe(name);
  expect(error.message).toContain(message);
  expect(error).toMatchObject({ provider: "anthropic", model: "claude-x", requestId: "req_1" });
});

test("an error inside a 200 stream has the status of its type", () => {
  expect(classified(200, "overloaded_error", "Overloaded").status).toBe(529);
});

test("a limit on spending is named by the error's details", () => {
  const details = { details: { error_code: "enforced_spend_limit_reached" } };
  expect(classified(403, "permission_error", "Limit", details)).toMatchObject({
    name: "InsufficientFundsError",
    code: "enforced_spend_limit_reached",
  });
});

test.each([undefined, null, "<html>Bad gateway</html>", { error: "plain" }, []])(
  "a body that is no envelope: %j",
  (body) => {
    const text = typeof body === "string" ? body : "";
    const header = () => undefined;
    const failure = { provider: "anthropic", model: "m", status: 502, header, text, body };
    const error = anthropic.classify(failure);
    expect(error.name).toBe("ServiceUnavailableError");
    expect(error.message).toContain("502");
  },
);

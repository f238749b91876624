/** Google's refusals -> our error classes. */
import { type Failure, PolycallError } from "@polycall/core";
import { expect, test } from "vitest";
import { gemini } from "../src/index.ts";

function classify(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body ?? "");
  const header = (name: string) => headers[name];
  const failure: Failure = { provider: "gemini", model: "m", status, text, body, header };
  return gemini.classify(failure);
}
const google = (code: number, status: string, message: string, details?: object[]) => ({
  error: { code, status, message, ...(details && { details }) },
});
const reason = (name: string) => [
  { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: name },
];

test.each<[string, number, unknown, string]>([
  [
    "bad key",
    400,
    google(
      400,
      "INVALID_ARGUMENT",
      "API key not valid. Please pass a valid API key.",
      reason("API_KEY_INVALID"),
    ),
    "AuthenticationError",
  ],
  [
    "bad key, words only",
    400,
    google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    "AuthenticationError",
  ],
  [
    "expired key",
    400,
    google(400, "INVALID_ARGUMENT", "API key expired.", reason("API_KEY_EXPIRED")),
    "AuthenticationError",
  ],
  [
    "no token",
    401,
    google(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    "AuthenticationError",
  ],
  [
    "forbidden",
    403,
    google(403, "PERMISSION_DENIED", "Permission denied."),
    "PermissionDeniedError",
  ],
  ["no such model", 404, google(404, "NOT_FOUND", "models/x is not found"), "NotFoundError"],
  [
    "quota",
    429,
    google(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota."),
    "RateLimitError",
  ],
  [
    "no credit left",
    429,
    google(
      429,
      "RESOURCE_EXHAUSTED",
      "Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.",
    ),
    "InsufficientFundsError",
  ],
  [
    "overloaded",
    503,
    google(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    "OverloadedError",
  ],
  [
    "away",
    503,
    google(503, "UNAVAILABLE", "The service is currently unavailable."),
    "ServiceUnavailableError",
  ],
  [
    "internal",
    500,
    google(500, "INTERNAL", "An internal error has occurred."),
    "InternalServerError",
  ],
  [
    "too slow",
    504,
    google(504, "DEADLINE_EXCEEDED", "Deadline expired."),
    "APIConnectionTimeoutError",
  ],
  [
    "wrong place",
    400,
    google(400, "FAILED_PRECONDITION", "User location is not supported."),
    "BadRequestError",
  ],
  [
    "bad schema",
    400,
    google(400, "INVALID_ARGUMENT", 'Unknown name "x": Cannot find field.'),
    "BadRequestError",
  ],
  [
    "too long",
    400,
    google(
      400,
      "INVALID_ARGUMENT",
      "The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).",
    ),
    "ContextWindowExceededError",
  ],
  ["in an array", 503, [google(503, "UNAVAILABLE", "The model is overloaded.")], "OverloadedError"],
  ["inside a 200", 200, google(503, "UNAVAILABLE", "Gone."), "ServiceUnavailableError"],
  [
    "a failed call",
    200,
    { candidates: [{ finishReason: "MALFORMED_FUNCTION_CALL", finishMessage: "Malformed: f(" }] },
    "InternalServerError",
  ],
  ["text", 500, "upstream error", "InternalServerError"],
  ["html", 502, "<html>Bad Gateway</html>", "ServiceUnavailableError"],
  ["a text as error", 400, { error: "bad thing" }, "BadRequestError"],
])("%s", (_, status, body, name) => {
  const error = classify(status, body);
  expect(error).toBeInstanceOf(PolycallError);
  expect(error.name).toBe(name);
  const said = /"message":"((?:[^"\\]|\\.)*)"|"finishMessage":"([^"]*)"|"error":"([^"]*)"/.exec(
    JSON.stringify(body),
  );
  const message = said ? JSON.parse(`"${said[1] ?? said[2] ?? said[3]}"`) : String(body);
  expect(error.message).toContain(message);
});

test("says how long to wait, also from an array", () => {
  const retry = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "17s" }];
  const body = google(429, "RESOURCE_EXHAUSTED", "Quota.", retry);
  expect(classify(429, body).retryAfterMs).toBe(17_000);
  expect(classify(429, [body]).retryAfterMs).toBe(17_000);
  expect(classify(429, body)).toMatchObject({ status: 429, code: "RESOURCE_EXHAUSTED" });
  const said = google(429, "RESOURCE_EXHAUSTED", "Please retry in 17.3s.");
  expect(classify(429, said).retryAfterMs).toBe(17_300);
});

test("keeps reason and status", () => {
  const body = google(400, "INVALID_ARGUMENT", "API key not valid.", reason("API_KEY_INVALID"));
  expect(classify(400, body)).toMatchObject({ code: "API_KEY_INVALID", type: "INVALID_ARGUMENT" });
});

test.each([
  null,
  undefined,
  7,
  [],
  [null],
  {},
  { error: null },
  { error: { details: "x", message: 7, status: {} } },
  { error: { details: [null, 1] } },
  { candidates: [null] },
])("%j ends in an error too", (body) =>
  expect(classify(400, body as unknown).name).toBe("BadRequestError"),
);

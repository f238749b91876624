/** Ollama's refusals, in its own words, and the class each becomes. */
import { expect, test } from "vitest";
import { ollama } from "../src/index.ts";

function failure(status: number, body: unknown, text = JSON.stringify(body)) {
  return { provider: "ollama", model: "qwen3:8b", status, header: () => undefined, text, body };
}

test.each<[number, unknown, string, RegExp]>([
  [
    404,
    { error: "model 'qwen3:8b' not found" },
    "NotFoundError",
    /not found\. Run "ollama pull qwen3:8b"/,
  ],
  [404, { error: 'model "x" not found, try pulling it first' }, "NotFoundError", /ollama pull/],
  [
    400,
    { error: '"qwen3:8b" does not support tools' },
    "BadRequestError",
    /does not support tools\. Choose/,
  ],
  [
    400,
    { error: '"qwen3:8b" does not support thinking' },
    "BadRequestError",
    /Leave reasoning_effort/,
  ],
  [400, { error: "invalid options: top_p" }, "BadRequestError", /400 invalid options: top_p$/],
  [
    400,
    { error: "the input length exceeds the context length" },
    "ContextWindowExceededError",
    /input length/,
  ],
  [
    400,
    { error: "input length exceeds maximum context length" },
    "ContextWindowExceededError",
    /input/,
  ],
  [401, { error: "unauthorized" }, "AuthenticationError", /unauthorized/],
  [429, { error: "you have reached your hourly usage limit" }, "RateLimitError", /hourly/],
  [500, { error: "llama runner process has terminated" }, "InternalServerError", /runner/],
  [503, { error: "server busy, please try again" }, "ServiceUnavailableError", /busy/],
  [
    200,
    { error: "an error was encountered while running the model" },
    "InternalServerError",
    /500 an error/,
  ],
  [502, { error: { message: "upstream down" } }, "ServiceUnavailableError", /upstream down/],
  [404, undefined, "NotFoundError", /404 page not found/],
])("%i %j is a %s", (status, body, name, message) => {
  const error = ollama.classify(failure(status, body, body ? undefined : "404 page not found"));
  expect(error.name).toBe(name);
  expect(error.message).toMatch(message);
  expect(error).toMatchObject({ provider: "ollama", model: "qwen3:8b" });
});

/** Each status, and each way of saying when to come back, on every protocol. */
import type { RetryAfter } from "@polycall/testing";
import { describe, expect, test } from "vitest";
import { APIError, PolycallError } from "../../src/index.ts";
import { protocols } from "../support/protocols.ts";
import { simulated } from "../support/simulated.ts";

const { sim, ask } = await simulated();
const messages = [{ role: "user" as const, content: "Hello" }];

const statuses: [number, string][] = [
  [400, "BadRequestError"],
  [401, "AuthenticationError"],
  [402, "InsufficientFundsError"],
  [403, "PermissionDeniedError"],
  [404, "NotFoundError"],
  [408, "APIConnectionTimeoutError"],
  [409, "ConflictError"],
  [413, "BadRequestError"],
  [422, "UnprocessableEntityError"],
  [429, "RateLimitError"],
  [500, "InternalServerError"],
  [502, "ServiceUnavailableError"],
  [503, "ServiceUnavailableError"],
  [504, "APIConnectionTimeoutError"],
  [529, "OverloadedError"],
];

describe.each(protocols)("$protocol", ({ provider, model }) => {
  const thrown = (stream: boolean, more = {}) =>
    ask(stream, { model, messages, ...more }).catch((error: unknown) => error);

  test.each(statuses)("%i is a %s", async (status, name) => {
    for (const stream of [false, true]) {
      sim.fault({ status, message: "Something about it.", headers: { "x-request-id": "req-7" } });
      const error = (await thrown(stream)) as PolycallError;
      expect(error).toBeInstanceOf(PolycallError);
      expect(error.name).toBe(name);
      expect(error).toMatchObject({ provider, status, attempts: [{ status }] });
      expect(error.model).toBe(model.split("/").at(-1));
      expect(error.requestId).toMatch(/^req/);
      expect(error.retryAfterMs).toBeUndefined();
      expect(error.message).toContain("Something about it.");
    }
    expect(sim.requests).toHaveLength(2);
  });

  test.each([418, 451, 521])("the unusual %i is still an APIError", async (status) => {
    sim.fault({ status });
    const error = await thrown(false);
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status, provider });
  });

  test("a page of HTML with a status", async () => {
    sim.fault({ status: 502, html: true });
    expect(await thrown(false)).toMatchObject({ name: "ServiceUnavailableError", status: 502 });
  });

  test("an empty error", async () => {
    sim.fault({ status: 500, empty: true });
    expect(await thrown(true)).toMatchObject({ name: "InternalServerError", status: 500 });
  });

  test.each([429, 500, 503, 529])("%i passes when it is tried again", async (status) => {
    for (const stream of [false, true]) {
      sim.fault({ status, retryAfter: { ms: 1, source: "retry-after-ms" }, times: 2 });
      const { text, attempts } = await ask(stream, { model, messages, maxRetries: 2 });
      expect(text).toBe("(simulator) You said: Hello");
      expect(attempts.map((attempt) => attempt.status)).toEqual([status, status, 200]);
    }
  });

  test.each([400, 401, 402, 403, 404, 422])("%i is not tried again", async (status) => {
    sim.fault({ status, times: 3 });
    expect(await thrown(false, { maxRetries: 2 })).toMatchObject({ status });
    expect(sim.requests).toHaveLength(1);
  });

  test("a wait beyond a minute is reported at once", async () => {
    sim.fault({ status: 429, retryAfter: { ms: 90_000, source: "retry-after" } });
    const error = await thrown(false, { maxRetries: 2 });
    expect(error).toMatchObject({ name: "RateLimitError", retryAfterMs: 90_000 });
    expect(sim.requests).toHaveLength(1);
  });
});

describe("when to come back", () => {
  const everywhere: RetryAfter["source"][] = [
    "retry-after-ms",
    "x-ms-retry-after-ms",
    "retry-after",
    "retry-after-date",
  ];
  const own: [string, RetryAfter["source"]][] = [
    ["openai/chat/gpt-4.1-mini", "x-ratelimit-reset-requests"],
    ["openai/chat/gpt-4.1-mini", "x-ratelimit-reset-tokens"],
    ["openai/responses/gpt-4.1-mini", "x-ratelimit-reset-tokens"],
    ["openrouter/z-ai/glm-4.7", "x-ratelimit-reset"],
    ["groq/llama-3.3-70b-versatile", "groq-text"],
    ["anthropic/claude-haiku-4-5", "anthropic-ratelimit-requests-reset"],
    ["anthropic/claude-haiku-4-5", "anthropic-ratelimit-tokens-reset"],
    ["gemini/gemini-3.5-flash-lite", "gemini-body"],
    ["gemini/gemini-3.5-flash-lite", "gemini-text"],
    ["vertex/gemini-2.5-flash-lite", "gemini-body"],
  ];
  const all = protocols.flatMap(({ model }) =>
    everywhere.map((source): [string, RetryAfter["source"]] => [model, source]),
  );

  test.each([...all, ...own])("%s: %s", async (model, source) => {
    const ms = 7000;
    sim.fault({ status: 429, retryAfter: { ms, source } });
    const error = await ask(false, { model, messages }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(PolycallError);
    const { retryAfterMs } = error as PolycallError;
    // Dates count from the server's now, and HTTP's in whole seconds.
    const isDate = source === "retry-after-date" || /reset$/.test(source);
    if (!isDate) expect(retryAfterMs).toBe(ms);
    else {
      expect(retryAfterMs).toBeLessThanOrEqual(ms);
      expect(retryAfterMs).toBeGreaterThan(ms - 2000);
    }
  });
});

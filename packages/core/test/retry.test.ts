import { describe, expect, test } from "vitest";
import { APIUserAbortError, RateLimitError, retry } from "../src/index.ts";
import { chunk, failing, json, messages, reply, stream, wire } from "./support/wire.ts";

function recording() {
  const slept: number[] = [];
  const sleep = async (ms: number) => void slept.push(ms);
  return { slept, sleep };
}

const model = "alpha/m";
/** The client's own retry off: the plugin under test stands outside it. */
const defaults = { maxRetries: 0 };

describe("retry", () => {
  test("waits as long as the server asks, then answers", async () => {
    const { client, requests } = await wire([
      failing(429, "slow", { "retry-after": "2" }),
      reply("Hi"),
    ]);
    const { slept, sleep } = recording();
    const { completion } = client({ defaults, plugins: [retry({ maxRetries: 2, sleep })] });
    const { text, attempts } = await completion({ model, messages });
    expect({ text, slept, calls: requests.length }).toEqual({
      text: "Hi",
      slept: [2000],
      calls: 2,
    });
    expect(attempts.map(({ status, error }) => [status, error?.name])).toEqual([
      [429, "RateLimitError"],
      [200, undefined],
    ]);
  });

  test.each([
    [{ "retry-after-ms": "120" }, 120],
    [{ "x-ms-retry-after-ms": "130" }, 130],
    [{ "retry-after-ms": "-100" }, 0],
    [{ "retry-after": "1.5" }, 1500],
    [{ "x-ratelimit-reset-tokens": "6m0s", "x-ratelimit-remaining-tokens": "0" }, 360_000],
    [{ "x-ratelimit-reset-requests": "250ms" }, 250],
  ])("reads %o", async (headers, retryAfterMs) => {
    const { client } = await wire([failing(429, "no", headers)]);
    const { completion } = client({ defaults });
    await expect(completion({ model, messages })).rejects.toMatchObject({ retryAfterMs });
  });

  test.each([
    ["Please try again in 7.66s.", 7660],
    ["Please retry in 17.3s", 17_300],
    ["try again in 6m0s", 360_000],
  ])("reads the words %j", async (message, retryAfterMs) => {
    const { client } = await wire([failing(429, message)]);
    const { completion } = client({ defaults });
    await expect(completion({ model, messages })).rejects.toMatchObject({ retryAfterMs });
  });

  test("reads an HTTP date", async () => {
    const at = new Date(Date.now() + 30_000).toUTCString();
    const { client } = await wire([failing(503, "down", { "retry-after": at })]);
    const error = await client({ defaults })
      .completion({ model, messages })
      .catch((e) => e);
    expect(error.retryAfterMs).toBeGreaterThan(27_000);
    expect(error.retryAfterMs).toBeLessThanOrEqual(30_000);
  });

  test("reads Gemini's RetryInfo", async () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "17s" }];
    const { client } = await wire([json(429, { error: { message: "no", details } })]);
    await expect(client({ defaults }).completion({ model, messages })).rejects.toMatchObject({
      retryAfterMs: 17_000,
    });
  });

  test("reports a wait beyond its patience instead of guessing a shorter one", async () => {
    const { client, requests } = await wire([failing(429, "no", { "retry-after": "3600" })]);
    const { completion } = client();
    const error = await completion({ model, messages }).catch((e) => e);
    expect(error).toBeInstanceOf(RateLimitError);
    expect([error.retryAfterMs, requests.length]).toEqual([3_600_000, 1]);
  });

  test("spreads its waits at random under a doubling bound", async () => {
    const { client } = await wire([failing(500), failing(502), failing(529), failing(500)]);
    const { slept, sleep } = recording();
    const plugin = retry({ maxRetries: 3, sleep, random: () => 0.5 });
    const { completion } = client({ defaults, plugins: [plugin] });
    await expect(completion({ model, messages })).rejects.toMatchObject({ status: 500 });
    expect(slept).toEqual([250, 500, 1000]);
  });

  test.each([400, 401, 402, 403, 404, 409, 413, 422])("does not repeat a %i", async (status) => {
    const { client, requests } = await wire([failing(status)]);
    await expect(client().completion({ model, messages })).rejects.toMatchObject({ status });
    expect(requests).toHaveLength(1);
  });

  test.each([
    [429, "false", 1],
    [503, "false", 1],
    [409, "true", 2],
  ])("a %i with x-should-retry: %s is tried %i times", async (status, should, tries) => {
    const headers = { "x-should-retry": should, "retry-after-ms": "1" };
    const { client, requests } = await wire([failing(status, "no", headers), reply("ok")]);
    await client()
      .completion({ model, messages })
      .catch(() => {});
    expect(requests).toHaveLength(tries);
  });

  test("does not repeat a reply that is too large", async () => {
    const { client, requests } = await wire([
      json(200, {}, { "x-large": "x".repeat(20_000) }),
      reply("Hi"),
    ]);
    await expect(client().completion({ model, messages, maxRetries: 2 })).rejects.toMatchObject({
      name: "APIConnectionError",
      message: expect.stringContaining("--max-http-header-size"),
    });
    expect(requests).toHaveLength(1);
  });

  test("retries that are no number are none, not endless", async () => {
    const { client, requests } = await wire([failing(500), failing(500)]);
    const plugin = retry({ maxRetries: Number("many"), sleep: async () => {} });
    const { completion } = client({ defaults, plugins: [plugin] });
    await expect(completion({ model, messages })).rejects.toMatchObject({ status: 500 });
    expect(requests).toHaveLength(1);
  });

  test("a wait longer than a timer holds is not cut to nothing", async () => {
    const { client, requests } = await wire([failing(429, "no", { "retry-after": "2200000" })]);
    const plugin = retry({ maxRetries: 1, maxRetryAfterMs: Infinity });
    const { completion } = client({ defaults, plugins: [plugin] });
    const signal = AbortSignal.timeout(100);
    await expect(completion({ model, messages, signal })).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(requests).toHaveLength(1);
  });

  test("never repeats a stream after its first chunk", async () => {
    const { client, requests } = await wire([stream([chunk("Hel")], "destroy"), reply("no")]);
    const chunks = await client().completion({ model, messages, stream: true });
    let text = "";
    const read = async () => {
      for await (const piece of chunks.textStream) text += piece;
    };
    await expect(read()).rejects.toMatchObject({
      name: "APIConnectionError",
      partial: { choices: [{ message: { content: "Hel" } }] },
    });
    expect([text, requests.length]).toEqual(["Hel", 1]);
  });

  test("repeats a stream that fails at its head", async () => {
    const done = stream([chunk("Hi", "stop"), "[DONE]"]);
    const { client, requests } = await wire([
      stream([{ error: { message: "busy", code: "server_error" } }]),
      done,
    ]);
    const plugin = retry({ maxRetries: 1, sleep: async () => {} });
    const { completion } = client({ defaults, plugins: [plugin] });
    const { text } = await (await completion({ model, messages, stream: true })).final();
    expect([text, requests.length]).toEqual(["Hi", 2]);
  });

  test("an abort ends the wait and is never repeated", async () => {
    const { client, requests } = await wire([failing(429, "no", { "retry-after": "30" })]);
    const controller = new AbortController();
    const call = client().completion({ model, messages, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    const error = await call.catch((e) => e);
    expect(error).toBeInstanceOf(APIUserAbortError);
    expect([error.name, requests.length]).toEqual(["AbortError", 1]);
  });

  test("a timeout that runs out in a later try does not name what was left for it", async () => {
    const { client } = await wire([failing(500, "no", { "retry-after-ms": "1" }), () => {}]);
    const error = await client()
      .completion({ model, messages, timeout: 200 })
      .catch((e) => e);
    expect([error.phase, error.message, error.attempts.length]).toEqual([
      "total",
      "alpha/m: the call, all tries included, was not over within its timeout.",
      2,
    ]);
  });

  test("does not wait past the call's deadline", async () => {
    const { client, requests } = await wire([failing(429, "no", { "retry-after": "30" })]);
    const call = client().completion({ model, messages, timeout: 1000 });
    await expect(call).rejects.toBeInstanceOf(RateLimitError);
    expect(requests).toHaveLength(1);
  });
});

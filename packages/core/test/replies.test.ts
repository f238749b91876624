import { createServer } from "node:net";
import { inspect as nodeInspect } from "node:util";
import { describe, expect, test } from "vitest";
import { APIUserAbortError, type Provider, UnsupportedParamsError } from "../src/index.ts";
import { plain } from "./support/plain.ts";
import { completionOf, failing, json, messages, type Reply, reply, wire } from "./support/wire.ts";

const model = "alpha/m";
const once = { maxRetries: 0 };

const raw =
  (body: string, headers: Record<string, string> = {}, status = 200): Reply =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

describe("a 200 that is no reply ends in a typed error that says what came", () => {
  test.each<[string, Reply, RegExp]>([
    [
      "HTML",
      raw("<html>Sign in</html>", { "content-type": "text/html" }),
      /text\/html.*is not JSON.*Sign in/,
    ],
    ["nothing", raw(""), /has no body.*empty/],
    ["half of it", raw('{"id": "x", "choi'), /is not JSON/],
    ["a number", raw("42"), /is not JSON/],
    ["another API's JSON", raw('{"hello": 1}'), /200 \{"hello":1\}/],
  ])("%s", async (_, answer, says) => {
    const { client } = await wire([answer, answer]);
    const { completion } = client({ defaults: once });
    for (const stream of [false, true]) {
      const error = await completion({ model, messages, stream }).catch((e) => e);
      expect(["APIResponseValidationError", "APIError"]).toContain(error.name);
      if (!stream) expect(error.message.replaceAll("\n", " ")).toMatch(says);
      expect([error.provider, error.model]).toEqual(["alpha", "m"]);
    }
  });

  test("that its adapter cannot read, whatever it throws", async () => {
    const fails = () => {
      throw new RangeError("too deep");
    };
    const alpha: Provider = { ...plain("alpha"), parse: fails };
    const beta: Provider = {
      ...plain("beta"),
      decoder: () => ({ decode: fails, end: fails, done: false, body: () => undefined }),
    };
    const { client } = await wire([reply("ok"), raw("data: {}\n\n")]);
    const { completion } = client({ adapters: { alpha, beta } });
    await expect(completion({ model, messages })).rejects.toMatchObject({
      name: "APIResponseValidationError",
      message: expect.stringContaining("(too deep)"),
    });
    await expect(completion({ model: "beta/m", messages, stream: true })).rejects.toMatchObject({
      name: "APIResponseValidationError",
      message: expect.stringContaining("(too deep)"),
    });
  });

  const [choice] = completionOf("x").choices;
  const saying = (message: object) => ({ choices: [{ ...choice, message }] });
  const called = (call: object) => saying({ role: "assistant", content: null, tool_calls: [call] });
  test.each<[string, object, RegExp]>([
    ["text", saying({ role: "assistant", content: 7 }), /message.content must be a string, not 7/],
    ["tokens", { usage: { prompt_tokens: "3" } }, /usage.prompt_tokens must be a number/],
    ["model", { model: null }, /reply.model must be a string, not null/],
    [
      "call",
      called({ id: "c", type: "function", function: { name: "f", arguments: {} } }),
      /function.arguments must be a string, not object/,
    ],
    ["call's id", called({ type: "function" }), /tool_calls\[0\].id must be a string/],
  ])("whose %s is none, though its adapter let it pass", async (_, more, says) => {
    const { client } = await wire([json(200, completionOf("x", more))]);
    const failed = client({ defaults: once }).completion({ model, messages });
    await expect(failed).rejects.toMatchObject({
      name: "APIResponseValidationError",
      message: expect.stringMatching(says),
    });
  });

  test.each(["id", "model"])("a chunk whose %s is none", async (key) => {
    const chunk = { ...completionOf(""), choices: [{ index: 0, delta: {} }], [key]: 5 };
    const { client } = await wire([raw(`data: ${JSON.stringify(chunk)}\n\n`)]);
    const failed = client({ defaults: once }).completion({ model, messages, stream: true });
    await expect(failed).rejects.toMatchObject({
      name: "APIResponseValidationError",
      message: expect.stringContaining("a chunk's id or model is no text"),
    });
  });

  test.each(["content", "reasoning_content"])("a delta whose %s is none", async (key) => {
    const chunk = { ...completionOf(""), choices: [{ index: 0, delta: { [key]: { text: "x" } } }] };
    const { client } = await wire([raw(`data: ${JSON.stringify(chunk)}\n\n`)]);
    const failed = client({ defaults: once }).completion({ model, messages, stream: true });
    await expect(failed).rejects.toMatchObject({
      name: "APIResponseValidationError",
      message: expect.stringContaining("a delta holds something else than text"),
    });
  });

  test("cut in the middle of its body", async () => {
    const cut: Reply = (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
      response.write('{"id": "chatcmpl');
      setTimeout(() => response.destroy(), 20);
    };
    const { client } = await wire([cut]);
    const { completion } = client({ defaults: once });
    await expect(completion({ model, messages })).rejects.toMatchObject({
      name: "APIConnectionError",
    });
  });
});

describe("a refusal ends in its class", () => {
  test.each<[number, string | undefined, string, string]>([
    [400, undefined, "bad", "BadRequestError"],
    [400, "context_length_exceeded", "too long", "ContextWindowExceededError"],
    [
      400,
      undefined,
      "This model's maximum context length is 8192 tokens.",
      "ContextWindowExceededError",
    ],
    [400, "string_above_max_length", "string_above_max_length: too many tokens", "BadRequestError"],
    [400, "content_filter", "filtered", "ContentPolicyViolationError"],
    [400, undefined, "Your credit balance is too low", "InsufficientFundsError"],
    [401, undefined, "no", "AuthenticationError"],
    [402, undefined, "no", "InsufficientFundsError"],
    [403, undefined, "no", "PermissionDeniedError"],
    [404, undefined, "no", "NotFoundError"],
    [404, undefined, "rate limit", "NotFoundError"],
    [408, undefined, "no", "APIConnectionTimeoutError"],
    [409, undefined, "no", "ConflictError"],
    [413, undefined, "Request too large for model", "RateLimitError"],
    [413, undefined, "body too big", "BadRequestError"],
    [418, undefined, "teapot", "BadRequestError"],
    [422, undefined, "no", "UnprocessableEntityError"],
    [429, undefined, "no", "RateLimitError"],
    [429, "insufficient_quota", "pay", "InsufficientFundsError"],
    [400, "constructor", "odd", "BadRequestError"],
    [500, "__proto__", "odd", "InternalServerError"],
    [500, undefined, "no", "InternalServerError"],
    [500, undefined, "429 was seen upstream", "InternalServerError"],
    [502, undefined, "no", "ServiceUnavailableError"],
    [503, undefined, "no", "ServiceUnavailableError"],
    [504, undefined, "no", "APIConnectionTimeoutError"],
    [529, undefined, "no", "OverloadedError"],
    [599, undefined, "no", "InternalServerError"],
  ])("%i %s %j -> %s", async (status, code, message, name) => {
    const { client } = await wire([
      json(status, { error: { message, code } }, { "x-request-id": "r1" }),
    ]);
    const error = await client({ defaults: once })
      .completion({ model, messages })
      .catch((e) => e);
    expect({ name: error.name, status: error.status, id: error.requestId }).toEqual({
      name,
      status,
      id: "r1",
    });
    expect(error.message).toBe(`alpha/m: ${status} ${message}`);
  });

  test("with a body that is not JSON", async () => {
    const { client } = await wire([raw("<h1>Bad gateway</h1>", {}, 502)]);
    const error = await client({ defaults: once })
      .completion({ model, messages })
      .catch((e) => e);
    expect([error.name, error.message]).toEqual([
      "ServiceUnavailableError",
      "alpha/m: 502 <h1>Bad gateway</h1>",
    ]);
  });
});

describe("the way there", () => {
  test("refused", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const { client } = await wire([]);
    const baseURL = `http://127.0.0.1:${port}`;
    const error = await client({ defaults: once })
      .completion({ model, messages, baseURL })
      .catch((e) => e);
    expect([error.name, error.phase]).toEqual(["APIConnectionError", "connect"]);
  });

  test.each([
    ["firstByte", { firstByte: 50 }],
    ["total", 50],
  ])("no answer: a timeout that says %s", async (phase, timeout) => {
    const { client, closed } = await wire([() => {}]);
    const error = await client({ defaults: once })
      .completion({ model, messages, timeout })
      .catch((e) => e);
    expect([error.name, error.phase]).toEqual(["APIConnectionTimeoutError", phase]);
    await expect.poll(() => closed.length).toBe(1);
  });

  test.each([
    ["not a url", "be an http(s) URL"],
    ["127.0.0.1:80/v1", "be an http(s) URL"],
    ["ftp://127.0.0.1/v1", "be an http(s) URL"],
    ["http://127.0.0.1/v1?key=canary", "hold no query (put a header into `headers`)"],
  ])("an address that is none: %s", async (baseURL, must) => {
    const { client } = await wire([]);
    const { completion, explain } = client();
    const message = `alpha: baseURL must ${must}.`;
    const expected = { name: "InvalidRequestError", param: "baseURL", message };
    await expect(completion({ model, messages, baseURL })).rejects.toMatchObject(expected);
    await expect(explain({ model, messages, baseURL })).rejects.toMatchObject(expected);
  });

  test("an abort while the SDK signs is an abort, whatever the SDK says", async () => {
    const { client } = await wire([]);
    const controller = new AbortController();
    const alpha: Provider = {
      ...plain("alpha"),
      send: async () => {
        controller.abort("enough");
        throw new Error("Request was aborted.");
      },
    };
    const { completion } = client({ adapters: { alpha } });
    const error = await completion({ model, messages, signal: controller.signal }).catch((e) => e);
    expect(error).toBeInstanceOf(APIUserAbortError);
    expect([error.cause, error.attempts.length]).toEqual(["enough", 1]);
  });
});

describe("what an SDK adds", () => {
  test("telemetry and organisation headers do not go out; the user's own do", async () => {
    const { client, requests } = await wire([reply("ok")]);
    await client().completion({ model, messages, headers: { "X-Mine": "1" } });
    const { headers } = requests[0]!;
    expect(headers["x-mine"]).toBe("1");
    expect(headers.authorization).toBe("Bearer key-alpha");
    expect(Object.keys(headers).filter((name) => /stainless|organization/.test(name))).toEqual([]);
  });

  test("the body sent is the body planned, extra_body and unknown keys included", async () => {
    const { client, requests } = await wire([reply("ok")]);
    const request = {
      model,
      messages,
      extra_body: { deep: { er: [1] }, temperature: 9 },
      temperature: 1,
    };
    const { completion, explain } = client();
    await completion(request);
    const { body } = await explain(request);
    expect(requests[0]!.body).toEqual(body);
    expect(body).toEqual({ model: "m", messages, temperature: 9, deep: { er: [1] } });
  });
});

describe("no secret is ever shown", () => {
  const canary = "canary-9f8e7d6c5b4a";
  const everything = (error: unknown) =>
    [String(error), JSON.stringify(error), (error as Error).stack, inspect(error)].join("\n");

  test.each<[string, Reply]>([
    ["echoed in the message", failing(401, `Incorrect API key provided: ${canary}.`)],
    ["echoed in a deep field", json(400, { error: { message: "x", headers: { auth: canary } } })],
    ["echoed in HTML", raw(`<p>${canary}</p>`)],
    ["echoed in a cut reply", raw(`{"key": "${canary}`)],
  ])("%s", async (_, answer) => {
    const { client } = await wire([answer]);
    const logged: string[] = [];
    const log = (message: string) => void logged.push(message);
    const logger = { debug: log, info: log, warn: log, error: log };
    const { completion } = client({ logger, logLevel: "debug", defaults: once });
    const error = await completion({ model, messages, apiKey: canary }).catch((e) => e);
    expect(error).toBeInstanceOf(Error);
    expect(everything(error)).not.toContain(canary);
    expect(logged.join("\n")).not.toContain(canary);
    expect(logged.length).toBeGreaterThan(0);
  });

  test.each<[string, (init: RequestInit) => unknown]>([
    ["as text", ({ headers }) => new Error(`failed with ${JSON.stringify(headers)}`)],
    ["as a field", (init) => Object.assign(new Error("failed"), { init })],
    [
      "in its cause",
      ({ headers }) => new TypeError("failed", { cause: new Error(JSON.stringify(headers)) }),
    ],
    ["in headers", ({ headers }) => Object.assign(new Error("x"), { h: new Headers(headers) })],
    [
      "in one of several",
      ({ headers }) => new AggregateError([new Error(JSON.stringify(headers))], "failed"),
    ],
    ["as no error", (init) => init],
    [
      "in a circle",
      ({ headers }) => {
        const error: Error & { h?: unknown } = new Error("x");
        return Object.assign(error, { cause: error, h: headers });
      },
    ],
  ])("thrown by a fetch, %s", async (_, make) => {
    const { client } = await wire([]);
    const fetch = async (_: unknown, init: RequestInit = {}) => Promise.reject(make(init));
    const { completion } = client({ defaults: { ...once, fetch } });
    const error = await completion({ model, messages, apiKey: canary }).catch((e) => e);
    expect(error.name).toBe("APIConnectionError");
    expect(everything(error)).not.toContain(canary);
  });

  test("a cause that shows no secret stays what it is", async () => {
    const { client } = await wire([]);
    const cause = Object.assign(new RangeError("mine"), { code: "EMINE" });
    const { completion } = client({ defaults: { ...once, fetch: () => Promise.reject(cause) } });
    const error = await completion({ model, messages, apiKey: canary }).catch((e) => e);
    expect(error.cause.cause).toBe(cause);
  });

  test("an error of ours that a fetch throws is the call's own, and no connection's", async () => {
    const { client } = await wire([]);
    const mine = new UnsupportedParamsError("not in this test");
    let calls = 0;
    const fetch = () => Promise.reject([mine][calls++] ?? new Error("tried again"));
    const { completion } = client({ defaults: { fetch } });
    await expect(completion({ model, messages })).rejects.toBe(mine);
    expect(calls).toBe(1);
  });

  test("the word before a key does not hide it from us", async () => {
    const { client } = await wire([failing(401, `no such key: ${canary}`)]);
    const headers = { authorization: `Key ${canary}` };
    const error = await client()
      .completion({ model, messages, headers })
      .catch((e) => e);
    expect(everything(error)).not.toContain(canary);
  });

  test("in a reply that is fine, or in explain()", async () => {
    const { client } = await wire([json(200, completionOf("ok"))]);
    const { completion, explain } = client();
    const headers = { "x-api-token": canary };
    const ok = await completion({ model, messages, apiKey: canary, headers });
    expect(everything(ok) + inspect(ok.raw)).not.toContain(canary);
    expect(everything(await explain({ model, messages, apiKey: canary, headers }))).not.toContain(
      canary,
    );
  });
});

function inspect(value: unknown): string {
  return nodeInspect(value, { depth: 20, showHidden: true });
}

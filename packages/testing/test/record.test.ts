/** What is recorded replays byte for byte, and no secret is in the file. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Recording,
  ReplayMismatchError,
  record,
  replay,
  type Simulator,
  simulator,
} from "../src/index.ts";

let sim: Simulator;
let file: string;
beforeAll(async () => {
  sim = await simulator();
});
beforeEach(() => {
  sim.reset();
  file = join(mkdtempSync(join(tmpdir(), "polycall-")), "deep", "recording.json");
});
afterAll(() => sim.close());

const CANARY = "sk-canary-0123456789/+=";
const saved = () => JSON.parse(readFileSync(file, "utf8")) as Recording;
const messages = [{ role: "user" as const, content: "Tell a joke about cats." }];

async function askOpenAI(fetch: typeof globalThis.fetch, apiKey: string, stream: boolean) {
  const { baseURL } = sim.providers.openai!;
  const client = new OpenAI({ apiKey, baseURL, fetch, maxRetries: 0 });
  if (!stream) {
    const reply = await client.chat.completions.create({ model: "gpt-4o", messages });
    return reply.choices[0]?.message.content;
  }
  let text = "";
  const chunks = await client.chat.completions.create({ model: "gpt-4o", messages, stream: true });
  for await (const chunk of chunks) text += chunk.choices[0]?.delta.content ?? "";
  return text;
}

async function askAnthropic(fetch: typeof globalThis.fetch, apiKey: string) {
  const { baseURL } = sim.providers.anthropic!;
  const client = new Anthropic({ apiKey, baseURL, fetch, maxRetries: 0 });
  const stream = client.messages.stream({ model: "claude-haiku-4-5", max_tokens: 99, messages });
  return await stream.finalText();
}

async function askGemini(fetch: typeof globalThis.fetch, apiKey: string) {
  const baseUrl = sim.providers.gemini!.baseURL;
  const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl, fetch } });
  const reply = await client.models.generateContent({ model: "g", contents: "Hi" });
  return reply.text;
}

describe("record and replay", () => {
  test("the SDKs hear the same again, without a server and with another key", async () => {
    const recorder = record({ file });
    const heard = [
      await askOpenAI(recorder, CANARY, true),
      await askOpenAI(recorder, CANARY, false),
      await askAnthropic(recorder, CANARY),
      await askGemini(recorder, CANARY),
    ];
    await recorder.done();
    const asked = sim.requests.length;
    const player = replay({ file });
    const other = "another-key-entirely";
    const again = [
      await askGemini(player, other),
      await askOpenAI(player, other, true),
      await askOpenAI(player, other, false),
      await askAnthropic(player, other),
    ];
    expect([again[1], again[2], again[3], again[0]]).toEqual(heard);
    expect(sim.requests).toHaveLength(asked);
  });

  test("keeps status, headers and bytes, also those that are not UTF-8", async () => {
    const bytes = new Uint8Array([0xff, 0xfe, 0, 1, 2]);
    const headers = { "content-type": "application/octet-stream", "retry-after": "7" };
    const recorder = record({
      file,
      fetch: async () => new Response(bytes, { status: 429, headers }),
    });
    await (await recorder("https://example.com/x", { method: "POST", body: "a=1" })).arrayBuffer();
    await recorder.done();
    expect(saved().interactions[0]).toEqual({
      request: {
        method: "POST",
        url: "https://example.com/x",
        headers: { "content-type": "text/plain;charset=UTF-8" },
        body: "a=1",
      },
      response: { status: 429, headers, bodyBase64: "//4AAQI=" },
    });
    const response = await replay({ file })("http://127.0.0.1/x", { method: "POST", body: "a=1" });
    expect(response.status).toBe(429);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  });

  test("keeps what came of a stream that was left or broke", async () => {
    const recorder = record({ file });
    sim.fault({ cutAt: 200 });
    await expect(askOpenAI(recorder, CANARY, true)).rejects.toThrow();
    await recorder.done();
    expect(saved().interactions[0]?.response.body).toHaveLength(200);
  });
});

describe("secrets", () => {
  test("no key is in the file, wherever it stood", async () => {
    const echo = JSON.stringify({ youSent: CANARY, access_token: "ya29.token-from-oauth" });
    const recorder = record({
      file,
      secrets: ["my-own-secret"],
      fetch: async () =>
        new Response(echo, { headers: { "set-cookie": "sid=abcdefghijkl", "x-echo": CANARY } }),
    });
    const send = async (url: string, headers: Record<string, string>, body: object) => {
      const request = { method: "POST", headers, body: JSON.stringify(body) };
      await (await recorder(url, request)).text();
    };
    const plain = "https://example.com/v1/x";
    await send(plain, {}, { note: `early ${CANARY} and my-own-secret` });
    await send(plain, { authorization: `Bearer ${CANARY}` }, { prompt: `my key is ${CANARY}` });
    await send(plain, { "x-api-key": "x-api-key-value" }, { seen: "x-api-key-value" });
    await send(plain, { "api-key": "azure-key-value" }, {});
    await send(plain, { "x-goog-api-key": "google-key-value" }, {});
    await send(plain, { cookie: "session=cookie-value-1; a=b" }, { seen: "cookie-value-1" });
    await send(`${plain}?key=query-key-value&alt=sse`, {}, { seen: "query-key-value" });
    const basic = Buffer.from("user:password-of-basic").toString("base64");
    await send(plain, { authorization: `Basic ${basic}` }, { seen: "password-of-basic" });
    await send(plain, {}, { client_secret: "oauth-client-secret" });
    await recorder.done();
    const text = readFileSync(file, "utf8");
    for (const secret of [
      CANARY,
      encodeURIComponent(CANARY),
      "my-own-secret",
      "x-api-key-value",
      "azure-key-value",
      "google-key-value",
      "cookie-value-1",
      "query-key-value",
      "password-of-basic",
      basic,
      "oauth-client-secret",
      "ya29.token-from-oauth",
      "abcdefghijkl",
    ]) {
      expect(text, secret).not.toContain(secret);
    }
    const urls = saved().interactions.map(({ request }) => request.url);
    expect(urls[6]).toBe("https://example.com/v1/x?key=REDACTED&alt=sse");
    expect(saved().interactions[1]?.request.body).toEqual({ prompt: "my key is REDACTED" });
  });

  test("rate-limit headers are no secrets", async () => {
    const headers = { "x-ratelimit-remaining-tokens": "99", "x-request-id": "req_1" };
    const recorder = record({ file, fetch: async () => new Response("{}", { headers }) });
    await (await recorder("https://example.com/")).text();
    await recorder.done();
    expect(saved().interactions[0]?.response.headers).toMatchObject(headers);
  });
});

describe("a request that was not recorded", () => {
  const interaction = (body: object, path = "/v1/chat") => ({
    request: { method: "POST", url: `https://a.example${path}`, headers: {}, body: body as never },
    response: { status: 200, headers: {}, body: "{}" },
  });
  const ask = (player: typeof fetch, body: object, path = "/v1/chat") =>
    player(`http://b.example${path}`, { method: "POST", body: JSON.stringify(body) });

  test.each<[string, object, string]>([
    ["another value", { model: "a", messages: [{ content: "Bye" }] }, "body.messages[0].content"],
    ["one more item", { model: "a", messages: [{ content: "Hi" }, null] }, "body.messages.length"],
    ["a new key", { model: "a", messages: [{ content: "Hi" }], n: 1 }, "body.n"],
    ["a missing key", { messages: [{ content: "Hi" }] }, "body.model"],
  ])("names the difference: %s", async (_name, body, difference) => {
    const recorded = interaction({ model: "a", messages: [{ content: "Hi" }] });
    const error = await ask(replay({ interactions: [recorded] }), body).catch((e) => e);
    expect(error).toBeInstanceOf(ReplayMismatchError);
    expect(error).toMatchObject({ difference, asked: "POST /v1/chat" });
    expect(error.message).toContain(difference);
  });

  test("names another path, and a reply already used", async () => {
    const player = replay({ interactions: [interaction({ a: 1 }), interaction({ a: 1 })] });
    await expect(ask(player, { a: 1 }, "/v2/chat")).rejects.toThrow(
      "The recording holds no reply to POST /v2/chat. It holds: POST /v1/chat.",
    );
    await ask(player, { a: 1 });
    await ask(player, { a: 1 });
    await expect(ask(player, { a: 1 })).rejects.toThrow("every reply to it has been replayed");
  });

  test("the order of keys does not matter, the order of replies does", async () => {
    const first = interaction({ a: 1, b: 2 });
    const second = { ...first, response: { ...first.response, body: "second" } };
    const player = replay({ interactions: [first, second] });
    expect(await (await ask(player, { b: 2, a: 1 })).text()).toBe("{}");
    expect(await (await ask(player, { a: 1, b: 2 })).text()).toBe("second");
  });

  test("an aborted signal is honoured, a missing file is named", async () => {
    const player = replay({ interactions: [interaction({})] });
    const signal = AbortSignal.abort();
    const asked = player("http://b.example/v1/chat", { method: "POST", body: "{}", signal });
    await expect(asked).rejects.toThrow("aborted");
    expect(() => replay({ file: "/nowhere/recording.json" })).toThrow("/nowhere/recording.json");
  });
});

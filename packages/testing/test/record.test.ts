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
  serveRecording,
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

  test("follows a redirect only if its caller would", async () => {
    const elsewhere = sim.providers.ollama!.baseURL;
    const headers = { location: `${elsewhere}/api/version` };
    const request = { method: "POST", url: "https://a.example/x", headers: {}, body: null };
    await using server = await serveRecording({ request, response: { status: 307, headers } });
    const recorder = record({ file });
    const ask = async (redirect: RequestRedirect) =>
      (await recorder(server.url, { redirect })).status;
    expect(await ask("manual")).toBe(307);
    expect(sim.requests).toEqual([]);
    await expect(ask("error")).rejects.toThrow();
    expect(sim.requests).toEqual([]);
    expect(await ask("follow")).toBe(200);
  });

  test("passes on what else its caller asked of fetch", async () => {
    const asked: unknown[] = [];
    const recorder = record({
      file,
      fetch: async (_, init) => {
        asked.push(init);
        return new Response("{}");
      },
    });
    const dispatcher = { name: "a proxy" };
    const init: object = { method: "POST", body: "{}", dispatcher };
    await (await recorder("https://example.com/", init)).text();
    expect(asked).toEqual([expect.objectContaining({ method: "POST", dispatcher })]);
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

  /** One exchange, recorded: what the file holds. */
  async function recorded(
    request: { url?: string; headers?: Record<string, string>; body?: unknown },
    response: { headers?: Record<string, string>; body?: unknown } = {},
  ): Promise<string> {
    const { url = "https://example.com/v1/x", headers = {}, body = {} } = request;
    const said = JSON.stringify(response.body ?? {});
    const recorder = record({
      file,
      fetch: async () => new Response(said, { headers: response.headers }),
    });
    await (await recorder(url, { method: "POST", headers, body: JSON.stringify(body) })).text();
    await recorder.done();
    return readFileSync(file, "utf8");
  }

  test.each([
    ["openai-organization", "org-acme1234"],
    ["openai-project", "proj_acme1234"],
    ["anthropic-organization-id", "0b1f4c1e-5f6a-4c11-9d3e-acme00000000"],
    ["x-goog-user-project", "acme-project-1234"],
    ["x-ms-tenant-id", "tenant-acme-1234"],
    ["set-cookie", "__cf_bm=cookie-value-1234; path=/; HttpOnly"],
  ])("a reply's %s is not in the file, nor where its body says it again", async (name, value) => {
    const [secret = ""] = value.replace(/^\w+=/, "").split(";");
    const body = { error: { message: `Rate limit reached in ${secret} on tokens per min.` } };
    const text = await recorded({}, { headers: { [name]: value }, body });
    expect(text).not.toContain(secret);
    expect(text).toContain("Rate limit reached in REDACTED on tokens");
  });

  test.each<[where: string, body: (secret: string) => unknown]>([
    ["an MCP server's token", (it) => ({ mcp_servers: [{ authorization_token: it }] })],
    ["a tool's headers", (it) => ({ tools: [{ headers: { "X-Api-Key": it } }] })],
    [
      "a tool's bearer header",
      (it) => ({ tools: [{ headers: { Authorization: `Bearer ${it}` } }] }),
    ],
    ["a cookie in a tool's headers", (it) => ({ headers: { Cookie: `sid=${it}` } })],
    ["a camelCase name", (it) => ({ clientSecret: it })],
    ["a prefixed name", (it) => ({ STRIPE_SECRET_KEY: it, openai_api_key: it })],
    ["a call's arguments", (it) => ({ arguments: JSON.stringify({ api_key: it }) })],
    [
      "a signed address",
      (it) => ({ url: `https://a.example/b.png?x=1&X-Amz-Signature=${it}&y=2` }),
    ],
    ["an address with a key", (it) => ({ server_url: `https://mcp.example/?api_key=${it}` })],
    ["a form's field", (it) => `client_secret=${it}&grant_type=x&refresh_token=${it}`],
    ["an address with a password", (it) => ({ server_url: `https://me:${it}@mcp.example/` })],
    ["a sentence, by its shape", (it) => ({ content: `why is sk-proj-${it}0123456789 refused?` })],
    ["an organisation, by its shape", (it) => ({ content: `organization org-${it}0123456789` })],
  ])("%s is not in the file, whichever side said it", async (_where, body) => {
    const secret = "c4n4ryValue";
    expect(await recorded({ body: body(secret) })).not.toContain(secret);
    const text = await recorded({}, { body: body(secret) });
    expect(text).not.toContain(secret);
    expect(() => JSON.parse(saved().interactions[0]!.response.body!)).not.toThrow();
  });

  test("what only looks like a secret stays", async () => {
    const body = {
      logprobs: [{ token: "London1234", bytes: null }],
      key: "PageDown1",
      max_tokens: 20000000,
      signature: "c2lnbmF0dXJlLW9mLXRoaW5raW5n",
      content:
        "task-oriented-risk-management and the secret key of life, https://a.example/?page=12345678",
    };
    const headers = { "x-ratelimit-limit-tokens": "30000000", "x-request-id": "req_12345678" };
    await recorded({ body }, { headers, body });
    const [{ request, response } = {}] = saved().interactions;
    expect(request?.body).toEqual(body);
    expect(JSON.parse(response!.body!)).toEqual(body);
    expect(response?.headers).toMatchObject(headers);
  });

  test("a request that held secrets is found again, with others in their place", async () => {
    const url = (key: string) => `https://example.com/v1/projects/${key}/x`;
    const request = (key: string) => ({
      method: "POST",
      body: JSON.stringify({ note: `my key ${key} is secret` }),
    });
    const recorder = record({
      file,
      secrets: ["own-secret-1"],
      fetch: async () => new Response("found"),
    });
    await (await recorder(url("own-secret-1"), request("own-secret-1"))).text();
    await recorder.done();
    expect(readFileSync(file, "utf8")).not.toContain("own-secret-1");
    const player = replay({ file });
    const other = JSON.stringify({ note: "my key is secret" });
    const asked = player(url("another-1"), { method: "POST", body: other });
    await expect(asked).rejects.toThrow("body.note");
    expect(await (await player(url("another-1"), request("another-1"))).text()).toBe("found");
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

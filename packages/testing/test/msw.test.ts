/** The bare SDKs call the providers' real URLs and meet the simulator there. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { setupServer } from "msw/node";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { BAD_KEY } from "../src/index.ts";
import { type MswSimulator, mswSimulator } from "../src/msw.ts";
import { providers } from "../src/providers.ts";
import { realUrls } from "../src/real-urls.ts";

let sim: MswSimulator;
let server: ReturnType<typeof setupServer>;
beforeAll(async () => {
  sim = await mswSimulator();
  server = setupServer(...sim.handlers);
  server.listen({ onUnhandledFrame: "error" });
});
afterEach(() => sim.reset());
afterAll(() => server.close());

const apiKey = "any";
const messages = [{ role: "user" as const, content: "Tell a joke about cats." }];
const chat = { model: "gpt-5.4-mini", messages };

describe("at its real URL the simulator answers", () => {
  test("openai, whole and streamed", async () => {
    const openai = new OpenAI({ apiKey, maxRetries: 0 });
    const reply = await openai.chat.completions.create(chat);
    expect(reply.choices[0]?.message.content).toMatch(/^\(simulator\) .*cats/);
    let text = "";
    for await (const chunk of await openai.chat.completions.create({ ...chat, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
    }
    expect(text).toBe(reply.choices[0]?.message.content);
    expect(sim.requests.map(({ path, status }) => [path, status])).toEqual([
      ["/openai/v1/chat/completions", 200],
      ["/openai/v1/chat/completions", 200],
    ]);
  });

  test("anthropic, whole and streamed", async () => {
    const anthropic = new Anthropic({ apiKey, maxRetries: 0 });
    const asked = { model: "claude-haiku-5-5", max_tokens: 200, messages };
    const reply = await anthropic.messages.create(asked);
    const text = reply.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    expect(text).toMatch(/^\(simulator\) .*cats/);
    expect(await anthropic.messages.stream(asked).finalText()).toBe(text);
  });

  test("gemini, whole and streamed", async () => {
    const { models } = new GoogleGenAI({ apiKey });
    const asked = { model: "gemini-3.5-flash-lite", contents: messages[0]!.content };
    const { text } = await models.generateContent(asked);
    expect(text).toMatch(/^\(simulator\) .*cats/);
    let streamed = "";
    for await (const piece of await models.generateContentStream(asked)) streamed += piece.text;
    expect(streamed).toBe(text);
  });

  test("ollama, at either name of this machine", async () => {
    for (const host of ["localhost", "127.0.0.1"]) {
      const response = await fetch(`http://${host}:11434/api/version`);
      expect(response.headers.get("x-polycall-simulator")).toBe("1");
    }
  });
});

test.each([
  ["openrouter", "https://openrouter.ai/api/v1"],
  ["groq", "https://api.groq.com/openai/v1"],
  ["deepseek", "https://api.deepseek.com"],
  ["azure", "https://mine.openai.azure.com/openai/v1"],
])("%s is told apart by its host", async (provider, baseURL) => {
  await new OpenAI({ apiKey, baseURL, maxRetries: 0 }).chat.completions.create(chat);
  expect(sim.requests.map(({ provider: name }) => name)).toEqual([provider]);
});

test("every simulated provider but the one without an address has handlers", () => {
  const found = new Set(realUrls.map(({ provider }) => provider));
  const without = providers.map(({ name }) => name).filter((name) => !found.has(name));
  expect(without).toEqual(["custom_openai"]);
});

test.each([
  "https://api.openai.com.evil.example/v1/chat/completions",
  "https://evil.example/https://api.openai.com/v1",
  "https://mine.openai.azure.com.evil.example/openai/v1",
  "http://api.openai.com/v1/chat/completions",
  "https://platform.openai.com/v1",
])("%s is nobody's", (address) => {
  expect(realUrls.filter(({ url }) => url.test(address))).toEqual([]);
});

describe("as over loopback", () => {
  test("what the service would refuse is refused", async () => {
    const bad = new OpenAI({ apiKey: BAD_KEY, maxRetries: 0 }).chat.completions.create(chat);
    await expect(bad).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
    const unknown = { ...chat, colour: "blue" };
    const strange = new OpenAI({ apiKey, maxRetries: 0 }).chat.completions.create(unknown);
    await expect(strange).rejects.toMatchObject({ status: 400 });
  });

  test("replies are scripted", async () => {
    sim.script(["Forty-two."]);
    const reply = await new OpenAI({ apiKey }).chat.completions.create(chat);
    expect(reply.choices[0]?.message.content).toBe("Forty-two.");
  });

  test("a status befalls the provider it is meant for, and is retried", async () => {
    sim.fault({ provider: "anthropic", status: 529 });
    sim.fault({ provider: "openai", status: 429, headers: { "retry-after-ms": "1" } });
    await new OpenAI({ apiKey, maxRetries: 1 }).chat.completions.create(chat);
    expect(sim.requests.map(({ status }) => status)).toEqual([429, 200]);
    expect(sim.faults).toHaveLength(1);
  });

  test("a connection that breaks before the reply", async () => {
    const openai = new OpenAI({ apiKey, maxRetries: 0 });
    sim.fault({ close: true });
    await expect(openai.chat.completions.create(chat)).rejects.toThrow(OpenAI.APIConnectionError);
  });

  // Over `fetch`, msw ends a broken body as if it were whole; over node:http it breaks the connection.
  test("a body that breaks off, for a client on node:http", async () => {
    sim.fault({ cutAt: 400 });
    const headers = { "content-type": "application/json", authorization: "Bearer any" };
    const outgoing = https
      .request("https://api.openai.com/v1/chat/completions", {
        method: "POST",
        headers,
      })
      .end(JSON.stringify({ ...chat, stream: true }));
    const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
    let bytes = 0;
    const read = async () => {
      for await (const piece of incoming) bytes += piece.length;
    };
    await expect(read()).rejects.toThrow("aborted");
    expect(bytes).toBe(400);
  });

  test("a client that leaves is noticed: while it waits, and in the middle of a stream", async () => {
    const openai = new OpenAI({ apiKey, maxRetries: 0 });
    sim.fault({ hang: true });
    const controller = new AbortController();
    const waiting = openai.chat.completions.create(chat, { signal: controller.signal });
    await expect.poll(() => sim.requests.length).toBe(1);
    controller.abort();
    await expect(waiting).rejects.toThrow(OpenAI.APIUserAbortError);
    await expect.poll(() => sim.requests[0]?.aborted).toBe(true);

    sim.fault({ chunkDelayMs: 20 });
    for await (const _ of await openai.chat.completions.create({ ...chat, stream: true })) break;
    await expect.poll(() => sim.requests[1]?.aborted).toBe(true);
  });
});

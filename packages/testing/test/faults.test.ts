/** Every fault does what it says, and nothing to the request after it. */
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Fault, type Simulator, simulator } from "../src/index.ts";
import { listen } from "../src/loopback.ts";
import { send } from "../src/send.ts";

let sim: Simulator;
beforeAll(async () => {
  sim = await simulator();
});
beforeEach(() => sim.reset());
afterAll(() => sim.close());

const hello = [{ role: "user", content: "Tell a joke about cats." }];
const endpoints: Record<string, { path: string; streamPath?: string; body: object }> = {
  openai: { path: "/chat/completions", body: { model: "gpt-4o", messages: hello } },
  groq: { path: "/chat/completions", body: { model: "m", messages: hello } },
  openrouter: { path: "/chat/completions", body: { model: "a/b", messages: hello } },
  anthropic: {
    path: "/v1/messages",
    body: { model: "claude-haiku-4-5", max_tokens: 99, messages: hello },
  },
  gemini: {
    path: "/v1beta/models/g:generateContent",
    streamPath: "/v1beta/models/g:streamGenerateContent?alt=sse",
    body: { contents: [{ role: "user", parts: [{ text: "Tell a joke about cats." }] }] },
  },
  ollama: { path: "/api/chat", body: { model: "m", messages: hello } },
};

async function ask(provider: string, stream = false, signal?: AbortSignal): Promise<Response> {
  const { path, streamPath, body } = endpoints[provider]!;
  const isGemini = provider === "gemini";
  return await fetch(sim.providers[provider]!.baseURL + (stream ? (streamPath ?? path) : path), {
    method: "POST",
    headers: { authorization: "Bearer any", "anthropic-version": "2023-06-01" },
    body: JSON.stringify(isGemini ? body : { ...body, stream }),
    signal,
  });
}

describe("status", () => {
  const rows: [string, number, object][] = [
    [
      "openai",
      429,
      { error: { type: "requests", code: "rate_limit_exceeded", param: null, message: "Slow." } },
    ],
    ["openai", 500, { error: { type: "server_error", code: null, param: null, message: "Slow." } }],
    [
      "anthropic",
      529,
      {
        type: "error",
        error: { type: "overloaded_error", message: "Slow." },
        request_id: expect.any(String),
      },
    ],
    [
      "anthropic",
      413,
      {
        type: "error",
        error: { type: "request_too_large", message: "Slow." },
        request_id: expect.any(String),
      },
    ],
    ["gemini", 503, { error: { code: 503, status: "UNAVAILABLE", message: "Slow." } }],
    ["gemini", 429, { error: { code: 429, status: "RESOURCE_EXHAUSTED", message: "Slow." } }],
    ["openrouter", 402, { error: { code: 402, message: "Slow." }, user_id: "user_simulator" }],
    ["ollama", 500, { error: "Slow." }],
  ];
  test.each(rows)("%s answers %i in its own envelope", async (provider, status, body) => {
    sim.fault({ status, message: "Slow." });
    const response = await ask(provider);
    expect([response.status, await response.json()]).toEqual([status, body]);
    expect((await ask(provider)).status).toBe(200);
  });

  test.each([401, 403, 404, 408, 409, 413, 422, 429, 500, 503, 529])(
    "%i has a message of its own",
    async (status) => {
      sim.fault({ status });
      const response = await ask("openai");
      const { error } = (await response.json()) as { error: { message: string } };
      expect(response.status).toBe(status);
      expect(error.message.length).toBeGreaterThan(8);
    },
  );

  test("times and provider say whom it befalls", async () => {
    sim.fault({ status: 503, times: 2, provider: "anthropic" });
    expect(sim.faults).toHaveLength(1);
    const seen = [];
    for (const name of ["openai", "anthropic", "openai", "anthropic", "anthropic"]) {
      seen.push((await ask(name)).status);
    }
    expect(seen).toEqual([200, 503, 200, 503, 200]);
    expect(sim.faults).toEqual([]);
  });

  test("headers and a body of one's own", async () => {
    sim.fault({ status: 429, headers: { "x-should-retry": "false" }, body: "go away" });
    const response = await ask("openai");
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(response.headers.get("x-polycall-simulator")).toBe("1");
    expect(await response.text()).toBe("go away");
  });

  test("the official SDKs read the errors as theirs", async () => {
    sim.fault({ status: 429, times: 2 });
    const openai = new OpenAI({ ...sim.providers.openai!, maxRetries: 0 });
    const messages = [{ role: "user" as const, content: "Hi" }];
    await expect(
      openai.chat.completions.create({ model: "gpt-4o", messages }),
    ).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    const anthropic = new Anthropic({ ...sim.providers.anthropic!, maxRetries: 0 });
    await expect(
      anthropic.messages.create({ model: "m", max_tokens: 9, messages }),
    ).rejects.toBeInstanceOf(Anthropic.RateLimitError);
  });
});

describe("when to come back", () => {
  test.each<[NonNullable<Fault["retryAfter"]>["source"], string]>([
    ["retry-after-ms", "61500"],
    ["x-ms-retry-after-ms", "61500"],
    ["retry-after", "61.5"],
    ["x-ratelimit-reset-requests", "1m1.5s"],
    ["x-ratelimit-reset-tokens", "1m1.5s"],
  ])("%s", async (source, value) => {
    sim.fault({ status: 429, retryAfter: { ms: 61_500, source } });
    expect((await ask("openai")).headers.get(source)).toBe(value);
  });

  test("as dates and epochs", async () => {
    const before = Date.now();
    const told = async (source: NonNullable<Fault["retryAfter"]>["source"], header: string) => {
      sim.fault({ status: 429, retryAfter: { ms: 3_600_000, source } });
      return (await ask("openai")).headers.get(header)!;
    };
    const times = [
      Date.parse(await told("retry-after-date", "retry-after")),
      Number(await told("x-ratelimit-reset", "x-ratelimit-reset")),
      Date.parse(
        await told("anthropic-ratelimit-tokens-reset", "anthropic-ratelimit-tokens-reset"),
      ),
      Date.parse(
        await told("anthropic-ratelimit-requests-reset", "anthropic-ratelimit-requests-reset"),
      ),
    ];
    for (const time of times) {
      expect(time - before).toBeGreaterThan(3_598_000);
      expect(time - before).toBeLessThan(3_660_000);
    }
  });

  test("in Gemini's and Groq's bodies", async () => {
    sim.fault({ status: 429, retryAfter: { ms: 17_000, source: "gemini-body" } });
    expect(await (await ask("gemini")).json()).toMatchObject({
      error: {
        details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "17s" }],
      },
    });
    sim.fault({ status: 429, retryAfter: { ms: 17_300, source: "gemini-text" } });
    expect(await (await ask("gemini")).text()).toContain("Please retry in 17.3s.");
    sim.fault({ status: 429, retryAfter: { ms: 7660, source: "groq-text" } });
    expect(await (await ask("groq")).text()).toContain("Please try again in 7.66s.");
  });
});

describe("bytes", () => {
  test.each([0, 1, 100])("cut at byte %i", async (cutAt) => {
    sim.fault({ cutAt });
    const response = await ask("openai", true).catch((error: Error) => error);
    if (response instanceof Error) {
      expect(cutAt).toBe(0);
      return;
    }
    const reader = response.body!.getReader();
    let size = 0;
    const read = async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        size += part.value.length;
      }
    };
    await expect(read()).rejects.toThrow();
    expect(size).toBe(cutAt);
  });

  test("a plain body cut short is an error too", async () => {
    sim.fault({ cutAt: 20 });
    await expect(ask("openai").then((response) => response.text())).rejects.toThrow();
  });

  test.each(Object.keys(endpoints))("%s: split bytes say the same", async (provider) => {
    const whole = await (await ask(provider, true)).text();
    sim.fault({ splitBytes: { seed: 7, max: 9 } });
    const split = await ask(provider, true);
    let parts = 0;
    let text = "";
    const decoder = new TextDecoder();
    for await (const part of split.body!) {
      parts++;
      text += decoder.decode(part, { stream: true });
    }
    const blind = (said: string) =>
      said.replace(/"(id|responseId|created|created_at)":\s?("[^"]*"|\d+)/g, "");
    expect(blind(text)).toBe(blind(whole));
    expect(parts).toBeGreaterThan(20);
  });

  test("a drip comes through whole", async () => {
    sim.fault({ drip: { bytes: 40, everyMs: 1 } });
    const reply = await (await ask("openai")).json();
    expect(reply).toMatchObject({ object: "chat.completion" });
  });

  test("malformed JSON, in a stream and whole", async () => {
    sim.fault({ malformed: true, times: 2 });
    const events = (await (await ask("openai", true)).text()).split("\n\n").filter(Boolean);
    const isJson = (event: string) => {
      try {
        JSON.parse(event.replace("data: ", ""));
        return true;
      } catch {
        return event === "data: [DONE]";
      }
    };
    expect(events.map(isJson).filter((fine) => !fine)).toHaveLength(1);
    expect(isJson(events[1]!)).toBe(false);
    await expect((await ask("openai")).json()).rejects.toThrow(SyntaxError);
  });

  test("HTML and nothing at all", async () => {
    sim.fault({ html: true, status: 502 });
    const page = await ask("openai");
    expect([page.status, page.headers.get("content-type")]).toEqual([
      502,
      "text/html; charset=utf-8",
    ]);
    expect(await page.text()).toMatch(/^<!DOCTYPE html>/);
    sim.fault({ empty: true });
    const empty = await ask("openai");
    expect([empty.status, await empty.text()]).toEqual([200, ""]);
  });
});

describe("errors inside a stream", () => {
  test.each<[string, string]>([
    ["openai", 'data: {"error":{"message":"Lost."'],
    ["groq", 'event: error\ndata: {"error":{"message":"Lost."'],
    ["openrouter", '"error":{"code":502,"message":"Lost."'],
    [
      "anthropic",
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Lost."}}',
    ],
    ["gemini", 'data: {"error":{"code":503,"message":"Lost.","status":"UNAVAILABLE"}}'],
    ["ollama", '{"error":"Lost."}'],
  ])("%s", async (provider, told) => {
    sim.fault({ streamError: { after: 3, message: "Lost." } });
    const response = await ask(provider, true);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toContain(told);
    expect(text).not.toMatch(/finish_reason":"stop"|message_stop|"STOP"|"done":true/);
  });

  test("Responses has an error event of its own", async () => {
    sim.fault({ streamError: true });
    const openai = new OpenAI({ ...sim.providers.openai!, maxRetries: 0 });
    const stream = await openai.responses.create({ model: "gpt-5.4", input: "Hi", stream: true });
    const types: string[] = [];
    const read = async () => {
      for await (const event of stream) types.push(event.type);
    };
    await read().catch(() => types.push("thrown"));
    expect(types.slice(0, 2)).toEqual(["response.created", "response.in_progress"]);
    expect(["error", "thrown"]).toContain(types[2]);
    expect(types).toHaveLength(3);
  });

  test("a reply that is no stream is left alone", async () => {
    sim.fault({ streamError: true });
    expect(await (await ask("openai")).json()).toMatchObject({ object: "chat.completion" });
  });
});

describe("time and connections", () => {
  test("close breaks the connection without a reply", async () => {
    sim.fault({ close: true });
    await expect(ask("openai")).rejects.toThrow("fetch failed");
    expect(sim.requests.at(-1)).toMatchObject({ aborted: true, status: 0 });
  });

  test("hang never answers; close() ends it", async () => {
    const own = await simulator();
    own.fault({ hang: true });
    const pending = fetch(`${own.providers.ollama!.baseURL}/api/version`);
    const first = await Promise.race([pending, pause(50, "waiting")]);
    expect(first).toBe("waiting");
    await own.close();
    await expect(pending).rejects.toThrow("fetch failed");
    await own.close();
  });

  test("delays come before the headers and between chunks", async () => {
    sim.fault({ delayMs: 60 });
    const slow = ask("openai");
    expect(await Promise.race([slow.then(() => "answered"), pause(5, "waiting")])).toBe("waiting");
    expect((await slow).status).toBe(200);
    sim.fault({ chunkDelayMs: 100_000 });
    const response = await ask("openai", true);
    const reader = response.body!.getReader();
    const first = new TextDecoder().decode((await reader.read()).value);
    expect(first.match(/data: /g)).toHaveLength(1);
    await reader.cancel();
  });

  test("an abort is seen, mid-stream and in a pause", async () => {
    const controller = new AbortController();
    sim.fault({ chunkDelayMs: 100_000 });
    const response = await ask("anthropic", true, controller.signal);
    await response.body!.getReader().read();
    controller.abort();
    await expect.poll(() => sim.requests.at(-1)?.aborted).toBe(true);
  });

  test("a client that does not read holds the stream back", async () => {
    const TOTAL = 200_000;
    let made = 0;
    function* frames() {
      for (; made < TOTAL; made++) yield "x".repeat(1000);
    }
    const server = await listen((_request, response) => {
      void send(response, { status: 200, headers: {}, frames: [], isStream: true }, frames(), {});
    });
    const outgoing = httpRequest(server.url).end();
    const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
    for (let before = -1; before !== made; ) {
      before = made;
      await pause(100);
    }
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(TOTAL / 2);
    incoming.destroy();
    await server.close();
  });
});

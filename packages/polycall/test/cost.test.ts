/** `reply.cost`, through the door: the provider's own counts at the catalogue's prices, whole and streamed. */
import { simulator } from "@polycall/testing";
import { describe, expect, test, vi } from "vitest";
import { createClient } from "../src/index.ts";

const messages = [{ role: "user" as const, content: "Hello" }];
const head = { id: "chatcmpl-1", object: "chat.completion", created: 1_700_000_000 };

const openaiUsage = {
  prompt_tokens: 1000,
  completion_tokens: 300,
  total_tokens: 1300,
  prompt_tokens_details: { cached_tokens: 400 },
  completion_tokens_details: { reasoning_tokens: 100 },
};
const anthropicUsage = {
  input_tokens: 200,
  cache_read_input_tokens: 3000,
  cache_creation_input_tokens: 1000,
  cache_creation: { ephemeral_5m_input_tokens: 600, ephemeral_1h_input_tokens: 400 },
  output_tokens: 150,
};
const geminiUsage = {
  promptTokenCount: 250_000,
  cachedContentTokenCount: 100_000,
  candidatesTokenCount: 500,
  thoughtsTokenCount: 1500,
  totalTokenCount: 252_000,
};

const sse = (events: object[], named = false) =>
  events
    .map((event) => {
      const name = named ? `event: ${(event as { type: string }).type}\n` : "";
      return `${name}data: ${JSON.stringify(event)}\n\n`;
    })
    .join("");

const openaiWhole = (model: string, usage: object) => ({
  ...head,
  model,
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "Hi", refusal: null },
      finish_reason: "stop",
      logprobs: null,
    },
  ],
  usage,
});
const openaiStream = (model: string, usage: object) => {
  const chunk = { ...head, object: "chat.completion.chunk", model };
  return `${sse([
    {
      ...chunk,
      choices: [{ index: 0, delta: { role: "assistant", content: "Hi" }, finish_reason: null }],
    },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    { ...chunk, choices: [], usage },
  ])}data: [DONE]\n\n`;
};

const anthropicMessage = (usage: object, content: object[]) => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-haiku-4-5-20251001",
  content,
  stop_reason: content.length ? "end_turn" : null,
  stop_sequence: null,
  usage,
});
const geminiChunk = (usageMetadata: object) => ({
  candidates: [
    { index: 0, content: { role: "model", parts: [{ text: "Hi" }] }, finishReason: "STOP" },
  ],
  usageMetadata,
  modelVersion: "gemini-2.5-pro",
  responseId: "r1",
});

interface Case {
  name: string;
  model: string;
  whole: object;
  stream: string;
  cost: object | undefined;
  /** What is said of another model that served. */
  substituted?: object[];
}

const cases: Case[] = [
  {
    name: "OpenAI",
    model: "openai/chat/gpt-5.4",
    whole: openaiWhole("gpt-5.4-2026-03-05", openaiUsage),
    stream: openaiStream("gpt-5.4-2026-03-05", openaiUsage),
    cost: {
      total: 0.0061,
      parts: [
        { kind: "input", tokens: 600, rate: 2.5, cost: 0.0015 },
        { kind: "cacheRead", tokens: 400, rate: 0.25, cost: 0.0001 },
        { kind: "output", tokens: 200, rate: 15, cost: 0.003 },
        { kind: "reasoning", tokens: 100, rate: 15, cost: 0.0015 },
      ],
      source: "catalogue",
      model: "gpt-5.4-2026-03-05",
    },
  },
  {
    name: "Anthropic, its cache written for five minutes and for an hour",
    model: "anthropic/claude-haiku-4-5",
    whole: anthropicMessage(anthropicUsage, [{ type: "text", text: "Hi" }]),
    stream: sse(
      [
        {
          type: "message_start",
          message: anthropicMessage({ ...anthropicUsage, output_tokens: 1 }, []),
        },
        { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
        { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi" } },
        { type: "content_block_stop", index: 0 },
        {
          type: "message_delta",
          delta: { stop_reason: "end_turn", stop_sequence: null },
          usage: { output_tokens: 150 },
        },
        { type: "message_stop" },
      ],
      true,
    ),
    cost: {
      total: 0.0028,
      parts: [
        { kind: "input", tokens: 200, rate: 1, cost: 0.0002 },
        { kind: "cacheRead", tokens: 3000, rate: 0.1, cost: 0.0003 },
        { kind: "cacheWrite", tokens: 600, rate: 1.25, cost: 0.00075 },
        { kind: "cacheWrite1h", tokens: 400, rate: 2, cost: 0.0008 },
        { kind: "output", tokens: 150, rate: 5, cost: 0.00075 },
      ],
      source: "catalogue",
      model: "claude-haiku-4-5-20251001",
    },
  },
  {
    name: "Gemini, above 200,000 tokens",
    model: "gemini/gemini-2.5-pro",
    whole: geminiChunk(geminiUsage),
    stream: sse([geminiChunk(geminiUsage)]),
    cost: {
      total: 0.43,
      parts: [
        { kind: "input", tokens: 150_000, rate: 2.5, cost: 0.375 },
        { kind: "cacheRead", tokens: 100_000, rate: 0.25, cost: 0.025 },
        { kind: "output", tokens: 500, rate: 15, cost: 0.0075 },
        { kind: "reasoning", tokens: 1500, rate: 15, cost: 0.0225 },
      ],
      source: "catalogue",
      model: "gemini-2.5-pro",
    },
  },
  {
    name: "OpenRouter, which says it itself",
    model: "openrouter/anthropic/claude-haiku-4.5",
    whole: openaiWhole("anthropic/claude-haiku-4.5", { ...openaiUsage, cost: 0.00123 }),
    stream: openaiStream("anthropic/claude-haiku-4.5", { ...openaiUsage, cost: 0.00123 }),
    cost: { total: 0.00123, parts: [], source: "provider" },
  },
  {
    name: "another model than the one asked for, at its own price",
    model: "openai/chat/gpt-4o",
    whole: openaiWhole("gpt-4o-mini", {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
    }),
    stream: openaiStream("gpt-4o-mini", {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
    }),
    cost: {
      total: 0.000021, // 100 x 0.15 + 10 x 0.60
      parts: [
        { kind: "input", tokens: 100, rate: 0.15, cost: 0.000015 },
        { kind: "output", tokens: 10, rate: 0.6, cost: 0.000006 },
      ],
      source: "catalogue",
      model: "gpt-4o-mini",
    },
    substituted: [
      {
        param: "model",
        action: "converted",
        from: "openai/gpt-4o",
        to: "gpt-4o-mini",
        reason: "gpt-4o-mini answered in its place, and is what the reply costs.",
      },
    ],
  },
  {
    name: "a model that nobody knows",
    model: "openai/chat/gpt-99",
    whole: openaiWhole("gpt-99", openaiUsage),
    stream: openaiStream("gpt-99", openaiUsage),
    cost: undefined,
  },
  {
    name: "counts that contradict each other",
    model: "openai/chat/gpt-4o",
    whole: openaiWhole("gpt-4o", { ...openaiUsage, prompt_tokens: 300 }),
    stream: openaiStream("gpt-4o", { ...openaiUsage, prompt_tokens: 300 }),
    cost: undefined,
  },
];

const keys = Object.fromEntries(
  ["openai", "anthropic", "gemini", "openrouter"].map((name) => [name, { apiKey: "k" }]),
);

/** A client whose provider answers with this. */
function answering(body: object | string, options: object = {}) {
  const type = typeof body === "string" ? "text/event-stream" : "application/json";
  const fetch = async () =>
    new Response(typeof body === "string" ? body : JSON.stringify(body), {
      headers: { "content-type": type },
    });
  return createClient({
    providers: keys,
    defaults: { fetch: fetch as typeof globalThis.fetch, maxRetries: 0 },
    logLevel: "off",
    ...options,
  });
}

describe.each(cases)("$name", ({ model, whole, stream, cost, substituted = [] }) => {
  test("whole", async () => {
    const reply = await answering(whole).completion({ model, messages });
    expect(reply.text).toBe("Hi");
    expect(reply.cost).toEqual(cost);
    expect("cost" in reply).toBe(cost !== undefined);
    expect(reply.warnings.filter(({ action }) => action === "converted")).toEqual(substituted);
  });

  test("streamed, the same", async () => {
    const chunks = await answering(stream).completion({ model, messages, stream: true });
    const reply = await chunks.final();
    expect(reply.text).toBe("Hi");
    expect(reply.cost).toEqual(cost);
    expect(reply.warnings.filter(({ action }) => action === "converted")).toEqual(substituted);
    expect(chunks.warnings).toEqual(reply.warnings);
  });
});

test("each provider's simulated reply has the same cost, whole and streamed", async () => {
  await using sim = await simulator();
  const { completion } = createClient({ providers: sim.providers, logLevel: "off" });
  for (const [model, total] of [
    ["openai/chat/gpt-4.1-mini", 0.00056], // 1,000 x 0.40 + 100 x 1.60
    ["openai/responses/gpt-4.1-mini", 0.00056],
    ["anthropic/claude-haiku-4-5", 0.0015], // 1,000 x 1 + 100 x 5
    ["gemini/gemini-3.5-flash-lite", 0.00055], // 1,000 x 0.30 + 100 x 2.50
    ["ollama/llama3.2", undefined],
  ] as const) {
    const usage = { input: 1000, output: 100, reasoning: 0 };
    sim.script([
      { text: "Hi", usage },
      { text: "Hi", usage },
    ]);
    const whole = await completion({ model, messages });
    const streamed = await (await completion({ model, messages, stream: true })).final();
    expect([model, whole.cost?.total, streamed.cost?.total]).toEqual([model, total, total]);
    expect(streamed.cost).toEqual(whole.cost);
  }
});

describe("no price is worth a failed call", () => {
  const whole = openaiWhole("gpt-4o", openaiUsage);
  const model = "openai/chat/gpt-4o";
  const failure = new Error("no catalogue");
  test.each([
    ["cannot be loaded", () => Promise.reject(failure)],
    [
      "throws at once",
      () => {
        throw failure;
      },
    ],
    ["is none", async () => undefined],
    [
      "throws at each reply",
      async () => ({
        cost() {
          throw failure;
        },
      }),
    ],
  ])("where the pricing %s", async (_, pricing) => {
    const reply = await answering(whole, { pricing }).completion({ model, messages });
    expect(reply.text).toBe("Hi");
    expect(reply.cost).toBeUndefined();
  });
});

test("a pricing of the caller's own has the last word", async () => {
  const cost = vi.fn(() => ({ total: 7, parts: [], source: "catalogue" as const }));
  const client = answering(openaiWhole("gpt-4o", openaiUsage), { pricing: async () => ({ cost }) });
  const reply = await client.completion({ model: "openai/chat/gpt-4o", messages });
  expect(reply.cost).toEqual({ total: 7, parts: [], source: "catalogue" });
  expect(cost).toHaveBeenCalledExactlyOnceWith(
    "openai",
    "gpt-4o",
    expect.objectContaining({ model: "gpt-4o" }),
    { baseURL: "https://api.openai.com/v1", at: expect.any(Number) },
  );
});

test("what registerModel says is what the next reply costs", async () => {
  const { registerModel } = await import("../src/models.ts");
  registerModel({ provider: "openai", id: "gpt-98", price: { input: 1, output: 1 } });
  const client = answering(
    openaiWhole("gpt-98", { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }),
  );
  const { cost } = await client.completion({ model: "openai/chat/gpt-98", messages });
  expect(cost?.total).toBe(0.000015);
});

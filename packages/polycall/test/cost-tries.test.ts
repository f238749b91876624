/** What failed tries cost, through the door: each has its own cost, and the call holds all of them. */
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { createClient, type PolycallError, SchemaValidationError } from "../src/index.ts";

const messages = [{ role: "user" as const, content: "Hello" }];
// gpt-4o-mini: $0.15 and $0.60 for a million tokens; claude-haiku-4-5: $1 and $5.
const model = "openai/chat/gpt-4o-mini";
const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };
const one = 0.00021; // 1,000 x 0.15 + 100 x 0.60

const whole = (content: string, more: object = {}) => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_700_000_000,
  model: "gpt-4o-mini",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content, refusal: null },
      finish_reason: "stop",
      logprobs: null,
      ...more,
    },
  ],
  usage,
});

const event = (data: { type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const claudeHead = event({
  type: "message_start",
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-haiku-4-5-20251001",
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 2000, output_tokens: 3 },
  },
} as { type: string });
const claudeText =
  event({
    type: "content_block_start",
    index: 0,
    content_block: { type: "text", text: "" },
  } as never) +
  event({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: "Hi" },
  } as never);

type Answer = object | string | { status: number };

/** A client whose provider gives these answers, one after the other; a text is a stream. */
function answering(...answers: Answer[]) {
  const fetch = async () => {
    const answer = answers.shift();
    if (typeof answer === "string") {
      return new Response(answer, { headers: { "content-type": "text/event-stream" } });
    }
    const { status = 200, ...body } = answer as { status?: number };
    return new Response(JSON.stringify(body), {
      status,
      headers: { "content-type": "application/json" },
    });
  };
  const keys = ["openai", "anthropic", "gemini"].map((name) => [name, { apiKey: "k" }]);
  return createClient({
    providers: Object.fromEntries(keys),
    defaults: { fetch: fetch as typeof globalThis.fetch, maxRetries: 0 },
    logLevel: "off",
  });
}

const joke = z.object({ setup: z.string() });
const asked = (more: { model?: string; fallbacks?: string[] } = {}) => ({
  model,
  messages,
  response_format: joke,
  ...more,
});

describe("the cost of a call holds its failed tries", () => {
  test("a reply that did not fit its schema, and the one that was asked for again", async () => {
    const { completion } = answering(whole('{"setup":1}'), whole('{"setup":"a"}'));
    const { cost, attempts } = await completion(asked());
    expect(attempts.map((attempt) => attempt.cost)).toEqual([one, one]);
    expect(cost).toMatchObject({ total: 2 * one, failed: one, source: "catalogue" });
    expect(cost!.parts.reduce((sum, part) => sum + part.cost, 0)).toBeCloseTo(one, 15);
    expect(cost).not.toHaveProperty("incomplete");
  });

  test("another model's, at its own price", async () => {
    const { completion } = answering(
      { ...whole('{"setup":1}', { finish_reason: "length" }), model: "gpt-4o" },
      whole('{"setup":"a"}'),
    );
    const { cost } = await completion(asked({ model: "openai/chat/gpt-4o", fallbacks: [model] }));
    // 1,000 x 2.50 + 100 x 10 = 0.0035
    expect(cost).toMatchObject({ total: 0.00371, failed: 0.0035 });
  });

  test("a refusal costs nothing, and the call is not said to be incomplete", async () => {
    const { completion } = answering({ status: 500, error: { message: "oh" } }, whole("Hi"));
    const { cost, attempts } = await completion({ model, messages, maxRetries: 1 });
    expect(attempts).toHaveLength(2);
    expect(cost?.total).toBe(one);
    expect(Object.keys(cost!).sort()).toEqual(["model", "parts", "source", "total"]);
  });

  test("tokens of no known price make the total incomplete, not wrong", async () => {
    const unknown = { ...whole('{"setup":1}', { finish_reason: "length" }), model: "gpt-99" };
    const { completion } = answering(unknown, whole('{"setup":"a"}'));
    const input = asked({ model: "openai/chat/gpt-99", fallbacks: [model] });
    const { cost, attempts } = await completion(input);
    expect(cost).toMatchObject({ total: one, incomplete: true });
    expect(cost).not.toHaveProperty("failed");
    expect(attempts[0]).toMatchObject({ usage: { total_tokens: 1100 } });
    expect(attempts[0]).not.toHaveProperty("cost");
  });

  test("a reply that was cut before its tokens were told", async () => {
    const cut = async () => new Response("{", { headers: { "content-type": "application/json" } });
    const good = async () => Response.json(whole("Hi"));
    const answers = [cut, good];
    const { completion } = createClient({
      providers: { openai: { apiKey: "k" } },
      logLevel: "off",
    });
    const fetch = (() => answers.shift()!()) as typeof globalThis.fetch;
    const { cost, attempts } = await completion({ model, messages, fetch, fallbacks: [model] });
    expect(attempts[0]).toMatchObject({ uncounted: true });
    expect(cost).toMatchObject({ total: one, incomplete: true });
  });

  test("Gemini's malformed call, which says its tokens", async () => {
    const gemini = (finishReason: string) => ({
      candidates: [{ content: { role: "model", parts: [{ text: "Hi" }] }, finishReason }],
      usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 100, totalTokenCount: 1100 },
      modelVersion: "gemini-3.5-flash-lite",
    });
    const { completion } = answering(gemini("MALFORMED_FUNCTION_CALL"), gemini("STOP"));
    const input = { model: "gemini/gemini-3.5-flash-lite", messages, maxRetries: 1 };
    const { cost } = await completion({ ...input, fallbacks: [input.model] });
    // 1,000 x 0.30 + 100 x 2.50, twice
    expect(cost).toMatchObject({ total: 0.0011, failed: 0.00055 });
  });
});

describe("an error carries what was spent", () => {
  test("a reply that fits its schema neither time", async () => {
    const { completion } = answering(whole('{"setup":1}'), whole('{"setup":2}'));
    const error = await completion(asked()).catch((error) => error);
    expect(error).toBeInstanceOf(SchemaValidationError);
    expect(error.attempts.map(({ cost }: { cost: number }) => cost)).toEqual([one, one]);
    expect(error.reply.cost).toMatchObject({ total: 2 * one, failed: one });
  });

  test("a filtered reply", async () => {
    const { completion } = answering(whole("", { finish_reason: "content_filter" }));
    const error = await completion(asked()).catch((error) => error);
    expect(error.attempts).toMatchObject([{ cost: one, usage: { total_tokens: 1100 } }]);
  });

  test.each([
    [
      "in a loop",
      async (stream: AsyncIterable<unknown>) => {
        for await (const _ of stream);
      },
    ],
    ["by final()", (stream: { final(): Promise<unknown> }) => stream.final()],
  ])("a stream that broke in the middle, read %s: what was counted until then", async (_, read) => {
    const { completion } = answering(claudeHead + claudeText);
    const stream = await completion({
      model: "anthropic/claude-haiku-4-5",
      messages,
      stream: true,
    });
    const error = await (read as (stream: unknown) => Promise<PolycallError>)(stream).catch(
      (error) => error,
    );
    // 2,000 x 1 + 3 x 5
    const spent = { cost: 0.002015, usage: { total_tokens: 2003 }, uncounted: true };
    expect(error.attempts).toMatchObject([{ status: 200, ...spent }]);
  });

  test("a stream that was left early", async () => {
    const { completion } = answering(claudeHead + claudeText + claudeText);
    const stream = await completion({
      model: "anthropic/claude-haiku-4-5",
      messages,
      stream: true,
    });
    for await (const _ of stream) break;
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(stream.attempts).toMatchObject([{ cost: 0.002015, uncounted: true }]);
  });
});

describe("embeddings", () => {
  const vectors = (count: number, prompt_tokens: number) => ({
    object: "list",
    model: "text-embedding-3-small",
    data: Array.from({ length: count }, (_, index) => ({
      object: "embedding",
      index,
      embedding: [1, 0],
    })),
    usage: { prompt_tokens, total_tokens: prompt_tokens },
  });
  const embedder = "openai/text-embedding-3-small"; // $0.02

  test("cost what their tokens do", async () => {
    const { embedding } = answering(vectors(2, 1500));
    const { cost } = await embedding({ model: embedder, input: ["a", "b"] });
    expect(cost).toEqual({
      total: 0.00003,
      parts: [{ kind: "input", tokens: 1500, rate: 0.02, cost: 0.00003 }],
      source: "catalogue",
      model: "text-embedding-3-small",
    });
  });

  test("in batches, their sum", async () => {
    const { embedding } = answering(vectors(2048, 5000), vectors(2, 1000));
    const { cost, data } = await embedding({ model: embedder, input: Array(2050).fill("a") });
    expect(data).toHaveLength(2050);
    expect(cost).toMatchObject({
      total: 0.00012,
      parts: [{ kind: "input", tokens: 6000, rate: 0.02, cost: 0.00012 }],
    });
    expect(cost).not.toHaveProperty("failed");
  });

  test("of a model that nobody knows: not known", async () => {
    const { embedding } = answering({ ...vectors(1, 5), model: "text-embedding-99" });
    const reply = await embedding({ model: "openai/text-embedding-99", input: "a" });
    expect(reply).not.toHaveProperty("cost");
  });
});

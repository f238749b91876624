/** `countTokens()`: estimated here within the error that it states, or counted by the provider's endpoint. */
import { responseBytes, wireData } from "@polycall/testing";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import {
  BadRequestError,
  type CompletionInput,
  countTokens,
  createClient,
  InvalidRequestError,
  NotFoundError,
  tool,
  UnsupportedParamsError,
} from "../src/index.ts";
import { capture } from "./support/capture.ts";

const hello = [{ role: "user" as const, content: "The quick brown fox jumps over the lazy dog." }];
const weather = tool({
  name: "get_weather",
  description: "The weather of a city",
  parameters: z.object({ city: z.string() }),
  execute: async () => "rain",
});

function asking(provider: string, url: string, more: object = {}) {
  return createClient({
    providers: { [provider]: { apiKey: "k-test", baseURL: url, ...more } },
    defaults: { maxRetries: 0 },
    logLevel: "off",
  });
}

describe("estimated", () => {
  test.each([
    // OpenAI's tokenizer makes 10 tokens of it, and 7 more of one message.
    ["openai/gpt-4o", 17],
    ["openai/responses/gpt-4o", 17],
    // recorded: google/google_model_usage_limit_exceeded.json, of nearly the same text
    ["gemini/gemini-2.5-flash", 12],
  ])("%s: near %i", async (model, tokens) => {
    const counted = await countTokens({ model, messages: hello });
    expect(counted.source).toBe("estimate");
    expect(Math.abs(counted.tokens - tokens)).toBeLessThanOrEqual(6);
    expect(Math.abs(counted.tokens - tokens)).toBeLessThanOrEqual(counted.error * counted.tokens);
  });

  test("of any model, without a key or network", async () => {
    for (const model of ["groq/unheard-of", "custom_openai/mine", "azure/deployment"]) {
      expect((await countTokens({ model, messages: hello })).tokens).toBeGreaterThan(9);
    }
  });

  test("more text, tools and pictures are more tokens", async () => {
    const model = "openai/gpt-4o";
    const count = async (more: Partial<CompletionInput>) =>
      (await countTokens({ model, messages: hello, ...more })).tokens;
    const plain = await count({});
    expect(await count({ messages: [...hello, ...hello] })).toBeGreaterThan(plain);
    expect(await count({ tools: [weather] })).toBeGreaterThan(plain + 10);
    expect(await count({ response_format: z.object({ city: z.string() }) })).toBeGreaterThan(plain);
  });

  /** The head of a PNG of this size. */
  const png = (width: number, height: number) => {
    const head = Buffer.alloc(33);
    head.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    head.writeUInt32BE(width, 16);
    head.writeUInt32BE(height, 20);
    return `data:image/png;base64,${head.toString("base64")}`;
  };
  test.each([
    // 1024 x 1024 is scaled to 768 x 768: 4 tiles of 170, and 85
    ["openai/gpt-4o", 1024, 1024, undefined, 765],
    // 2048 x 4096 -> 1024 x 2048 -> 768 x 1536: 2 x 3 tiles
    ["openai/gpt-4o", 2048, 4096, undefined, 1105],
    ["openai/gpt-4o", 4096, 8192, "low", 85],
    // 1024 x 1024 is 32 x 32 patches, times 1.62
    ["openai/gpt-4.1-mini", 1024, 1024, undefined, 1659],
    // w x h / 750
    ["anthropic/claude-haiku-4-5", 1000, 1000, undefined, 1334],
    ["gemini/gemini-2.5-flash", 300, 300, undefined, 258],
    // unit 640: 2 x 2 tiles... 960 / 640 = 1.5 -> 2
    ["gemini/gemini-2.5-flash", 960, 960, undefined, 1032],
  ])("a picture for %s of %i x %i (%s): %i", async (model, width, height, detail, tokens) => {
    const image_url = { url: png(width, height), ...(detail && { detail: detail as "low" }) };
    const content = [{ type: "image_url" as const, image_url }];
    const text = [{ type: "text" as const, text: "" }];
    const count = async (parts: typeof content | typeof text) =>
      (await countTokens({ model, messages: [{ role: "user", content: parts }] })).tokens;
    expect((await count(content)) - (await count(text))).toBe(tokens);
  });

  test("a picture that says no size is a guess, and the error says so", async () => {
    const content = [{ type: "image_url" as const, image_url: { url: "https://a.example/b.png" } }];
    const { error } = await countTokens({
      model: "openai/gpt-4o",
      messages: [{ role: "user", content }],
    });
    expect(error).toBeGreaterThan(0.9);
  });

  test.each<[string, unknown, object?]>([
    ["no model", { messages: hello }],
    ["no messages", { model: "openai/gpt-4o" }],
    ["an unknown source", { model: "openai/gpt-4o", messages: hello }, { source: "guess" }],
  ])("%s is refused", async (_, input, options = {}) => {
    await expect(countTokens(input as never, options as never)).rejects.toThrow(
      InvalidRequestError,
    );
  });
});

describe("by the provider", () => {
  const input = (model: string): CompletionInput => ({
    model,
    messages: [{ role: "system", content: "Be brief." }, ...hello],
    tools: [weather],
    temperature: 0.5,
    max_tokens: 50,
  });

  test("OpenAI: what /responses would read, without what makes a reply", async () => {
    const { url, requests } = await capture({
      body: '{"object":"response.input_tokens","input_tokens":51}',
    });
    const { countTokens } = asking("openai", `${url}/v1`);
    expect(await countTokens(input("openai/chat/gpt-4o"), { source: "provider" })).toEqual({
      tokens: 51,
      error: 0,
      source: "provider",
    });
    const body = JSON.parse(requests[0]!.text);
    expect(requests[0]!.url).toBe("/v1/responses/input_tokens");
    expect(requests[0]!.headers.authorization).toBe("Bearer k-test");
    expect(Object.keys(body).sort()).toEqual(["input", "model", "tools"]);
    expect(body.model).toBe("gpt-4o");
  });

  test("Anthropic", async () => {
    const { url, requests } = await capture({ body: '{"input_tokens":641}' });
    const { countTokens } = asking("anthropic", url);
    const counted = await countTokens(input("anthropic/claude-haiku-4-5"), { source: "provider" });
    expect(counted).toEqual({ tokens: 641, error: 0, source: "provider" });
    const body = JSON.parse(requests[0]!.text);
    expect(requests[0]!.url).toBe("/v1/messages/count_tokens");
    expect(Object.keys(body).sort()).toEqual(["messages", "model", "system", "tools"]);
  });

  test("Gemini: a request within the request", async () => {
    const { url, requests } = await capture({ body: '{"totalTokens":12}' });
    const { countTokens } = asking("gemini", url);
    const counted = await countTokens(input("gemini/gemini-3.5-flash-lite"), {
      source: "provider",
    });
    expect(counted.tokens).toBe(12);
    expect(requests[0]!.url).toBe("/v1beta/models/gemini-3.5-flash-lite:countTokens");
    const { generateContentRequest } = JSON.parse(requests[0]!.text);
    expect(generateContentRequest).toMatchObject({
      model: "models/gemini-3.5-flash-lite",
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [{ role: "user" }],
      tools: [{ functionDeclarations: [{ name: "get_weather" }] }],
    });
  });

  test("Vertex AI: the request itself", async () => {
    const { url, requests } = await capture({
      body: '{"totalTokens":36,"totalBillableCharacters":123}',
    });
    const { countTokens } = asking("vertex", url);
    const counted = await countTokens(input("vertex/gemini-2.5-flash"), { source: "provider" });
    expect(counted.tokens).toBe(36);
    expect(requests[0]!.url).toMatch(/publishers\/google\/models\/gemini-2\.5-flash:countTokens$/);
    expect(Object.keys(JSON.parse(requests[0]!.text)).sort()).toEqual([
      "contents",
      "generationConfig",
      "systemInstruction",
      "tools",
    ]);
  });

  test("a host without such an endpoint, before anything is sent", async () => {
    const { url, requests } = await capture({ body: "{}" });
    const { countTokens } = asking("mistral", url);
    const counting = countTokens(input("mistral/mistral-large-latest"), { source: "provider" });
    await expect(counting).rejects.toThrow(UnsupportedParamsError);
    expect(requests).toEqual([]);
  });

  test("a refusal is the provider's, tried again where that may help", async () => {
    const { url, requests, now } = await capture({
      status: 529,
      body: '{"type":"error","error":{"type":"overloaded_error","message":"busy"}}',
    });
    const { countTokens } = asking("anthropic", url);
    const counting = countTokens(
      { ...input("anthropic/claude-haiku-4-5"), maxRetries: 1 },
      { source: "provider" },
    );
    setTimeout(() => (now.answer = { body: '{"input_tokens":7}' }), 20);
    const settled = await counting.catch((error) => error);
    expect(settled.tokens ?? settled.status).toBe(
      requests.length === 2 && settled.tokens ? 7 : 529,
    );
    expect(requests).toHaveLength(2);
  });

  test.each([
    [
      "not found",
      404,
      '{"type":"error","error":{"type":"not_found_error","message":"no"}}',
      NotFoundError,
    ],
    [
      "a bad request",
      400,
      '{"type":"error","error":{"type":"invalid_request_error","message":"no"}}',
      BadRequestError,
    ],
  ])("%s", async (_, status, body, error) => {
    const { url } = await capture({ status, body });
    const { countTokens } = asking("anthropic", url);
    await expect(
      countTokens(input("anthropic/claude-haiku-4-5"), { source: "provider" }),
    ).rejects.toThrow(error);
  });

  test.each(["{}", '{"input_tokens":"many"}', '{"input_tokens":-1}', "[]"])(
    "%s says no number",
    async (body) => {
      const { url } = await capture({ body });
      const { countTokens } = asking("anthropic", url);
      await expect(
        countTokens(input("anthropic/claude-haiku-4-5"), { source: "provider" }),
      ).rejects.toThrow(/says no number of tokens/);
    },
  );
});

const data = wireData();
describe.skipIf(!data)("recorded counts", () => {
  test.each([
    ["openai/responses_count_tokens_with_tools.json", "openai/gpt-4.1-mini", 51],
    ["anthropic/anthropic_cache_count_tokens.json", "anthropic/claude-sonnet-4-5", 1114],
    ["google/google_model_usage_limit_exceeded.json", "gemini/gemini-2.5-flash", 12],
  ])("%s", async (file, model, tokens) => {
    const { response } = data!.read(file).interactions[0]!;
    const fetch = async () =>
      new Response(responseBytes(response), { headers: { "content-type": "application/json" } });
    const counted = await countTokens(
      { model, messages: hello, apiKey: "k", fetch: fetch as typeof globalThis.fetch },
      { source: "provider" },
    );
    expect(counted.tokens).toBe(tokens);
  });
});

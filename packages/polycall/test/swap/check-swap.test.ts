/** `checkSwap()`: what it says of a swap is what `completion()` then does. No network is touched. */
import { expect, test } from "vitest";
import * as z from "zod";
import {
  type AssistantMessage,
  checkSwap,
  createClient,
  explain,
  InvalidRequestError,
  type Message,
  tool,
  UnknownProviderError,
  UnsupportedParamsError,
} from "../../src/index.ts";

const luna = "openai/gpt-6-luna";
const sonnet = "anthropic/claude-sonnet-5-5";
const flash = "gemini/gemini-2.5-flash-lite";
const messages: Message[] = [{ role: "user", content: "How much is London?" }];
const price = tool({
  name: "price",
  description: "A price",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => city.length,
});

test("a plain request goes from any model to any other, nothing lost", async () => {
  for (const from of [luna, sonnet, flash]) {
    for (const to of [luna, sonnet, flash]) {
      const report = await checkSwap({ messages }, from, to);
      const unharmed = { works: true, refused: [], lost: [], changed: [], gained: [], history: [] };
      expect(report).toMatchObject({ from, to, ...unharmed });
    }
  }
});

test("every refusal is named at once, and is what completion() throws", async () => {
  const sound = { data: "UklGRg==", format: "wav" } as const;
  const request = {
    n: 3,
    messages: [
      ...messages,
      { role: "user", content: [{ type: "input_audio", input_audio: sound }] },
    ] satisfies Message[],
  };
  const report = await checkSwap(request, "openai/gpt-audio", sonnet);
  expect(report.works).toBe(false);
  expect(report.refused.map(({ param }) => param).sort()).toEqual(["messages[1].content[0]", "n"]);
  const thrown = await explain({ ...request, model: sonnet }).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(UnsupportedParamsError);
  expect(report.refused.map(({ reason }) => reason)).toContain((thrown as Error).message);
});

test("hints that only the new model goes without are lost, and those that only the old one went without are gained", async () => {
  const sampling = { temperature: 0.2, seed: 7 };
  const there = await checkSwap({ messages, ...sampling }, flash, sonnet);
  expect(there.works).toBe(true);
  expect(there.lost.map(({ param, from }) => [param, from])).toEqual([
    ["seed", 7],
    ["temperature", 0.2],
  ]);
  const back = await checkSwap({ messages, ...sampling }, sonnet, flash);
  expect(back.lost).toEqual([]);
  expect(back.gained.map(({ param }) => param)).toEqual(["seed", "temperature"]);
});

test("a value that is bent for one model only is a change, one bent alike for both is none", async () => {
  const hot = { messages, temperature: 2 };
  const there = await checkSwap(hot, "gemini/gemini-2.5-flash", "anthropic/claude-haiku-4-5");
  expect(there.changed).toMatchObject([
    { param: "temperature", action: "clamped", from: 2, to: 1 },
  ]);
  const alike = await checkSwap(hot, "anthropic/claude-haiku-4-5", "anthropic/claude-opus-4-5");
  expect([...alike.changed, ...alike.lost, ...alike.gained]).toEqual([]);
});

test("a tool that only one provider has is refused alone; the others are planned", async () => {
  const grammar = { type: "custom", custom: { name: "sql" } } as const;
  const report = await checkSwap({ messages, tools: [price, grammar] }, luna, flash);
  expect(report.refused.map(({ param }) => param)).toEqual([expect.stringMatching(/^tools/)]);
});

test("reasoning of the model that is left stays behind; back again it is sent", async () => {
  const encrypted = "gAAAAABpQ2hhaW5PZlRob3VnaHRUaGF0TmVlZHNUb0NvbWVCYWNr";
  const thought = {
    role: "assistant",
    content: "52 pounds.",
    reasoning_content: "They want the return fare, which was 52 pounds.",
    provider_state: [
      {
        provider: "openai",
        model: "gpt-6-luna",
        endpoint: "responses",
        items: [
          { type: "reasoning", id: "rs_1", summary: [], encrypted_content: encrypted },
          {
            type: "message",
            id: "msg_1",
            role: "assistant",
            status: "completed",
            content: [{ type: "output_text", text: "52 pounds.", annotations: [] }],
          },
        ],
      },
    ],
  } satisfies AssistantMessage;
  const request = {
    messages: [...messages, thought, { role: "user", content: "And Paris?" }] satisfies Message[],
    tools: [price],
    reasoning_effort: "low" as const,
  };
  const there = await checkSwap(request, luna, sonnet);
  expect(there.works).toBe(true);
  expect(there.history).toEqual([{ model: luna, messages: [1], travels: false }]);
  const back = await checkSwap(request, sonnet, luna);
  expect(back.history).toEqual([{ model: luna, messages: [1], travels: true }]);
  const { body } = await explain({ ...request, model: luna });
  expect(JSON.stringify(body)).toContain(encrypted);
});

test("the costs are worked out for the tokens of a real reply", async () => {
  const usage = { prompt_tokens: 100_000, completion_tokens: 10_000, total_tokens: 110_000 };
  // Luna 0.10 and 0.50 dollars per million, Sonnet 5.5 2 and 10 (prices of November 2026).
  const { cost, facts } = await checkSwap({ messages }, luna, sonnet, { usage });
  expect(cost).toEqual({ from: 0.015, to: 0.3 });
  expect(facts).toContainEqual({ fact: "contextWindow", from: 1_050_000, to: 1_000_000 });
  // Without one: those expected of this request, a reply of 500 tokens among them.
  const expected = (await checkSwap({ messages }, luna, sonnet)).cost;
  expect(expected.from).toBeGreaterThan(500 * 0.5e-6);
  expect(expected.from).toBeLessThan(600 * 0.5e-6);
  expect(expected.to).toBeGreaterThan(500 * 10e-6);
  const unknown = await checkSwap({ messages }, luna, "openai/gpt-99", { usage });
  expect(unknown.works).toBe(true);
  expect(unknown.cost).toEqual({ from: 0.015 });
});

test("a prompt that is longer than the new model reads does not fit, though it would be sent", async () => {
  // Half a million words: gemini-3.5-flash-lite reads 1,048,576 tokens, claude-haiku-4-5 200,000.
  const long: Message[] = [{ role: "user", content: "word ".repeat(500_000) }];
  const [wide, narrow] = ["gemini/gemini-3.5-flash-lite", "anthropic/claude-haiku-4-5"];
  const there = await checkSwap({ messages: long }, wide, narrow);
  expect(there).toMatchObject({ works: true, fits: false });
  expect(there.tokens.from?.tokens).toBeGreaterThan(300_000);
  expect((await checkSwap({ messages: long }, narrow, wide)).fits).toBe(true);
  expect((await checkSwap({ messages }, wide, narrow)).fits).toBe(true);
});

test("needs no key and leaves the request as it was", async () => {
  const request = { messages, temperature: 0.5, apiKey: "sk-of-openai-only" };
  const before = structuredClone(request);
  const client = createClient({ providers: { openai: { baseURL: "http://127.0.0.1:9/v1" } } });
  const report = await client.checkSwap(request, luna, sonnet);
  expect(JSON.stringify(report)).not.toContain("sk-of-openai-only");
  expect(request).toEqual(before);
});

test("a wrong model string or request is an error that says so", async () => {
  await expect(checkSwap({ messages }, luna, "opnai/gpt-6")).rejects.toThrow(UnknownProviderError);
  await expect(checkSwap({ messages }, "gpt-6", luna)).rejects.toThrow(UnknownProviderError);
  const wrong = { messages: "hello" as unknown as Message[] };
  await expect(checkSwap(wrong, luna, sonnet)).rejects.toThrow(InvalidRequestError);
});

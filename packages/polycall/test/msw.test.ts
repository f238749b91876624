/** polycall calls the real URLs and meets the simulator's msw handlers there. */
import { mswSimulator } from "@polycall/testing/msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createClient } from "../src/index.ts";

const sim = await mswSimulator();
const server = setupServer(...sim.handlers);
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
beforeEach(() => sim.reset());
afterAll(() => server.close());

const messages = [{ role: "user" as const, content: "Tell a joke about cats." }];
const models = [
  ["openai/gpt-6-luna", "openai"],
  ["anthropic/claude-haiku-5-5", "anthropic"],
  ["gemini/gemini-3.5-flash-lite", "gemini"],
  ["openrouter/z-ai/glm-4.7", "openrouter"],
  ["ollama/llama3.2", "ollama"],
  ["groq/llama-3.3-70b-versatile", "groq"],
  ["mistral/mistral-small-latest", "mistral"],
  ["deepseek/deepseek-chat", "deepseek"],
] as const;
const keys = models.map(([, provider]) => [provider, { apiKey: "any" }]);
const { completion } = createClient({ logLevel: "off", providers: Object.fromEntries(keys) });

test.each(models)("%s, whole and streamed", async (model, provider) => {
  const reply = await completion({ model, messages });
  expect(reply.text).toMatch(/^\(simulator\) .*cats/);
  const stream = await completion({ model, messages, stream: true });
  let text = "";
  for await (const piece of stream.textStream) text += piece;
  expect(text).toBe(reply.text);
  expect(sim.requests.map((request) => request.provider)).toEqual([provider, provider]);
});

test("a stream that breaks off is an error with what had come", async () => {
  sim.fault({ cutAt: 1500 });
  const stream = await completion({ model: "anthropic/claude-haiku-5-5", messages, stream: true });
  await expect(stream.final()).rejects.toMatchObject({ name: "APIConnectionError", phase: "body" });
});

test("leaving a stream is seen by the service", async () => {
  sim.fault({ chunkDelayMs: 20 });
  for await (const _ of await completion({ model: "openai/gpt-6-luna", messages, stream: true }))
    break;
  await expect.poll(() => sim.requests[0]?.aborted).toBe(true);
});

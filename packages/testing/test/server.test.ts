/** Scripted replies, recorded requests, addresses. */
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Simulator, simulator } from "../src/index.ts";

let sim: Simulator;
beforeAll(async () => {
  sim = await simulator();
});
beforeEach(() => sim.reset());
afterAll(() => sim.close());

describe("scripts, records, addresses", () => {
  const client = () => new OpenAI({ ...sim.providers.openai!, maxRetries: 0 });
  const request = { model: "gpt-4o", messages: [{ role: "user" as const, content: "Hi" }] };

  test("scripted replies come in order, then the rules again", async () => {
    sim.script([
      "First.",
      { calls: [{ name: "f", args: { a: 1 } }], usage: { input: 3, output: 4 } },
      (turn) => `${turn.messages.length} message`,
      { text: "No.", finish: "content_filter" },
    ]);
    const seen = [];
    for (let i = 0; i < 5; i++) seen.push(await client().chat.completions.create(request));
    expect(seen[0]?.choices[0]?.message.content).toBe("First.");
    expect(seen[1]?.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: "f", arguments: '{"a":1}' },
    });
    expect(seen[1]?.usage).toMatchObject({
      prompt_tokens: 3,
      completion_tokens: 4,
      total_tokens: 7,
    });
    expect(seen[2]?.choices[0]?.message.content).toBe("1 message");
    expect(seen[3]?.choices[0]?.finish_reason).toBe("content_filter");
    expect(seen[4]?.choices[0]?.message.content).toBe("(simulator) You said: Hi");
  });

  test("records what came in", async () => {
    await client().chat.completions.create(request);
    expect(sim.requests).toHaveLength(1);
    expect(sim.requests[0]).toMatchObject({
      provider: "openai",
      endpoint: "chat/completions",
      method: "POST",
      path: "/openai/v1/chat/completions",
      body: request,
      status: 200,
      aborted: false,
    });
  });

  test("gives every address as map and environment", () => {
    expect(sim.providers.openrouter).toEqual({
      baseURL: `${sim.url}/openrouter/api/v1`,
      apiKey: "simulator-key",
    });
    expect(sim.env).toMatchObject({
      OPENAI_API_KEY: "simulator-key",
      OPENAI_BASE_URL: `${sim.url}/openai/v1`,
      GOOGLE_GEMINI_BASE_URL: `${sim.url}/gemini`,
      OLLAMA_HOST: `${sim.url}/ollama`,
    });
  });

  test("refuses a port that is taken", async () => {
    const port = Number(new URL(sim.url).port);
    await expect(simulator({ port })).rejects.toThrow("EADDRINUSE");
  });
});

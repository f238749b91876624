/** What particular models take and do not take. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Simulator, simulator } from "../../src/index.ts";
import { chat, declared, type Post, poster, user } from "./ask.ts";

let sim: Simulator;
let post: Post;
beforeAll(async () => {
  sim = await simulator();
  post = poster(sim);
});
afterAll(() => sim.close());

describe("what particular models take", () => {
  const tools = declared({ type: "object", properties: {} });
  const claude = { max_tokens: 4000, messages: [user] };
  const prefill = [user, { role: "assistant", content: "So" }];
  const anthropicTools = [{ name: "f", input_schema: { type: "object" } }];
  const contents = [{ role: "user", parts: [{ text: "x" }] }];
  const google = (model: string) => `/v1beta/models/${model}:generateContent`;
  test.each<[boolean, string, string, object]>([
    [true, "openai", "/chat/completions", { ...chat, temperature: 0.2 }],
    [true, "openai", "/chat/completions", { ...chat, model: "gpt-5.4-mini", temperature: 0.2 }],
    [true, "openai", "/chat/completions", { ...chat, model: "gpt-5.6", temperature: 1 }],
    [false, "openai", "/chat/completions", { ...chat, model: "gpt-5.6", temperature: 0.2 }],
    [
      true,
      "openai",
      "/chat/completions",
      { ...chat, model: "gpt-5.6", reasoning_effort: "none", temperature: 0.2 },
    ],
    [true, "openai", "/chat/completions", { ...chat, model: "gpt-5.4", tools }],
    [
      false,
      "openai",
      "/chat/completions",
      { ...chat, model: "gpt-5.4", tools, reasoning_effort: "low" },
    ],
    [false, "openai", "/chat/completions", { ...chat, model: "gpt-6-luna", tools }],
    [
      false,
      "openai",
      "/chat/completions",
      { ...chat, model: "gpt-6.2", tools, reasoning_effort: "none" },
    ],
    [true, "openai", "/responses", { model: "gpt-4o", input: "x", temperature: 0.2 }],
    [false, "openai", "/responses", { model: "gpt-6-luna", input: "x", temperature: 0.2 }],
    [true, "anthropic", "/v1/messages", { ...claude, model: "claude-haiku-4-5", temperature: 0.2 }],
    [
      false,
      "anthropic",
      "/v1/messages",
      { ...claude, model: "claude-haiku-4-5", temperature: 0.2, top_p: 0.5 },
    ],
    [false, "anthropic", "/v1/messages", { ...claude, model: "claude-sonnet-5", temperature: 0.2 }],
    [false, "anthropic", "/v1/messages", { ...claude, model: "claude-sonnet-5-5", top_k: 5 }],
    [
      false,
      "anthropic",
      "/v1/messages",
      {
        ...claude,
        model: "claude-sonnet-5-5",
        tools: anthropicTools,
        tool_choice: { type: "any" },
      },
    ],
    [
      true,
      "anthropic",
      "/v1/messages",
      { ...claude, model: "claude-opus-5", tools: anthropicTools, tool_choice: { type: "any" } },
    ],
    [
      false,
      "anthropic",
      "/v1/messages",
      { ...claude, model: "claude-opus-5-5", thinking: { type: "disabled" } },
    ],
    [
      true,
      "anthropic",
      "/v1/messages",
      { ...claude, model: "claude-sonnet-4-5", messages: prefill },
    ],
    [
      false,
      "anthropic",
      "/v1/messages",
      { ...claude, model: "claude-sonnet-4-6", messages: prefill },
    ],
    [
      true,
      "gemini",
      google("gemini-3.5-flash"),
      { contents, generationConfig: { temperature: 0 } },
    ],
    [
      false,
      "gemini",
      google("gemini-3.5-flash-lite"),
      { contents, generationConfig: { temperature: 0 } },
    ],
    [
      false,
      "gemini",
      google("gemini-3.8-flash"),
      { contents, generationConfig: { thinkingConfig: { thinkingLevel: "MINIMAL" } } },
    ],
    [
      false,
      "gemini",
      google("gemini-3.5-flash"),
      {
        contents,
        generationConfig: { thinkingConfig: { thinkingLevel: "LOW", thinkingBudget: 0 } },
      },
    ],
  ])("taken: %s, %s%s %j", async (isTaken, provider, path, body) => {
    expect((await post(provider, path, body)).status).toBe(isTaken ? 200 : 400);
  });
});

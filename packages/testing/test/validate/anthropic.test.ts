/** What the Messages API refuses, in Anthropic's words. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Simulator, simulator } from "../../src/index.ts";
import { type Post, poster, user } from "./ask.ts";

let sim: Simulator;
let post: Post;
beforeAll(async () => {
  sim = await simulator();
  post = poster(sim);
});
afterAll(() => sim.close());

describe("messages", () => {
  const base = { model: "claude-haiku-4-5", max_tokens: 100, messages: [user] };
  const use = { type: "tool_use", id: "toolu_1", name: "f", input: {} };
  const done = { type: "tool_result", tool_use_id: "toolu_1", content: "1" };
  const tools = [{ name: "f", input_schema: { type: "object" } }];
  const talk = (...contents: unknown[]) => ({
    ...base,
    tools,
    messages: contents.map((content, i) => ({ role: i % 2 ? "assistant" : "user", content })),
  });
  const text = (said: string) => ({ type: "text", text: said });
  test.each<[string, object, string]>([
    ["unknown field", { ...base, foo: 1 }, "foo: Extra inputs are not permitted"],
    [
      "unknown field in a block",
      talk([{ ...text("Hi"), foo: 1 }]),
      "messages.0.content.0.text.foo: Extra inputs are not permitted",
    ],
    ["no limit", { model: "m", messages: [user] }, "max_tokens: Field required"],
    ["no messages", { ...base, messages: [] }, "messages: at least one message is required"],
    ["an empty text", talk([text("")]), "messages: text content blocks must be non-empty"],
    [
      "a blank text",
      talk([text(" \n")]),
      "messages: text content blocks must contain non-whitespace text",
    ],
    [
      "OpenAI's image part",
      talk([{ type: "image_url", image_url: { url: "x" } }]),
      "messages.0.content.0: Input tag 'image_url' found using 'type' does not match any of the expected tags:",
    ],
    [
      "a result without its call",
      talk([done]),
      "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.",
    ],
    [
      "a call without its result",
      talk("Hi", [use], "And?"),
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1. Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
    ],
    [
      "a result twice",
      talk("Hi", [use], [done, done]),
      "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with id: toolu_1",
    ],
    [
      "tool blocks without tools",
      { ...talk("Hi", [use], [done]), tools: undefined },
      "Requests which include `tool_use` or `tool_result` blocks must define tools",
    ],
    [
      "trailing space in a prefill",
      talk("Hi", "So "),
      "messages: final assistant content cannot end with trailing whitespace",
    ],
    [
      "thinking with a forced tool",
      {
        ...base,
        max_tokens: 4000,
        tools,
        tool_choice: { type: "any" },
        thinking: { type: "enabled", budget_tokens: 1024 },
      },
      "Thinking may not be enabled when tool_choice forces tool use.",
    ],
    [
      "a call without the thinking before it",
      {
        ...talk("Hi", [use], [done]),
        max_tokens: 4000,
        thinking: { type: "enabled", budget_tokens: 1024 },
      },
      "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.",
    ],
    ["a hot temperature", { ...base, temperature: 1.5 }, "temperature: range: 0..1"],
    [
      "a system role",
      { ...base, messages: [{ role: "robot", content: "x" }] },
      "messages.0: Input tag 'robot' found using 'role' does not match",
    ],
  ])("%s", async (_name, body, message) => {
    const reply = await post("anthropic", "/v1/messages", body);
    expect(reply).toMatchObject({
      status: 400,
      body: { type: "error", error: { type: "invalid_request_error" } },
    });
    expect(reply.body.error.message).toContain(message);
  });

  test("results and calls that pair are accepted, also over messages of one role", async () => {
    const split = { ...talk("Hi", [use], [done]) };
    split.messages.push({ role: "user", content: [text("Go on.")] });
    expect((await post("anthropic", "/v1/messages", split)).status).toBe(200);
  });

  test("the version header is required", async () => {
    const response = await fetch(`${sim.providers.anthropic!.baseURL}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": "any" },
      body: JSON.stringify(base),
    });
    const { error } = (await response.json()) as { error: { message: string } };
    expect([response.status, error.message]).toEqual([
      400,
      "anthropic-version: header is required",
    ]);
  });
});

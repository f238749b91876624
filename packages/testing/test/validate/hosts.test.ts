/** What particular hosts refuse in a history, and a plan judged without a server. */
import { describe, expect, test } from "vitest";
import { refusalFor } from "../../src/index.ts";
import { call, calling, result, user } from "./ask.ts";

const judged = (provider: string, messages: object[], more: object = {}) =>
  refusalFor({
    provider,
    endpoint: "chat/completions",
    model: "m",
    body: { model: "m", messages, ...more },
  })?.message;

const nine = "abcdefgh1";
const called = { ...calling, tool_calls: [{ ...call, id: nine }] };
const answered = { ...result, tool_call_id: nine };
const kimi = { model: "kimi-k2.6" };
const v4 = { model: "deepseek-v4-flash" };

describe("a host's own rules", () => {
  test.each<[string, string, object[], object, string]>([
    [
      "an id of another shape",
      "mistral",
      [user, calling, result],
      {},
      "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.",
    ],
    [
      "the user after a result",
      "mistral",
      [user, called, answered, user],
      {},
      "Unexpected role 'user' after role 'tool'",
    ],
    [
      "the assistant last",
      "mistral",
      [user, { role: "assistant", content: "So" }],
      {},
      "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
    ],
    [
      "an unknown field",
      "mistral",
      [{ ...user, foo: 1 }],
      {},
      "messages.0.foo: Extra inputs are not permitted",
    ],
    [
      "an assistant that says nothing",
      "mistral",
      [user, { role: "assistant", content: null }, user],
      {},
      "Assistant message must have either content or tool_calls, but not none.",
    ],
    [
      "another host's field",
      "groq",
      [user, { role: "assistant", content: "a", reasoning_content: "b" }],
      {},
      "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'reasoning_content' is unsupported)]",
    ],
    [
      "calls without reasoning",
      "deepseek",
      [user, calling, result],
      v4,
      "The `reasoning_content` in the thinking mode must be passed back to the API.",
    ],
    [
      "calls with an empty one",
      "moonshot",
      [user, { ...calling, reasoning_content: "" }, result],
      kimi,
      "thinking is enabled but reasoning_content is missing in assistant tool call message at index 1",
    ],
    [
      "two turns of the user",
      "perplexity",
      [{ role: "system", content: "a" }, user, user],
      {},
      "After the (optional) system message(s), user and assistant roles should be alternating.",
    ],
  ])("%s at %s", (_, provider, messages, more, told) => {
    expect(judged(provider, messages, more)).toBe(told);
  });

  test.each<[string, object[], object]>([
    ["mistral", [user, called, answered, { role: "assistant", content: "" }, user], {}],
    ["mistral", [user, { role: "assistant", content: "So", prefix: true }], {}],
    ["deepseek", [user, { ...calling, reasoning_content: "" }, result], v4],
    ["deepseek", [user, calling, result], { ...v4, thinking: { type: "disabled" } }],
    ["moonshot", [user, { ...calling, reasoning_content: " " }, result], kimi],
    ["moonshot", [user, calling, result], { model: "moonshot-v1-8k" }],
    ["somebody", [user, { ...calling, foo: 1 }, result], {}],
  ])("%s takes the rest, %#", (provider, messages, more) => {
    expect(judged(provider, messages, more)).toBeUndefined();
  });
});

test("a plan is judged in its own service's words", () => {
  const planned = (endpoint: string, provider: string, body: object) =>
    refusalFor({ endpoint, provider, model: "m", body })?.message;
  const anthropic = { model: "m", max_tokens: 9 };
  const thinking = { type: "thinking", thinking: "t", signature: "s" };
  const talk = (content: object[]) => ({
    ...anthropic,
    messages: [user, { role: "assistant", content }, user],
  });
  expect(planned("messages", "anthropic", { ...anthropic, messages: [user] })).toBeUndefined();
  expect(planned("messages", "anthropic", talk([thinking]))).toBe(
    "messages.1: The final block in an assistant message cannot be `thinking`.",
  );
  expect(
    planned(
      "messages",
      "anthropic",
      talk([
        { ...thinking, signature: "" },
        { type: "text", text: "a" },
      ]),
    ),
  ).toBe("messages.1.content.0: Invalid `signature` in `thinking` block");
  const use = { type: "tool_use", id: "t", name: "f", input: {} };
  const late = [
    { type: "text", text: "a" },
    { type: "tool_result", tool_use_id: "t" },
  ];
  const tools = [{ name: "f", input_schema: { type: "object" } }];
  const messages = [user, { role: "assistant", content: [use] }, { role: "user", content: late }];
  expect(planned("messages", "anthropic", { ...anthropic, tools, messages })).toMatch(
    /were found without `tool_result` blocks immediately after: t/,
  );
});

test.each([
  [
    "an output before its call",
    [
      { type: "function_call_output", call_id: "c", output: "1" },
      { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
    ],
    "No tool call found for function call output with call_id c.",
  ],
  [
    "an item twice",
    [1, 2].map(() => ({ type: "reasoning", id: "x", summary: [] })),
    "Duplicate item found with id x. Remove duplicate items from your input and try again.",
  ],
  [
    "a long id",
    [{ type: "function_call", call_id: "c".repeat(65), name: "f", arguments: "{}" }],
    "Invalid 'input[0].call_id': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
  ],
])("Responses: %s", (_, input, told) => {
  const body = { model: "gpt-4.1", input };
  const planned = { provider: "openai", endpoint: "responses", model: "gpt-4.1", body };
  expect(refusalFor(planned)?.message).toBe(told);
});

test.each([
  [{ name: "g", response: {} }, "The function response g  does not match"],
  [{ name: "f", id: "2", response: {} }, undefined],
])("Gemini: a result of another call, %#", (functionResponse, told) => {
  const contents = [
    { role: "user", parts: [{ text: "a" }] },
    { role: "model", parts: [{ functionCall: { name: "f", args: {} } }] },
    { role: "user", parts: [{ functionResponse }] },
  ];
  const planned = { provider: "gemini", endpoint: "generateContent", model: "gemini-2.5-flash" };
  const message = refusalFor({ ...planned, body: { contents } })?.message;
  if (told) expect(message).toContain(told);
  else expect(message).toBeUndefined();
});

test("OpenAI: a call's name of another shape", () => {
  const odd = { ...calling, tool_calls: [{ ...call, function: { name: "a.b", arguments: "{}" } }] };
  expect(judged("openai", [user, odd, result])).toBe(
    "Invalid 'messages[1].tool_calls[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
  );
});

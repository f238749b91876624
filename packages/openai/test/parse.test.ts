/** Whole replies that bend the rules, tokens, and what is no reply. */
import { ReplyFailure } from "@polycall/core";
import { describe, expect, test } from "vitest";
import { usageOf } from "../src/chat/usage.ts";
import { hosts, openai } from "../src/index.ts";
import { contextOf } from "./recorded.ts";

const provider = hosts.custom_openai;
const plan = provider.plan(
  { model: "custom_openai/m", messages: [{ role: "user", content: "Hi" }] },
  contextOf("custom_openai", "m"),
);
const reply = (message: object, rest: object = {}) => ({
  id: "chatcmpl-1",
  created: 5,
  model: "served",
  choices: [{ index: 0, finish_reason: "stop", message, ...rest }],
});
const first = (body: unknown) => provider.parse(body, plan).choices[0]!;

test("a plain reply of OpenAI's", () => {
  const body = {
    ...reply(
      { role: "assistant", content: "Hi", refusal: null, annotations: [] },
      { logprobs: null },
    ),
    service_tier: "default",
    system_fingerprint: "fp",
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  };
  expect(openai.parse(body, plan)).toEqual({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 5,
    model: "served",
    choices: [
      {
        index: 0,
        finish_reason: "stop",
        message: { role: "assistant", content: "Hi", refusal: null },
        logprobs: null,
      },
    ],
    service_tier: "default",
    system_fingerprint: "fp",
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  });
});

test.each([
  ["stop", undefined, "stop", undefined],
  ["length", undefined, "length", undefined],
  ["content_filter", undefined, "content_filter", undefined],
  ["model_length", undefined, "length", "model_length"],
  ["SAFETY", undefined, "content_filter", "SAFETY"],
  ["PROHIBITED_CONTENT", undefined, "content_filter", "PROHIBITED_CONTENT"],
  ["content_filter: SPII", undefined, "content_filter", "content_filter: SPII"],
  ["eos", undefined, "stop", "eos"],
  ["stop", "end_turn", "stop", "end_turn"],
  ["", undefined, "stop", undefined],
  [null, undefined, "stop", undefined],
])("finish_reason %j (native %j) is %s", (finish_reason, native_finish_reason, ours, raw) => {
  const choice = first(reply({ content: "a" }, { finish_reason, native_finish_reason }));
  expect([choice.finish_reason, choice.finish_reason_raw]).toEqual([ours, raw]);
});

test("a call makes it tool_calls, the host's word is kept", () => {
  const tool_calls = [{ id: "a", function: { name: "f", arguments: "" } }];
  const choice = first(reply({ content: "", tool_calls }, { finish_reason: "stop" }));
  expect(choice).toMatchObject({
    finish_reason: "tool_calls",
    finish_reason_raw: "stop",
    message: {
      content: null,
      tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
    },
  });
  expect(first(reply({ tool_calls }, { finish_reason: "length" })).finish_reason).toBe("length");
});

test("a call of the old kind, and empty ones that mean nothing (Snowflake)", () => {
  const old = first(
    reply(
      { content: null, function_call: { name: "f", arguments: "{}" } },
      { finish_reason: "function_call" },
    ),
  );
  expect(old.finish_reason).toBe("tool_calls");
  expect(old.message.tool_calls).toEqual([
    { id: "call_chatcmpl1_0", type: "function", function: { name: "f", arguments: "{}" } },
  ]);
  const none = first(
    reply({
      content: "a",
      function_call: { name: "", arguments: "" },
      audio: { id: "" },
      tool_calls: null,
      refusal: "",
    }),
  );
  expect(none.message).toEqual({ role: "assistant", content: "a", refusal: null });
});

test("images, citations and Perplexity's sources", () => {
  const images = [{ type: "image_url", image_url: { url: "data:image/png;base64,AA" }, index: 0 }];
  expect(first(reply({ content: "", images })).message.images).toEqual([
    { type: "image_url", image_url: { url: "data:image/png;base64,AA" } },
  ]);
  const search_results = [{ title: "T", url: "https://a.test" }, { title: "no url" }];
  expect(first({ ...reply({ content: "a" }), search_results }).message.annotations).toEqual([
    {
      type: "url_citation",
      url_citation: { start_index: 0, end_index: 0, url: "https://a.test", title: "T" },
    },
  ]);
});

test.each([
  [
    { prompt_tokens: 35, completion_tokens: 12, total_tokens: 109 },
    {
      prompt_tokens: 35,
      completion_tokens: 74,
      total_tokens: 109,
      completion_tokens_details: { reasoning_tokens: 62 },
    },
  ],
  [
    { prompt_tokens: 1, completion_tokens: 2 },
    { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  ],
  [
    { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11, prompt_cache_hit_tokens: 4 },
    {
      prompt_tokens: 9,
      completion_tokens: 2,
      total_tokens: 11,
      prompt_tokens_details: { cached_tokens: 4 },
    },
  ],
  [
    {
      prompt_tokens: 9,
      completion_tokens: 2,
      total_tokens: 11,
      prompt_tokens_details: { cached_tokens: 1, audio_tokens: null },
      cached_tokens: 4,
    },
    {
      prompt_tokens: 9,
      completion_tokens: 2,
      total_tokens: 11,
      prompt_tokens_details: { cached_tokens: 1 },
    },
  ],
  [
    { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 0.5 },
    { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 0.5 },
  ],
  [
    {
      prompt_tokens: 1,
      completion_tokens: 1,
      total_tokens: 2,
      cost: 0.5,
      is_byok: true,
      cost_details: { upstream_inference_cost: 2 },
    },
    { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 2.5 },
  ],
  [
    { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: { total_cost: 3 } },
    { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, cost: 3 },
  ],
  [{}, { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }],
  [
    { prompt_tokens: "12", completion_tokens: 3, total_tokens: "x" },
    { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
  ],
])("usage %j -> %j", (raw, usage) => {
  expect(usageOf(raw)).toEqual(usage);
});

test("reasoning that is no text is no reasoning", () => {
  const message = { content: "a", reasoning_content: { steps: [] }, reasoning: "because" };
  expect(provider.parse(reply(message), plan).choices[0]!.message.reasoning_content).toBe(
    "because",
  );
});

describe("what is no success", () => {
  test.each([
    [{ error: { message: "x" } }],
    [{ error: "x", choices: [] }],
    [{ base_resp: { status_code: 1004 }, choices: null }],
    [{ success: false }],
    [{ object: "error", message: "x" }],
    [{ detail: "Not Found" }],
    [{ choices: [{ error: { code: 500, message: "x" } }] }],
    [reply({ content: "a" }, { finish_reason: "insufficient_system_resource" })],
    [reply({}, { finish_reason: "function_call_filter: MALFORMED_FUNCTION_CALL" })],
  ])("%j says that it failed", (body) => {
    expect(() => provider.parse(body, plan)).toThrow(ReplyFailure);
  });

  test.each([[null], ["text"], [[]], [{}], [{ choices: [] }], [{ choices: {} }]])(
    "%j is no reply",
    (body) => {
      expect(() => provider.parse(body, plan)).toThrow(TypeError);
    },
  );
});

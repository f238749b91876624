/** Whole replies of /responses that the recordings do not hold. */
import { type CompletionData, ReplyFailure } from "@polycall/core";
import { describe, expect, test } from "vitest";
import { openai } from "../../src/index.ts";
import { contextOf } from "../recorded.ts";

const plan = openai.plan(
  { model: "", messages: [{ role: "user", content: "Hi" }] },
  contextOf("openai", "responses/gpt-5"),
);
const read = (body: unknown): CompletionData => openai.parse(body, plan);
const part = (text: string, extra: object = {}) => ({ type: "output_text", text, ...extra });
const said = (...content: object[]) => ({ type: "message", role: "assistant", content });
const called = { type: "function_call", call_id: "c1", name: "get", arguments: '{"a":1}' };

function reply(output: unknown[], extra: object = {}) {
  return { id: "resp_1", created_at: 17.5, model: "m", status: "completed", output, ...extra };
}

test("a whole reply", () => {
  const usage = {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 },
    output_tokens: 20,
    output_tokens_details: { reasoning_tokens: 15 },
    total_tokens: 30,
  };
  expect(read(reply([said(part("Hello"))], { usage, service_tier: "flex" }))).toEqual({
    id: "resp_1",
    object: "chat.completion",
    created: 17,
    model: "m",
    choices: [
      {
        index: 0,
        finish_reason: "stop",
        message: { role: "assistant", content: "Hello", refusal: null },
        logprobs: null,
      },
    ],
    usage: {
      prompt_tokens: 10,
      completion_tokens: 20,
      total_tokens: 30,
      prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 },
      completion_tokens_details: { reasoning_tokens: 15 },
    },
    service_tier: "flex",
  });
});

test("what may be missing or null is not missed", () => {
  expect(read({ output: [] })).toMatchObject({
    id: "",
    created: 0,
    model: "gpt-5",
    choices: [{ finish_reason: "stop", message: { content: "", refusal: null } }],
  });
  const bare = { type: "message", content: null };
  const items = [
    bare,
    { type: "reasoning", summary: null },
    {},
    said(part("A", { annotations: null })),
  ];
  expect(read(reply(items, { usage: null, error: null })).choices[0]!.message.content).toBe("A");
});

describe("why it ended", () => {
  const because = (reason: string) => ({ status: "incomplete", incomplete_details: { reason } });

  test.each<[string, unknown[], object, string, string | undefined]>([
    ["text", [said(part("A"))], {}, "stop", undefined],
    ["a call", [called], {}, "tool_calls", undefined],
    ["the limit", [said(part("A"))], because("max_output_tokens"), "length", "max_output_tokens"],
    ["the limit in a call", [called], because("max_output_tokens"), "length", "max_output_tokens"],
    ["the filter", [said(part("A"))], because("content_filter"), "content_filter", undefined],
    ["another reason", [said(part("A"))], because("steered"), "stop", "steered"],
    ["a queue", [], { status: "queued" }, "stop", "queued"],
    ["no status", [called], { status: null }, "tool_calls", undefined],
  ])("%s", (_, output, extra, finish, raw) => {
    const choice = read(reply(output, extra)).choices[0]!;
    expect(choice.finish_reason).toBe(finish);
    expect(choice.finish_reason_raw).toBe(raw);
  });
});

describe("items", () => {
  test("texts are joined, citations counted in the whole text", () => {
    const cite = (start_index: number, end_index: number) => ({
      type: "url_citation",
      start_index,
      end_index,
      url: "https://x.test",
      title: "X",
    });
    const file = { type: "file_citation", file_id: "f", index: 0 };
    const { message } = read(
      reply([
        said(part("Hello ", { annotations: [cite(0, 5)] }), part("you", { annotations: [file] })),
        said(part("!?", { annotations: [cite(0, 1)] })),
      ]),
    ).choices[0]!;
    expect(message.content).toBe("Hello you!?");
    expect(message.annotations).toEqual([
      {
        type: "url_citation",
        url_citation: { start_index: 0, end_index: 5, url: "https://x.test", title: "X" },
      },
      {
        type: "url_citation",
        url_citation: { start_index: 9, end_index: 10, url: "https://x.test", title: "X" },
      },
    ]);
  });

  test("a refusal", () => {
    const { message } = read(reply([said({ type: "refusal", refusal: "No." })])).choices[0]!;
    expect(message).toEqual({ role: "assistant", content: null, refusal: "No." });
  });

  test("reasoning is summaries and texts, paragraph by paragraph", () => {
    const summary = [
      { type: "summary_text", text: "A" },
      { type: "summary_text", text: "B" },
    ];
    const content = [{ type: "reasoning_text", text: "C" }];
    const items = [
      { type: "reasoning", summary },
      { type: "reasoning", summary: [], content },
    ];
    expect(read(reply([...items, said(part("x"))])).choices[0]!.message.reasoning_content).toBe(
      "A\n\nB\n\nC",
    );
  });

  test("calls of both kinds, without arguments, without a call_id", () => {
    const { message } = read(
      reply([
        said(part("A")),
        called,
        { type: "function_call", id: "fc_2", name: "get", arguments: "" },
        { type: "custom_tool_call", call_id: "c3", name: "run", input: "ls" },
      ]),
    ).choices[0]!;
    expect(message).toMatchObject({
      content: "A",
      tool_calls: [
        { id: "c1", type: "function", function: { name: "get", arguments: '{"a":1}' } },
        { id: "fc_2", type: "function", function: { name: "get", arguments: "{}" } },
        { id: "c3", type: "custom", custom: { name: "run", input: "ls" } },
      ],
    });
  });

  test("an image", () => {
    const image = { type: "image_generation_call", result: "AA==", output_format: "jpeg" };
    const running = { type: "image_generation_call", result: null };
    const { message } = read(reply([image, running])).choices[0]!;
    expect(message.images).toEqual([
      { type: "image_url", image_url: { url: "data:image/jpeg;base64,AA==" } },
    ]);
  });

  test("logprobs", () => {
    const logprobs = [{ token: "A", logprob: -1, bytes: [65], top_logprobs: [{ token: "B" }] }];
    expect(read(reply([said(part("A", { logprobs }))])).choices[0]!.logprobs).toEqual({
      content: [
        {
          token: "A",
          logprob: -1,
          bytes: [65],
          top_logprobs: [{ token: "B", logprob: 0, bytes: null }],
        },
      ],
      refusal: null,
    });
  });
});

describe("what is no reply", () => {
  const error = { code: "server_error", message: "It broke." };

  test.each<[string, unknown]>([
    ["failed", reply([], { status: "failed", error })],
    ["an error beside output", reply([said(part("A"))], { error })],
    ["an error under a 200", { error: { message: "no" } }],
    ["failed without a word", reply([], { status: "failed" })],
    ["cancelled", reply([], { status: "cancelled" })],
  ])("%s is a failure", (_, body) => {
    expect(() => read(body)).toThrow(ReplyFailure);
  });

  test.each<[string, unknown]>([
    ["null", null],
    ["a text", "Hi"],
    ["a list", []],
    ["a chat reply", { choices: [] }],
    ["output of another kind", { output: "Hi" }],
  ])("%s is nonsense", (_, body) => {
    expect(() => read(body)).toThrow(TypeError);
  });

  test("the failure's words reach the error", () => {
    const failure = { provider: "openai", model: "m", status: 200, header: () => undefined };
    const body = reply([], { status: "failed", error });
    const said = openai.classify({ ...failure, body, text: "" });
    expect(said.name).toBe("InternalServerError");
    expect(said.message).toContain("It broke.");
  });
});

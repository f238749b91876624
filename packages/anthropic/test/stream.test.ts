/** The decoder at the edges: broken, odd and hostile event sequences. */
import { ReplyFailure } from "@polycall/core";
import { expect, test } from "vitest";
import { anthropic } from "../src/index.ts";
import { type Json, plainPlan, planOf } from "./helpers.ts";

const start = (message = {}) => ({
  type: "message_start",
  message: {
    id: "msg_1",
    model: "claude-x",
    role: "assistant",
    content: [],
    usage: { input_tokens: 5, cache_read_input_tokens: 3, output_tokens: 1 },
    ...message,
  },
});
const open = (index: number, content_block: Json) => ({
  type: "content_block_start",
  index,
  content_block,
});
const delta = (index: number, change: Json) => ({
  type: "content_block_delta",
  index,
  delta: change,
});
const close = (index: number) => ({ type: "content_block_stop", index });
const finish = (stop_reason: string, usage: Json = { output_tokens: 7 }) => ({
  type: "message_delta",
  delta: { stop_reason, stop_sequence: null },
  usage,
});
const stop = { type: "message_stop" };

function read(events: unknown[]) {
  const decoder = anthropic.decoder(plainPlan);
  const chunks = events.flatMap((event) => [...decoder.decode(event, undefined)]);
  chunks.push(...decoder.end());
  return { decoder, chunks, data: () => anthropic.parse(decoder.body(), plainPlan) };
}

test("text, with pings and unknown events between", () => {
  const { chunks, data, decoder } = read([
    { type: "ping" },
    start(),
    open(0, { type: "text", text: "" }),
    delta(0, { type: "text_delta", text: "Hé" }),
    { type: "something_new", x: 1 },
    delta(0, { type: "new_delta", y: 1 }),
    delta(0, { type: "text_delta", text: "llo" }),
    close(0),
    finish("end_turn"),
    stop,
  ]);
  const head = { id: "msg_1", object: "chat.completion.chunk", model: "claude-x" };
  const piece = (change: Json, finish_reason: string | null = null) => ({
    ...head,
    created: expect.any(Number),
    choices: [{ index: 0, delta: change, finish_reason, logprobs: null }],
  });
  expect(chunks).toEqual([
    piece({ role: "assistant", content: "" }),
    piece({ content: "Hé" }),
    piece({ content: "llo" }),
    piece({}, "stop"),
    {
      ...head,
      created: expect.any(Number),
      choices: [],
      usage: {
        prompt_tokens: 8,
        completion_tokens: 7,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 0 },
      },
    },
  ]);
  expect(data().choices[0]!.message.content).toBe("Héllo");
  expect(decoder.done).toBe(true);
});

test("two calls, each with an index of its own whatever the block index", () => {
  const { chunks, data } = read([
    start(),
    open(0, { type: "thinking", thinking: "" }),
    delta(0, { type: "thinking_delta", thinking: "Hm." }),
    delta(0, { type: "signature_delta", signature: "sig" }),
    close(0),
    open(1, { type: "tool_use", id: "a", name: "f", input: {} }),
    delta(1, { type: "input_json_delta", partial_json: "" }),
    delta(1, { type: "input_json_delta", partial_json: '{"x": "' }),
    delta(1, { type: "input_json_delta", partial_json: '1"}' }),
    close(1),
    open(2, { type: "tool_use", id: "b", name: "g", input: {} }),
    close(2),
    finish("tool_use"),
    stop,
  ]);
  const calls = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
  expect(calls).toEqual([
    { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } },
    { index: 0, function: { arguments: '{"x": "' } },
    { index: 0, function: { arguments: '1"}' } },
    { index: 1, id: "b", type: "function", function: { name: "g", arguments: "" } },
    { index: 1, function: { arguments: "{}" } },
  ]);
  expect(data().choices[0]).toMatchObject({
    finish_reason: "tool_calls",
    finish_reason_raw: "tool_use",
    message: {
      content: null,
      reasoning_content: "Hm.",
      thinking_blocks: [{ type: "thinking", thinking: "Hm.", signature: "sig" }],
      tool_calls: [
        { id: "a", function: { name: "f", arguments: '{"x":"1"}' } },
        { id: "b", function: { name: "g", arguments: "{}" } },
      ],
    },
  });
});

test("a call cut by the token limit keeps its text and says length", () => {
  const { data, chunks } = read([
    start(),
    open(0, { type: "tool_use", id: "a", name: "f", input: {} }),
    delta(0, { type: "input_json_delta", partial_json: '{"x": "unfin' }),
    close(0),
    finish("max_tokens"),
    stop,
  ]);
  const [choice] = data().choices;
  expect(choice!.finish_reason).toBe("length");
  expect(choice!.message.tool_calls).toMatchObject([{ function: { arguments: '{"x": "unfin' } }]);
  expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe("length");
});

test("a search's citations become annotations over the text they stand on", () => {
  const citation = {
    type: "web_search_result_location",
    url: "https://x.y",
    title: "X",
    encrypted_index: "e",
  };
  const { chunks, data } = read([
    start(),
    open(0, { type: "text", text: "" }),
    delta(0, { type: "text_delta", text: "See: " }),
    close(0),
    open(1, { type: "text", text: "", citations: [] }),
    delta(1, { type: "citations_delta", citation }),
    delta(1, { type: "text_delta", text: "cats" }),
    close(1),
    finish("end_turn"),
    stop,
  ]);
  const annotations = [
    {
      type: "url_citation",
      url_citation: { start_index: 5, end_index: 9, url: "https://x.y", title: "X" },
    },
  ];
  expect(chunks.flatMap(({ choices }) => choices[0]?.delta.annotations ?? [])).toEqual(annotations);
  expect(data().choices[0]!.message.annotations).toEqual(annotations);
});

test("usage of the last event replaces the first's, input too; null replaces nothing", () => {
  const { chunks } = read([
    start(),
    finish("pause_turn", { input_tokens: 50, cache_read_input_tokens: null, output_tokens: 9 }),
    stop,
  ]);
  expect(chunks.at(-1)!.usage).toMatchObject({ prompt_tokens: 53, completion_tokens: 9 });
});

test("a refusal in the middle", () => {
  const { data, chunks } = read([
    start(),
    open(0, { type: "text", text: "" }),
    delta(0, { type: "text_delta", text: "Well" }),
    close(0),
    {
      ...finish("refusal"),
      delta: { stop_reason: "refusal", stop_details: { type: "refusal", explanation: "No." } },
    },
    stop,
  ]);
  expect(chunks.at(-2)!.choices).toEqual([
    { index: 0, delta: { refusal: "No." }, finish_reason: "content_filter", logprobs: null },
  ]);
  expect(data().choices[0]).toMatchObject({
    finish_reason: "content_filter",
    finish_reason_raw: "refusal",
    message: { content: "Well", refusal: "No." },
  });
});

test("a stream that breaks off is not done, and what came is there", () => {
  const { decoder, data, chunks } = read([
    start(),
    open(0, { type: "text", text: "" }),
    delta(0, { type: "text_delta", text: "Half" }),
  ]);
  expect(decoder.done).toBe(false);
  expect(data().choices[0]!.message.content).toBe("Half");
  expect(chunks.at(-1)!.usage).toMatchObject({ prompt_tokens: 8, completion_tokens: 1 });
});

test("bytes may end right after the stop reason: nothing is lost", () => {
  const { decoder, chunks } = read([start(), finish("end_turn")]);
  expect(decoder.done).toBe(true);
  expect(chunks.filter(({ usage }) => usage)).toHaveLength(1);
});

test("an error event fails with its body", () => {
  const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
  const decoder = anthropic.decoder(plainPlan);
  decoder.decode(start(), "message_start");
  expect(() => decoder.decode(error, "error")).toThrow(ReplyFailure);
});

test.each([
  null,
  7,
  "x",
  [],
  {},
  { type: 3 },
  delta(0, { type: "text_delta", text: "x" }),
  close(4),
  finish("end_turn"),
  stop,
])("nonsense before the start is nothing: %j", (event) => {
  const { decoder, chunks } = read([event]);
  expect(chunks).toEqual([]);
  expect(() => anthropic.parse(decoder.body(), plainPlan)).toThrow(TypeError);
});

test.each([null, "Hello", [], {}, { content: "Hi" }])("a 200 that is no message: %j", (body) => {
  expect(() => anthropic.parse(body, plainPlan)).toThrow(TypeError);
});

test("a 200 that is an error", () => {
  const body = { type: "error", error: { type: "api_error", message: "x" } };
  expect(() => anthropic.parse(body, plainPlan)).toThrow(ReplyFailure);
});

test("a message with next to nothing in it", () => {
  const data = anthropic.parse({ content: [null, 3, { type: "text" }] }, plainPlan);
  expect(data).toMatchObject({
    id: "",
    model: "claude-sonnet-4-5",
    choices: [{ finish_reason: "stop", message: { content: "" } }],
  });
  expect(data.usage).toBeUndefined();
});

test.each([
  ["no piece", []],
  ["an empty piece", [delta(0, { type: "input_json_delta", partial_json: "" })]],
])("a stand-in tool without input (%s) streams what the whole reply has", (_, pieces) => {
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const plan = planOf(
    {
      messages: [{ role: "user", content: "Hi" }],
      response_format: { type: "json_schema", json_schema: { name: "o", schema } },
    },
    "claude-3-haiku",
  );
  const decoder = anthropic.decoder(plan);
  const events = [
    start(),
    open(0, { type: "tool_use", id: "toolu_1", name: "o", input: {} }),
    ...pieces,
    close(0),
    finish("tool_use"),
    stop,
  ];
  const chunks = events.flatMap((event) => [...decoder.decode(event, undefined)]);
  const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
  expect(text).toBe("{}");
  expect(anthropic.parse(decoder.body(), plan).choices[0]!.message.content).toBe("{}");
});

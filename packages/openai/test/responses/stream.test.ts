/** Streams of /responses that the recordings do not hold. */
import {
  type CompletionChunk,
  type CompletionData,
  type Decoder,
  ReplyFailure,
} from "@polycall/core";
import { describe, expect, test } from "vitest";
import { openai } from "../../src/index.ts";
import { contextOf } from "../recorded.ts";

const plan = openai.plan(
  { model: "", messages: [{ role: "user", content: "Hi" }], stream: true },
  contextOf("openai", "responses/gpt-5"),
);
const head = { id: "resp_1", created_at: 17, model: "m", status: "in_progress", output: [] };
const created = { type: "response.created", response: head };
const completed = (output: object[], extra: object = {}) => ({
  type: "response.completed",
  response: { ...head, status: "completed", output, ...extra },
});
const text = (delta: string, output_index = 0, content_index = 0) => ({
  type: "response.output_text.delta",
  output_index,
  content_index,
  delta,
});
const added = (item: object, output_index = 0) => ({
  type: "response.output_item.added",
  output_index,
  item,
});
const done = (item: object, output_index = 0) => ({
  type: "response.output_item.done",
  output_index,
  item,
});
const said = (...texts: string[]) => ({
  type: "message",
  role: "assistant",
  content: texts.map((text) => ({ type: "output_text", text, annotations: [] })),
});
const call = (args: string) => ({
  type: "function_call",
  call_id: "c1",
  name: "get",
  arguments: args,
});
const args = (delta: string, output_index = 0) => ({
  type: "response.function_call_arguments.delta",
  output_index,
  delta,
});

interface Streamed {
  decoder: Decoder;
  chunks: CompletionChunk[];
  deltas: { [key: string]: unknown }[];
  data: CompletionData;
}

/** Events as JSON, so that what the decoder folds is its own. */
function run(events: object[]): Streamed {
  const decoder = openai.decoder(plan);
  const chunks = events.flatMap((event) => decoder.decode(structuredClone(event), undefined));
  chunks.push(...decoder.end());
  const deltas = chunks.flatMap(({ choices }) => choices.map((choice) => ({ ...choice.delta })));
  return { decoder, chunks, deltas, data: openai.parse(decoder.body(), plan) };
}

test("the chunks of a text, in OpenAI's order", () => {
  const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
  const { chunks } = run([
    created,
    { type: "response.in_progress", response: head },
    added(said()),
    text("Hel"),
    text("lo"),
    done(said("Hello")),
    completed([said("Hello")], { usage }),
  ]);
  const same = { id: "resp_1", object: "chat.completion.chunk", created: 17, model: "m" };
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...same,
    choices: [{ index: 0, delta, finish_reason }],
  });
  expect(chunks).toEqual([
    chunk({ role: "assistant" }),
    chunk({ content: "Hel" }),
    chunk({ content: "lo" }),
    chunk({}, "stop"),
    {
      ...same,
      choices: [],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    },
  ]);
});

test("the type may stand in the event's name only", () => {
  const decoder = openai.decoder(plan);
  const { type, ...event } = text("A");
  expect(decoder.decode(event, type)[0]!.choices[0]!.delta.content).toBe("A");
});

describe("what hosts leave out", () => {
  test.each<[string, object[]]>([
    ["output_item.added", [created, text("Hel"), text("lo"), completed([said("Hello")])]],
    ["deltas", [created, added(said()), done(said("Hello")), completed([said("Hello")])]],
    ["all items", [created, completed([said("Hello")])]],
    ["output_item.done", [created, added(said()), text("Hel"), completed([said("Hello")])]],
    ["the output of the last event", [created, text("Hel"), text("lo"), completed([])]],
    ["created", [text("Hel"), text("lo"), completed([said("Hello")])]],
    [
      "nothing, the item whole at once",
      [created, added(said("Hello")), done(said("Hello")), completed([])],
    ],
  ])("%s", (_, events) => {
    const { deltas, data, decoder } = run(events);
    expect(deltas.map(({ content }) => content ?? "").join("")).toBe("Hello");
    expect(deltas.filter(({ role }) => role)).toHaveLength(1);
    expect(data.choices[0]!.message.content).toBe("Hello");
    expect(decoder.done).toBe(true);
  });

  test("response.completed: [DONE] is an end too", () => {
    const decoder = openai.decoder(plan);
    decoder.decode(created, undefined);
    decoder.decode(text("A"), undefined);
    expect(decoder.done).toBe(false);
    expect(decoder.end().map(({ choices }) => choices[0]?.finish_reason)).toEqual(["stop"]);
    expect(openai.parse(decoder.body(), plan).choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: "A" },
    });
  });

  test("everything", () => {
    const decoder = openai.decoder(plan);
    expect(decoder.end()).toEqual([]);
    expect(decoder.body()).toBeUndefined();
  });
});

describe("calls", () => {
  const calls = ({ deltas }: Streamed) => deltas.flatMap(({ tool_calls }) => tool_calls ?? []);
  const opened = { index: 0, id: "c1", type: "function", function: { name: "get", arguments: "" } };

  test.each<[string, object[], string[]]>([
    [
      "in pieces",
      [added(call("")), args('{"a"'), args(":1}"), done(call('{"a":1}'))],
      ['{"a"', ":1}"],
    ],
    ["without deltas", [added(call("")), done(call('{"a":1}'))], ['{"a":1}']],
    ["cut short", [added(call("")), args('{"a"'), done(call('{"a":1}'))], ['{"a"', ":1}"]],
    ["without arguments", [added(call("")), done(call(""))], ["{}"]],
    ["not announced", [args('{"a"'), args(":1}"), done(call('{"a":1}'))], ['{"a":1}']],
    ["whole from the start", [added(call('{"a":1}')), done(call('{"a":1}'))], ['{"a":1}']],
    [
      "without a done",
      [added(call("")), args('{"a"'), completed([call('{"a":1}')])],
      ['{"a"', ":1}"],
    ],
  ])("%s", (_, events, pieces) => {
    const streamed = run([created, ...events]);
    expect(calls(streamed)).toEqual([
      opened,
      ...pieces.map((piece) => ({ index: 0, function: { arguments: piece } })),
    ]);
    expect(streamed.data.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { tool_calls: [{ id: "c1", function: { arguments: pieces.join("") } }] },
    });
  });

  test("two at once and a custom one have indices of their own", () => {
    const custom = { type: "custom_tool_call", call_id: "c3", name: "run", input: "ls" };
    const streamed = run([
      created,
      added({ type: "reasoning", summary: [] }, 0),
      added(call(""), 1),
      added({ ...call(""), call_id: "c2" }, 2),
      args("[1]", 1),
      args("[2]", 2),
      added({ ...custom, input: "" }, 3),
      { type: "response.custom_tool_call_input.delta", output_index: 3, delta: "l" },
      done(custom, 3),
      completed([]),
    ]);
    expect(calls(streamed)).toEqual([
      opened,
      { ...opened, index: 1, id: "c2" },
      { index: 0, function: { arguments: "[1]" } },
      { index: 1, function: { arguments: "[2]" } },
      { index: 2, id: "c3", type: "custom", custom: { name: "run", input: "" } },
      { index: 2, custom: { input: "l" } },
      { index: 2, custom: { input: "s" } },
    ]);
    expect(streamed.data.choices[0]!.message.tool_calls).toMatchObject([
      { id: "c1", function: { arguments: "[1]" } },
      { id: "c2", function: { arguments: "[2]" } },
      { id: "c3", custom: { name: "run", input: "ls" } },
    ]);
  });
});

describe("reasoning", () => {
  const summary = (delta: string, summary_index: number, output_index = 0) => ({
    type: "response.reasoning_summary_text.delta",
    output_index,
    summary_index,
    delta,
  });
  const parts = (...texts: string[]) => texts.map((text) => ({ type: "summary_text", text }));
  const whole = {
    type: "reasoning",
    id: "rs_1",
    summary: parts("AB", "C"),
    encrypted_content: "x",
  };

  test.each<[string, object[]]>([
    ["in pieces", [summary("A", 0), summary("B", 0), summary("C", 1), done(whole)]],
    ["without deltas", [done(whole)]],
    ["the first part only", [summary("AB", 0), done(whole)]],
    ["half of the first part", [summary("A", 0), done(whole)]],
  ])("%s", (_, events) => {
    const more = {
      type: "reasoning",
      id: "rs_2",
      summary: [],
      content: [{ type: "reasoning_text", text: "D" }],
    };
    const { deltas, data } = run([
      created,
      ...events,
      { type: "response.reasoning_text.delta", output_index: 1, content_index: 0, delta: "D" },
      done(more, 1),
      text("x", 2),
      completed([]),
    ]);
    const reasoning = deltas.map(({ reasoning_content }) => reasoning_content ?? "").join("");
    expect(reasoning).toBe("AB\n\nC\n\nD");
    expect(data.choices[0]!.message.reasoning_content).toBe(reasoning);
    expect(data.choices[0]!.message.provider_state?.[0]?.items.slice(0, 2)).toEqual([whole, more]);
  });

  test("the secret that goes back is that of output_item.done", () => {
    const last = { ...whole, encrypted_content: "z" };
    const first = { ...whole, encrypted_content: "y", summary: [] };
    const events = [added(first), done(whole), text("x", 1), completed([last, said("x")])];
    const { data } = run([created, ...events]);
    expect(data.choices[0]!.message.provider_state?.[0]?.items[0]).toEqual(whole);
  });
});

test("a refusal, citations and an image", () => {
  const annotation = {
    type: "url_citation",
    start_index: 0,
    end_index: 1,
    url: "https://x.test",
    title: "X",
  };
  const second = { ...annotation, url: "https://y.test" };
  const message = said("AB", "C");
  Object.assign(message.content[1]!, { annotations: [annotation, second] });
  const image = { type: "image_generation_call", result: "AA==" };
  const { deltas, data } = run([
    created,
    text("AB"),
    text("C", 0, 1),
    {
      type: "response.output_text.annotation.added",
      output_index: 0,
      content_index: 1,
      annotation,
    },
    done(message),
    { type: "response.refusal.delta", output_index: 1, content_index: 0, delta: "No" },
    { type: "response.image_generation_call.in_progress", output_index: 2 },
    done(image, 2),
    completed([]),
  ]);
  const said_ = data.choices[0]!.message;
  expect(said_).toMatchObject({ content: "ABC", refusal: "No" });
  expect(said_.annotations?.map(({ url_citation }) => url_citation)).toMatchObject([
    { start_index: 2, end_index: 3, url: "https://x.test" },
    { start_index: 2, end_index: 3, url: "https://y.test" },
  ]);
  expect(deltas.flatMap(({ annotations }) => annotations ?? [])).toEqual(said_.annotations);
  expect(deltas.map(({ refusal }) => refusal ?? "").join("")).toBe("No");
  expect(deltas.flatMap(({ images }) => images ?? [])).toEqual(said_.images);
});

test("cut at the limit", () => {
  const { chunks, data, decoder } = run([
    created,
    text("A"),
    {
      type: "response.incomplete",
      response: {
        ...head,
        status: "incomplete",
        incomplete_details: { reason: "max_output_tokens" },
      },
    },
  ]);
  expect(decoder.done).toBe(true);
  expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe("length");
  expect(data.choices[0]).toMatchObject({
    finish_reason: "length",
    finish_reason_raw: "max_output_tokens",
    message: { content: "A" },
  });
});

describe("failures", () => {
  const error = { code: "server_error", message: "It broke." };

  test.each<[string, object, string | undefined]>([
    [
      "response.failed",
      { type: "response.failed", response: { ...head, status: "failed", error } },
      undefined,
    ],
    ["failed without a word", { type: "response.failed" }, undefined],
    ["an error event", { type: "error", ...error, param: null }, undefined],
    ["an error inside", { type: "error", error }, undefined],
    ["an error without a type", { error }, undefined],
    ["an error by its name", { ...error }, "error"],
    [
      "a failed response that began",
      { type: "response.created", response: { ...head, error } },
      undefined,
    ],
  ])("%s", (_, event, name) => {
    const decoder = openai.decoder(plan);
    decoder.decode(created, undefined);
    decoder.decode(text("A"), undefined);
    expect(() => decoder.decode(event, name)).toThrow(ReplyFailure);
    expect(decoder.done).toBe(false);
    // What had come is there for `error.partial`.
    expect(openai.parse(decoder.body(), plan).choices[0]!.message.content).toBe("A");
  });

  test.each([null, "text", 3, []])("%j is no event", (event) => {
    expect(() => openai.decoder(plan).decode(event, undefined)).toThrow(TypeError);
  });

  test("the words of an error event reach the error", () => {
    const body = { type: "error", code: "rate_limit_exceeded", message: "Slow down.", param: null };
    const failure = { provider: "openai", model: "m", status: 200, header: () => undefined };
    const classified = openai.classify({ ...failure, body, text: "" });
    expect(classified.name).toBe("RateLimitError");
    expect(classified.message).toContain("Slow down.");
  });
});

/** Structured output: the native schema, the stand-in tool with its way back, and JSON mode. */
import type { WireResponseFormat } from "@polycall/core";
import { expect, test } from "vitest";
import { anthropic } from "../src/index.ts";
import { planOf } from "./helpers.ts";

const joke: WireResponseFormat = {
  type: "json_schema",
  json_schema: {
    name: "joke",
    description: "A joke",
    strict: true,
    schema: { type: "object", properties: { setup: { type: "string" } }, required: ["setup"] },
  },
};
const messages = [{ role: "user", content: "Joke!" }] as const;
const ask = (model: string, more = {}) =>
  planOf({ messages: [...messages], response_format: joke, max_tokens: 5000, ...more }, model);

test("the model's own schemas, where it has them", () => {
  const { body, outputTool, changes } = ask("claude-sonnet-5-5", { reasoning_effort: "low" });
  expect(body.output_config).toEqual({
    effort: "low",
    format: {
      type: "json_schema",
      schema: {
        type: "object",
        properties: { setup: { type: "string" } },
        required: ["setup"],
        additionalProperties: false,
        description: "A joke",
      },
    },
  });
  expect({ tools: body.tools, outputTool, changes }).toEqual({ changes: [] });
});

const weather = { type: "function", function: { name: "joke" } };

test("a forced tool where it has none", () => {
  const { body, outputTool, changes } = ask("claude-3-7-sonnet-latest");
  expect(body.tools).toMatchObject([{ name: "joke", input_schema: { required: ["setup"] } }]);
  expect(body.tool_choice).toEqual({ type: "tool", name: "joke" });
  expect(body.output_config).toBeUndefined();
  expect(outputTool).toBe("joke");
  expect(changes).toMatchObject([{ param: "response_format", action: "emulated" }]);
});

test("beside other tools the model may call either, and names do not clash", () => {
  const { body, outputTool } = ask("claude-3-7-sonnet-latest", { tools: [weather] });
  expect(outputTool).toBe("joke_reply");
  expect(body.tool_choice).toEqual({ type: "any" });
  expect(body.tools).toMatchObject([{ name: "joke" }, { name: "joke_reply" }]);
});

test("a tool that the caller forces comes first", () => {
  const tool_choice = { type: "function", function: { name: "joke" } };
  const plan = ask("claude-3-7-sonnet-latest", { tools: [weather], tool_choice });
  expect(plan.body.tool_choice).toEqual({ type: "tool", name: "joke" });
  expect(plan.outputTool).toBeUndefined();
});

test("thinking with a budget gives way to the stand-in tool", () => {
  const { body, changes } = ask("claude-3-7-sonnet-latest", { reasoning_effort: "low" });
  expect(body.thinking).toBeUndefined();
  expect(changes).toMatchObject([{ param: "response_format" }, { param: "thinking" }]);
});

test("the stand-in tool's input is the reply's text, whole and streamed", () => {
  const plan = ask("claude-3-7-sonnet-latest");
  const whole = {
    id: "msg_1",
    model: "m",
    content: [{ type: "tool_use", id: "t", name: "joke", input: { setup: "Why" } }],
    stop_reason: "tool_use",
    usage: { input_tokens: 1, output_tokens: 2 },
  };
  const [choice] = anthropic.parse(whole, plan).choices;
  expect(choice).toMatchObject({
    finish_reason: "stop",
    message: { content: '{"setup":"Why"}' },
  });
  expect(choice!.message.tool_calls).toBeUndefined();
  expect(choice!.message.provider_state).toBeUndefined();

  const decoder = anthropic.decoder(plan);
  const events = [
    { type: "message_start", message: { ...whole, content: [] } },
    { type: "content_block_start", index: 0, content_block: { ...whole.content[0], input: {} } },
    {
      type: "content_block_delta",
      index: 0,
      delta: { type: "input_json_delta", partial_json: '{"setup":' },
    },
    {
      type: "content_block_delta",
      index: 0,
      delta: { type: "input_json_delta", partial_json: ' "Why"}' },
    },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 2 } },
    { type: "message_stop" },
  ];
  const chunks = events.flatMap((event) => [...decoder.decode(event, undefined)]);
  const content = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
  expect(JSON.parse(content)).toEqual({ setup: "Why" });
  expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe("stop");
  expect(anthropic.parse(decoder.body(), plan).choices[0]!.message.content).toBe('{"setup":"Why"}');
});

test("JSON mode is an instruction", () => {
  const response_format = { type: "json_object" } as const;
  const plan = ask("claude-opus-5", { response_format });
  expect(plan.body.system).toMatchObject([{ text: expect.stringContaining("JSON object") }]);
  expect(plan.changes).toMatchObject([{ param: "response_format", action: "emulated" }]);
});

test("a schema that contains itself: by a tool, or an instruction where no tool can be forced", () => {
  const schema = {
    type: "object",
    properties: { next: { $ref: "#" } },
    additionalProperties: false,
  };
  const response_format = { type: "json_schema", json_schema: { name: "list", schema } };
  const plan = ask("claude-sonnet-4-5", { response_format });
  expect(plan.outputTool).toBe("list");
  const { body, outputTool, changes } = ask("claude-opus-5-5", { response_format });
  const [{ text }] = body.system as [{ text: string }];
  expect(text).toContain('{"type":"object","properties":{"next":{"$ref":"#"}}');
  expect([body.tools, body.tool_choice, body.output_config, outputTool]).toEqual(new Array(4));
  expect(changes).toMatchObject([{ param: "response_format", action: "emulated" }]);
});

const priced = {
  type: "function",
  function: { name: "get.price", parameters: joke.json_schema.schema },
} as const;

test("a call that cannot be forced is a reply held to the tool's schema, read as the call", () => {
  const plan = planOf(
    { messages: [...messages], tools: [priced], tool_choice: "required", max_tokens: 50 },
    "claude-sonnet-5-5",
  );
  expect(plan.body).toMatchObject({
    tools: [{ name: "get_price" }],
    tool_choice: { type: "none" },
    output_config: { format: { type: "json_schema", schema: { required: ["setup"] } } },
  });
  expect(plan.changes).toContainEqual(
    expect.objectContaining({ param: "tool_choice", action: "emulated" }),
  );
  const args = '{"setup": "Why"}';
  const content = [
    { type: "thinking", thinking: "", signature: "sig" },
    { type: "text", text: args },
  ];
  const whole = { id: "msg_9", model: "m", content, stop_reason: "end_turn", usage: {} };
  const call = {
    id: "toolu_9",
    type: "function",
    function: { name: "get.price", arguments: args },
  };
  const direct = anthropic.parse(whole, plan).choices[0]!;
  expect(direct).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
  expect(direct.message.tool_calls).toEqual([call]);
  expect(direct.message.provider_state).toBeUndefined();

  const decoder = anthropic.decoder(plan);
  const text = (piece: string) => ({
    type: "content_block_delta",
    index: 1,
    delta: { type: "text_delta", text: piece },
  });
  const events = [
    { type: "message_start", message: { ...whole, content: [] } },
    { type: "content_block_start", index: 0, content_block: content[0] },
    { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
    text('{"setup": '),
    text('"Why"}'),
    { type: "content_block_stop", index: 1 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: {} },
    { type: "message_stop" },
  ];
  const chunks = events.flatMap((event) => [...decoder.decode(event, undefined)]);
  expect(chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toEqual([
    { ...call, index: 0, function: { name: "get.price", arguments: "" } },
    { index: 0, function: { arguments: '{"setup": ' } },
    { index: 0, function: { arguments: '"Why"}' } },
  ]);
  expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe("tool_calls");
  expect(anthropic.parse(decoder.body(), plan).choices).toEqual([direct]);
});

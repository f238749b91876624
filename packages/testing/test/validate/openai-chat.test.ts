/** What Chat Completions refuse, in OpenAI's words. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Simulator, simulator } from "../../src/index.ts";
import { call, calling, chat, declared, type Post, poster, result, user } from "./ask.ts";

let sim: Simulator;
let post: Post;
beforeAll(async () => {
  sim = await simulator();
  post = poster(sim);
});
afterAll(() => sim.close());

describe("chat completions", () => {
  test.each<[string, object, string, string | null, string | null]>([
    ["unknown field", { ...chat, foo: 1 }, "Unknown parameter: 'foo'.", "foo", "unknown_parameter"],
    [
      "unknown nested field",
      { ...chat, messages: [{ ...user, foo: 1 }] },
      "Unknown parameter: 'messages[0].foo'.",
      "messages[0].foo",
      "unknown_parameter",
    ],
    [
      "no messages",
      { model: "gpt-4o" },
      "Missing required parameter: 'messages'.",
      "messages",
      "missing_required_parameter",
    ],
    [
      "wrong type",
      { ...chat, messages: [{ role: "user", content: 7 }] },
      "Invalid type for 'messages[0].content': expected one of a string or an array, but got an integer instead.",
      "messages[0].content",
      "invalid_type",
    ],
    [
      "options of a stream that is none",
      { ...chat, stream_options: { include_usage: true } },
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      "stream_options",
      null,
    ],
    [
      "a picture in a file",
      {
        ...chat,
        messages: [
          { role: "user", content: [{ type: "image_url", image_url: { url: "file:///cat.png" } }] },
        ],
      },
      "Invalid 'messages[0].content[0].image_url.url'. Expected a valid URL, but got a value with an invalid format.",
      "messages[0].content[0].image_url.url",
      "invalid_value",
    ],
    [
      "a PDF as a picture",
      {
        ...chat,
        messages: [
          {
            role: "user",
            content: [
              { type: "image_url", image_url: { url: "data:application/pdf;base64,JVBERi0=" } },
            ],
          },
        ],
      },
      "Invalid 'messages[0].content[0].image_url.url'. Expected a base64-encoded data URL with an image MIME type " +
        "(e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got unsupported MIME type 'application/pdf'.",
      "messages[0].content[0].image_url.url",
      "invalid_value",
    ],
    [
      "unknown role",
      { ...chat, messages: [{ role: "robot", content: "x" }] },
      "Invalid value: 'robot'. Supported values are: 'developer', 'system', 'user', 'assistant', 'tool', and 'function'.",
      "messages[0].role",
      "invalid_value",
    ],
    [
      "temperature below",
      { ...chat, temperature: -1 },
      "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
      "temperature",
      "decimal_below_min_value",
    ],
    [
      "a result without its call",
      { ...chat, messages: [user, result] },
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      "messages.[1].role",
      null,
    ],
    [
      "a call without its result",
      { ...chat, messages: [user, calling, user] },
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: call_1",
      "messages.[2].role",
      null,
    ],
    [
      "a long call id",
      {
        ...chat,
        messages: [
          user,
          { ...calling, tool_calls: [{ ...call, id: "x".repeat(41) }] },
          { ...result, tool_call_id: "x".repeat(41) },
        ],
      },
      "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got a string with length 41 instead.",
      "messages[1].tool_calls[0].id",
      "string_above_max_length",
    ],
    [
      "a tool name with a space",
      { ...chat, tools: [{ type: "function", function: { name: "a b" } }] },
      "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
      "tools[0].function.name",
      "invalid_value",
    ],
    [
      "a choice without tools",
      { ...chat, tool_choice: "auto" },
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
      "tool_choice",
      null,
    ],
    [
      "a strict schema that is open",
      { ...chat, tools: declared({ type: "object", properties: {} }, { strict: true }) },
      "Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be supplied and to be false.",
      "tools[0].function.parameters",
      "invalid_function_parameters",
    ],
    [
      "a strict schema with an optional key",
      {
        ...chat,
        response_format: {
          type: "json_schema",
          json_schema: {
            name: "r",
            strict: true,
            schema: {
              type: "object",
              properties: { a: { type: "string" } },
              required: [],
              additionalProperties: false,
            },
          },
        },
      },
      "Invalid schema for response_format 'r': In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'a'.",
      "response_format",
      "invalid_json_schema",
    ],
    [
      "JSON mode without the word",
      { ...chat, response_format: { type: "json_object" } },
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      "messages",
      null,
    ],
    [
      "the old limit on a reasoning model",
      { ...chat, model: "o3", max_tokens: 5 },
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "max_tokens",
      "unsupported_parameter",
    ],
  ])("%s", async (_name, body, message, param, code) => {
    const { status, body: told } = await post("openai", "/chat/completions", body);
    const error = { message, type: "invalid_request_error", param, code };
    expect({ status, told }).toEqual({ status: 400, told: { error } });
  });

  test("compatible hosts let unknown fields pass, and still refuse a lost result", async () => {
    const extra = await post("groq", "/chat/completions", { ...chat, reasoning_format: "raw" });
    expect(extra.status).toBe(200);
    const lost = await post("groq", "/chat/completions", { ...chat, messages: [user, calling] });
    expect(lost.status).toBe(400);
    const role = await post("groq", "/chat/completions", {
      model: "m",
      messages: [{ content: 1 }],
    });
    expect(role.status).toBe(400);
  });
});

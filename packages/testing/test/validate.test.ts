/** Wrong requests are refused with 400, in the provider's words and envelope. */
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sdkVersions } from "../scripts/schemas.ts";
import { type Simulator, simulator, wireData } from "../src/index.ts";
import type { Json, JsonObject } from "../src/json.ts";
import { check } from "../src/validate/check.ts";
import versions from "../src/validate/schemas/versions.json" with { type: "json" };
import { type SchemaName, schemaNamed } from "../src/validate/schemas.ts";

let sim: Simulator;
beforeAll(async () => {
  sim = await simulator();
});
afterAll(() => sim.close());

async function post(provider: string, path: string, body: unknown) {
  const response = await fetch(`${sim.providers[provider]!.baseURL}${path}`, {
    method: "POST",
    headers: { authorization: "Bearer any", "anthropic-version": "2023-06-01" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const user = { role: "user", content: "Hello" };
const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
const calling = { role: "assistant", content: null, tool_calls: [call] };
const result = { role: "tool", tool_call_id: "call_1", content: "1" };
const chat = { model: "gpt-4o", messages: [user] };
const declared = (parameters: object, more = {}) => [
  { type: "function", function: { name: "f", parameters, ...more } },
];

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

describe("responses", () => {
  const base = { model: "gpt-5.4", input: "Hello" };
  const called = { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" };
  const output = { type: "function_call_output", call_id: "call_1", output: "1" };
  test.each<[string, object, string]>([
    ["unknown field", { ...base, messages: [] }, "Unknown parameter: 'messages'."],
    ["no input", { model: "gpt-5.4" }, "Missing required parameter: 'input'."],
    [
      "a low limit",
      { ...base, max_output_tokens: 5 },
      "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 5 instead.",
    ],
    [
      "an output without its call",
      { ...base, input: [output] },
      "No tool call found for function call output with call_id call_1.",
    ],
    [
      "a call without its output",
      { ...base, input: [user, called] },
      "No tool output found for function call call_1.",
    ],
    [
      "reasoning with nothing after it",
      { ...base, input: [user, { type: "reasoning", id: "rs_1", summary: [] }] },
      "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
    ],
    [
      "Chat Completions' nested tool",
      { ...base, tools: declared({}) },
      "Missing required parameter: 'tools[0].name'.",
    ],
  ])("%s", async (_name, body, message) => {
    const reply = await post("openai", "/responses", body);
    expect(reply).toMatchObject({ status: 400, body: { error: { message } } });
  });
});

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

describe("generateContent", () => {
  const path = "/v1beta/models/gemini-3.5-flash:generateContent";
  const hello = { role: "user", parts: [{ text: "Hello" }] };
  const called = { role: "model", parts: [{ functionCall: { name: "f", args: {} } }] };
  const answered = {
    role: "user",
    parts: [{ functionResponse: { name: "f", response: { output: 1 } } }],
  };
  test.each<[string, object, string]>([
    [
      "unknown field",
      { contents: [hello], foo: 1 },
      'Invalid JSON payload received. Unknown name "foo": Cannot find field.',
    ],
    [
      "unknown nested field",
      { contents: [{ ...hello, parts: [{ text: "x", foo: 1 }] }] },
      "Invalid JSON payload received. Unknown name \"foo\" at 'contents[0].parts[0]': Cannot find field.",
    ],
    [
      "a keyword outside its schema dialect",
      {
        contents: [hello],
        tools: [
          { functionDeclarations: [{ name: "f", parameters: { type: "OBJECT", $schema: "x" } }] },
        ],
      },
      "Unknown name \"$schema\" at 'tools[0].function_declarations[0].parameters'",
    ],
    ["no contents", {}, "* GenerateContentRequest.contents: contents is not specified\n"],
    [
      "an unknown role",
      { contents: [{ ...hello, role: "assistant" }] },
      "Please use a valid role: user, model.",
    ],
    [
      "an empty part",
      { contents: [{ role: "user", parts: [{}] }] },
      "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one initialized field",
    ],
    [
      "a wrong type",
      { contents: [hello], generationConfig: { temperature: "hot" } },
      "Invalid value at 'generation_config.temperature' (TYPE_DOUBLE), \"hot\"",
    ],
    [
      "a response without its call",
      { contents: [hello, answered] },
      "Please ensure that function response turn comes immediately after a function call turn.",
    ],
    [
      "fewer responses than calls",
      { contents: [hello, { ...called, parts: [...called.parts, ...called.parts] }, answered] },
      "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
    ],
    [
      "a bad function name",
      { contents: [hello], tools: [{ functionDeclarations: [{ name: "1 f" }] }] },
      "function_declarations[0].name: Invalid function name.",
    ],
  ])("%s", async (_name, body, message) => {
    const reply = await post("gemini", path, body);
    expect(reply).toMatchObject({
      status: 400,
      body: { error: { code: 400, status: "INVALID_ARGUMENT" } },
    });
    expect(reply.body.error.message).toContain(message);
  });

  test("Gemini 3 wants its signatures back, in the running turn only", async () => {
    const signed = { ...called, parts: [{ ...called.parts[0], thoughtSignature: "c2ln" }] };
    const status = async (model: string, contents: object[]) =>
      (await post("gemini", `/v1beta/models/${model}:generateContent`, { contents })).status;
    expect(await status("gemini-3.5-flash", [hello, called, answered])).toBe(400);
    expect(await status("gemini-3.5-flash", [hello, signed, answered])).toBe(200);
    expect(await status("gemini-2.5-flash", [hello, called, answered])).toBe(200);
    expect(await status("gemini-3.5-flash", [hello, called, answered, hello])).toBe(200);
  });

  test("field names are read in snake_case too", async () => {
    const body = { contents: [hello], generation_config: { max_output_tokens: 3 } };
    const reply = await post("gemini", path, body);
    expect(reply.body.candidates[0].finishReason).toBe("MAX_TOKENS");
  });
});

describe("ollama and embeddings", () => {
  test.each<[string, string, string, object, string]>([
    ["ollama", "/api/chat", "no model", { messages: [] }, "model is required"],
    [
      "ollama",
      "/api/chat",
      "arguments as text",
      {
        model: "m",
        messages: [
          { role: "assistant", tool_calls: [{ function: { name: "f", arguments: "{}" } }] },
        ],
      },
      "json: cannot unmarshal string into Go struct field ChatRequest.messages.tool_calls.function.arguments of type api.ToolCallFunctionArguments",
    ],
    [
      "ollama",
      "/api/chat",
      "content parts",
      { model: "m", messages: [{ role: "user", content: [] }] },
      "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string",
    ],
    ["ollama", "/api/embed", "no input", { model: "m" }, "invalid input type"],
  ])("%s %s %s", async (provider, path, _name, body, error) => {
    expect(await post(provider, path, body)).toEqual({ status: 400, body: { error } });
  });

  test.each([[{ input: "" }], [{ input: [] }], [{ input: "x", dimensions: 0 }]])(
    "embeddings refuse %j",
    async (body) => {
      const model = "text-embedding-3-small";
      expect((await post("openai", "/embeddings", { model, ...body })).status).toBe(400);
    },
  );
});

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

describe("keys, models, paths, bodies", () => {
  const bodies: [string, string, object][] = [
    ["openai", "/chat/completions", chat],
    ["anthropic", "/v1/messages", { model: "m", max_tokens: 5, messages: [user] }],
    ["gemini", "/v1beta/models/m:generateContent", { contents: [{ parts: [{ text: "x" }] }] }],
    ["openrouter", "/chat/completions", chat],
  ];
  test.each(bodies)("%s refuses a missing key and the bad one", async (provider, path, body) => {
    const ask = (headers: Record<string, string>) =>
      fetch(`${sim.providers[provider]!.baseURL}${path}`, {
        method: "POST",
        headers: { "anthropic-version": "2023-06-01", ...headers },
        body: JSON.stringify(body),
      });
    const bad = await ask({ authorization: "Bearer bad-key" });
    const told = await bad.text();
    expect([(await ask({})).status, bad.status]).toEqual(
      provider === "gemini" ? [403, 400] : [401, 401],
    );
    expect(told).not.toContain("bad-key");
    if (provider === "gemini") expect(told).toContain('"reason":"API_KEY_INVALID"');
  });

  test.each<[string, string, object, number, object]>([
    [
      "openai",
      "/chat/completions",
      { ...chat, model: "missing-model" },
      404,
      {
        error: {
          message: "The model `missing-model` does not exist or you do not have access to it.",
          type: "invalid_request_error",
          param: null,
          code: "model_not_found",
        },
      },
    ],
    [
      "openai",
      "/responses",
      { model: "missing-model", input: "x" },
      400,
      {
        error: {
          message: "The requested model 'missing-model' does not exist.",
          type: "invalid_request_error",
          param: "model",
          code: "model_not_found",
        },
      },
    ],
    [
      "anthropic",
      "/v1/messages",
      { model: "missing-model", max_tokens: 5, messages: [user] },
      404,
      {
        type: "error",
        error: { type: "not_found_error", message: "model: missing-model" },
        request_id: expect.any(String),
      },
    ],
    [
      "gemini",
      "/v1beta/models/missing-model:generateContent",
      { contents: [{ parts: [{ text: "x" }] }] },
      404,
      { error: { code: 404, status: "NOT_FOUND", message: expect.stringContaining("not found") } },
    ],
    [
      "ollama",
      "/api/chat",
      { model: "missing-model", messages: [] },
      404,
      { error: "model 'missing-model' not found" },
    ],
  ])("%s %s does not have the missing model", async (provider, path, body, status, told) => {
    expect(await post(provider, path, body)).toEqual({ status, body: told });
  });

  test("unknown paths and broken JSON are refused", async () => {
    expect((await post("openai", "/nothing", {})).status).toBe(404);
    expect((await fetch(`${sim.url}/nobody/x`)).status).toBe(404);
    const broken = await post("openai", "/chat/completions", "{");
    expect(broken.body.error.message).toMatch(/^We could not parse the JSON body/);
    const strange = await post("openai", "/chat/completions", "[1]");
    expect(strange.status).toBe(400);
  });

  test("strict can be turned off", async () => {
    await using lax = await simulator({ strict: false });
    const response = await fetch(`${lax.providers.openai!.baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer any" },
      body: JSON.stringify({ ...chat, foo: 1 }),
    });
    expect(response.status).toBe(200);
  });
});

describe("the generated schemas", () => {
  test("were made from the installed SDKs (else: pnpm make-validators)", () => {
    expect(versions).toEqual(sdkVersions());
  });

  const data = wireData();
  test.skipIf(!data)(
    "say what ajv says, also of requests broken at random",
    { timeout: 120_000 },
    () => {
      const judged: [SchemaName, RegExp][] = [
        ["openai-chat", /api\.openai\.com\/v1\/chat\/completions$/],
        ["openai-responses", /api\.openai\.com\/v1\/responses$/],
        ["anthropic-beta-messages", /\/v1\/messages/],
        ["gemini-generate", /generativelanguage.*enerateContent/],
      ];
      const ajv = new Ajv({ strict: false });
      const interactions = data!.list().flatMap((file) => data!.read(file).interactions);
      let broken = 0;
      for (const [name, url] of judged) {
        const judge = ajv.compile(schemaNamed(name));
        const bodies = interactions
          .filter(({ request }) => request.method === "POST" && url.test(request.url))
          .map(({ request }) => request.body as JsonObject);
        for (const [seed, body] of bodies.entries()) {
          for (const given of [body, damage(body, seed), damage(body, seed + 1000)]) {
            const isValid = check(schemaNamed(name), given) === undefined;
            if (!isValid) broken++;
            expect({ name, given, isValid }).toEqual({ name, given, isValid: judge(given) });
          }
        }
      }
      expect(broken).toBeGreaterThan(300);
    },
  );
});

/** A copy with one value, somewhere, renamed, removed or replaced. */
function damage(body: JsonObject, seed: number): JsonObject {
  const copy = structuredClone(body);
  const holders: JsonObject[] = [];
  const collect = (value: Json) => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === "object" && value !== null) {
      if (Object.keys(value).length > 0) holders.push(value);
      Object.values(value).forEach(collect);
    }
  };
  collect(copy);
  const holder = holders[(seed * 7919) % holders.length]!;
  const keys = Object.keys(holder);
  const key = keys[(seed * 104_729) % keys.length]!;
  const value = holder[key]!;
  delete holder[key];
  if (seed % 3 === 0) holder[`${key}_x`] = value;
  if (seed % 3 === 1) holder[key] = typeof value === "string" ? 5 : "x";
  return copy;
}

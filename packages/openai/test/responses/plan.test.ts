/** Requests as Responses bodies: what is sent, what is bent, what is refused. */
import {
  type CompletionRequest,
  type Plan,
  type Provider,
  UnsupportedParamsError,
} from "@polycall/core";
import { describe, expect, test } from "vitest";
import { azure, hosts, openai } from "../../src/index.ts";
import { contextOf } from "../recorded.ts";

const messages: CompletionRequest["messages"] = [{ role: "user", content: "Hi" }];
const providers: Record<string, Provider> = { openai, azure, ...hosts };

type Input = Partial<CompletionRequest> & { [key: string]: unknown };
type Context = Parameters<typeof contextOf>[2];

/** @param model with its provider, without "responses/" */
function plan(model: string, input: Input = {}, options: Context = {}): Plan {
  const at = model.indexOf("/");
  const prefix = model.slice(0, at);
  const request = { messages, ...input, model } as unknown as CompletionRequest;
  const frozen = structuredClone(request);
  const context = contextOf(prefix, `responses/${model.slice(at + 1)}`, options);
  const made = providers[prefix]!.plan(request, context);
  expect(request).toEqual(frozen);
  return made;
}

/** The body beside model, input and store. */
function bodyOf(model: string, input: Input = {}): { [key: string]: unknown } {
  const { model: _, input: sent, store, ...body } = plan(model, input).body;
  if (!input.messages) expect(sent).toEqual([{ role: "user", content: "Hi" }]);
  if (!("store" in input)) expect(store).toBe(false);
  return body;
}

function inputOf(given: CompletionRequest["messages"], model = "openai/gpt-4.1"): unknown {
  return plan(model, { messages: given }).body.input;
}

describe("the envelope", () => {
  test("a plain request", () => {
    expect(plan("openai/gpt-4.1")).toEqual({
      provider: "openai",
      model: "gpt-4.1",
      endpoint: "responses",
      reason: "the model string asks for it",
      method: "POST",
      path: "/responses",
      headers: {},
      body: { model: "gpt-4.1", input: [{ role: "user", content: "Hi" }], store: false },
      stream: false,
      framing: "sse",
      changes: [],
    });
  });

  test("a stream asks for no usage: it always comes", () => {
    const options = { include_usage: true, include_obfuscation: false };
    expect(bodyOf("openai/gpt-4.1", { stream: true, stream_options: options })).toEqual({
      stream: true,
      stream_options: { include_obfuscation: false },
    });
    expect(bodyOf("openai/gpt-4.1", { stream_options: options })).toEqual({});
  });

  test("Azure's paths", () => {
    expect(plan("azure/prod").path).toBe("/openai/v1/responses");
    const settings = { apiVersion: "2026-01-01" };
    expect(plan("azure/prod", {}, { settings }).path).toBe(
      "/openai/responses?api-version=2026-01-01",
    );
    const preview = { apiVersion: "preview" };
    expect(plan("azure/prod", {}, { settings: preview }).path).toBe(
      "/openai/v1/responses?api-version=preview",
    );
  });

  test("is chosen for what Chat Completions refuses", () => {
    const tools = [{ type: "function" as const, function: { name: "get" } }];
    const request = { model: "", messages, tools };
    const made = openai.plan(request, contextOf("openai", "gpt-6.2"));
    expect(made).toMatchObject({ endpoint: "responses", path: "/responses" });
    expect(made.body.tools).toEqual([
      {
        type: "function",
        name: "get",
        parameters: { type: "object", properties: {} },
        strict: false,
      },
    ]);
  });
});

describe("parameters", () => {
  test("the limit in the API's own words wins", () => {
    expect(bodyOf("openai/gpt-4.1", { max_tokens: 50, max_output_tokens: 90 })).toEqual({
      max_output_tokens: 90,
    });
  });

  test("what a host's models take holds here too", () => {
    const { body, changes } = plan("xai/grok-4", { reasoning_effort: "high" });
    expect(body).not.toHaveProperty("reasoning");
    expect(changes).toMatchObject([{ param: "reasoning_effort", action: "dropped" }]);
    expect(bodyOf("xai/grok-4.3", { reasoning_effort: "xhigh" })).toMatchObject({
      reasoning: { effort: "high" },
    });
  });

  test.each<[string, Input, object]>([
    ["gpt-4.1", { max_tokens: 100 }, { max_output_tokens: 100 }],
    ["gpt-4.1", { max_completion_tokens: 100, max_tokens: 5 }, { max_output_tokens: 100 }],
    ["gpt-4.1", { max_tokens: null, temperature: null }, {}],
    ["gpt-4.1", { temperature: 0.2, top_p: 0.5 }, { temperature: 0.2, top_p: 0.5 }],
    ["gpt-4.1", { n: 1, stop: [], modalities: ["text"] }, {}],
    ["gpt-4.1", { presence_penalty: 0, frequency_penalty: 0 }, {}],
    ["gpt-4.1", { logprobs: false }, {}],
    [
      "gpt-4.1",
      { logprobs: true, top_logprobs: 3 },
      { include: ["message.output_text.logprobs"], top_logprobs: 3 },
    ],
    [
      "gpt-4.1",
      { logprobs: true, include: ["file_search_call.results"] },
      { include: ["file_search_call.results", "message.output_text.logprobs"] },
    ],
    ["gpt-4.1", { verbosity: "medium" }, { text: { verbosity: "medium" } }],
    [
      "gpt-5",
      { reasoning_effort: "low", verbosity: "high" },
      {
        reasoning: { effort: "low" },
        text: { verbosity: "high" },
        include: ["reasoning.encrypted_content"],
      },
    ],
    [
      "gpt-5",
      { reasoning_effort: "low", reasoning: { summary: "auto" } },
      {
        reasoning: { effort: "low", summary: "auto" },
        include: ["reasoning.encrypted_content"],
      },
    ],
    [
      "gpt-4.1",
      {
        metadata: { a: "b" },
        user: "u",
        safety_identifier: "s",
        prompt_cache_key: "k",
        prompt_cache_options: { ttl: "30m" },
        service_tier: "flex",
        moderation: { model: "m" },
        truncation: "auto",
        instructions: "Be brief.",
      },
      {
        metadata: { a: "b" },
        user: "u",
        safety_identifier: "s",
        prompt_cache_key: "k",
        prompt_cache_options: { ttl: "30m" },
        service_tier: "flex",
        moderation: { model: "m" },
        truncation: "auto",
        instructions: "Be brief.",
      },
    ],
  ])("%s %o", (model, input, expected) => {
    expect(bodyOf(`openai/${model}`, input)).toEqual(expected);
    expect(plan(`openai/${model}`, input).changes).toEqual([]);
  });

  test.each<[string, Input, object, string, string]>([
    ["gpt-4.1", { max_tokens: 3 }, { max_output_tokens: 16 }, "max_tokens", "clamped"],
    [
      "gpt-4.1",
      { max_completion_tokens: 15 },
      { max_output_tokens: 16 },
      "max_completion_tokens",
      "clamped",
    ],
    ["gpt-4.1", { seed: 0 }, {}, "seed", "dropped"],
    ["gpt-4.1", { presence_penalty: 1 }, {}, "presence_penalty", "dropped"],
    ["gpt-4.1", { frequency_penalty: -1 }, {}, "frequency_penalty", "dropped"],
    ["gpt-4.1", { logit_bias: { 5: 1 } }, {}, "logit_bias", "dropped"],
    ["gpt-4.1", { prediction: { type: "content", content: "x" } }, {}, "prediction", "dropped"],
    ["gpt-4.1", { top_k: 5 }, {}, "top_k", "dropped"],
  ])("%s bends %o", (model, input, expected, param, action) => {
    const made = plan(`openai/${model}`, input);
    expect(bodyOf(`openai/${model}`, input)).toEqual(expected);
    expect(made.changes).toMatchObject([{ param, action }]);
    expect(() => plan(`openai/${model}`, input, { onUnsupported: "error" })).toThrow(
      UnsupportedParamsError,
    );
  });

  test("what a reasoning model refuses is bent as on Chat Completions", () => {
    const input: Input = { temperature: 0.2, logprobs: true, reasoning_effort: "none" };
    expect(bodyOf("openai/o3", input)).toEqual({
      reasoning: { effort: "low" },
      include: ["reasoning.encrypted_content"],
    });
    expect(plan("openai/o3", input).changes.map(({ param }) => param)).toEqual([
      "reasoning_effort",
      "temperature",
      "logprobs",
    ]);
  });

  test("Anthropic's thinking is an effort", () => {
    const thinking = { type: "enabled", budget_tokens: 1024 };
    expect(bodyOf("openai/gpt-5", { thinking })).toMatchObject({ reasoning: { effort: "low" } });
  });

  test.each<[Input, RegExp]>([
    [{ n: 2 }, /openai\/.*one answer \(n\)/],
    [{ stop: "END" }, /no stop sequences/],
    [{ stop: ["END"] }, /no stop sequences/],
    [{ modalities: ["text", "audio"] }, /no audio/],
    [{ audio: { format: "wav", voice: "alloy" } }, /no audio/],
    [
      {
        messages: [
          {
            role: "user",
            content: [{ type: "input_audio", input_audio: { data: "AA==", format: "wav" } }],
          },
        ],
      },
      /messages\[0\]\.content\[0\] is an input_audio/,
    ],
  ])("refuses %o", (input, message) => {
    expect(() => plan("openai/gpt-4.1", input)).toThrow(UnsupportedParamsError);
    expect(() => plan("openai/gpt-4.1", input)).toThrow(message);
    expect(() => plan("openai/gpt-4.1", input, { onUnsupported: "drop" })).toThrow(message);
  });
});

describe("storage", () => {
  test.each<[Input, boolean | undefined]>([
    [{}, false],
    [{ store: true }, true],
    [{ store: false }, false],
    [{ extra_body: { store: true } }, true],
    [{ previous_response_id: "resp_1" }, undefined],
    [{ conversation: "conv_1" }, undefined],
    [{ background: true }, undefined],
    [{ extra_body: { previous_response_id: "resp_1" } }, undefined],
  ])("%o: store %s", (input, store) => {
    expect(plan("openai/gpt-4.1", input).body.store).toBe(store);
  });

  test.each<[string, boolean]>([
    ["openai/gpt-5-mini", true],
    ["openai/o3", true],
    ["openai/gpt-4.1", false],
    ["openai/gpt-5-chat-latest", false],
    ["openrouter/openai/gpt-5.6-sol", true],
    ["openrouter/z-ai/glm-4.7", false],
    ["openrouter/openai/gpt-oss-20b", false],
    ["bedrock_mantle/openai.gpt-5.6-luna", true],
  ])("%s carries its reasoning in the history: %s", (model, isCarried) => {
    const { include } = plan(model).body;
    expect(include).toEqual(isCarried ? ["reasoning.encrypted_content"] : undefined);
  });

  test("an Azure deployment is known by its base model", () => {
    const settings = { baseModel: "gpt-5" };
    expect(plan("azure/prod", {}, { settings }).body).toMatchObject({
      model: "prod",
      include: ["reasoning.encrypted_content"],
    });
  });

  test("results of calls that the service holds are kept", () => {
    const result = { role: "tool" as const, tool_call_id: "c1", content: "1" };
    const input = { messages: [result], previous_response_id: "resp_1" };
    const made = plan("openai/gpt-4.1", input);
    expect(made.body.input).toEqual([{ type: "function_call_output", call_id: "c1", output: "1" }]);
    expect(made.changes).toEqual([]);
    expect(inputOf([result, ...messages])).toEqual([{ role: "user", content: "Hi" }]);
  });
});

describe("messages", () => {
  test("each kind", () => {
    const given: CompletionRequest["messages"] = [
      { role: "system", content: "Be brief." },
      { role: "developer", content: [{ type: "text", text: "Be kind." }] },
      {
        role: "user",
        content: [
          { type: "text", text: "Look" },
          { type: "image_url", image_url: { url: "https://x.test/a.png" } },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "high" } },
          {
            type: "file",
            file: { file_data: "data:application/pdf;base64,AA==", filename: "a.pdf" },
          },
          { type: "file", file: { file_id: "file-1" } },
          { type: "file", file: { file_data: "https://x.test/a.pdf" } },
        ],
      },
      {
        role: "assistant",
        content: "I look.",
        tool_calls: [
          { id: "c1", type: "function", function: { name: "get", arguments: '{"a":1}' } },
          { id: "c2", type: "custom", custom: { name: "run", input: "ls" } },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: "1" },
      {
        role: "tool",
        tool_call_id: "c2",
        content: [
          { type: "text", text: "see" },
          { type: "image_url", image_url: { url: "https://x.test/b.png" } },
        ],
      },
      { role: "assistant", content: null, refusal: "No." },
      {
        role: "assistant",
        content: [
          { type: "text", text: "A" },
          { type: "refusal", refusal: "B" },
        ],
      },
    ];
    expect(inputOf(given)).toEqual([
      { role: "system", content: "Be brief." },
      { role: "developer", content: [{ type: "input_text", text: "Be kind." }] },
      {
        role: "user",
        content: [
          { type: "input_text", text: "Look" },
          { type: "input_image", image_url: "https://x.test/a.png", detail: "auto" },
          { type: "input_image", image_url: "data:image/png;base64,AA==", detail: "high" },
          {
            type: "input_file",
            file_data: "data:application/pdf;base64,AA==",
            filename: "a.pdf",
          },
          { type: "input_file", file_id: "file-1" },
          { type: "input_file", file_url: "https://x.test/a.pdf" },
        ],
      },
      { role: "assistant", content: "I look." },
      { type: "function_call", call_id: "c1", name: "get", arguments: '{"a":1}' },
      { type: "custom_tool_call", call_id: "c2", name: "run", input: "ls" },
      { type: "function_call_output", call_id: "c1", output: "1" },
      {
        type: "custom_tool_call_output",
        call_id: "c2",
        output: [
          { type: "input_text", text: "see" },
          { type: "input_image", image_url: "https://x.test/b.png", detail: "auto" },
        ],
      },
      { role: "assistant", content: "No." },
      { role: "assistant", content: "AB" },
    ]);
  });

  test.each<[string, string]>([
    ["openai/gpt-4.1", "developer"],
    ["azure/prod", "developer"],
    ["deepseek/deepseek-v4-flash", "system"],
  ])("%s hears a developer as %s", (model, role) => {
    expect(inputOf([{ role: "developer", content: "x" }], model)).toEqual([{ role, content: "x" }]);
  });

  test("functions of the old kind", () => {
    const made = plan("openai/gpt-4.1", {
      functions: [{ name: "get", parameters: { type: "object", properties: {} } }],
      function_call: { name: "get" },
      messages: [
        { role: "assistant", content: null, function_call: { name: "get", arguments: "" } },
        { role: "function", name: "get", content: "1" },
      ],
    });
    expect(made.body).toMatchObject({
      tool_choice: { type: "function", name: "get" },
      tools: [{ type: "function", name: "get", strict: false }],
      input: [
        { type: "function_call", name: "get", arguments: "{}" },
        { type: "function_call_output", output: "1" },
      ],
    });
  });

  test("calls without a result, results without a call, ids that are too long", () => {
    const id = "x".repeat(65);
    const call = (id: string) => ({
      id,
      type: "function" as const,
      function: { name: "get", arguments: "{not json" },
    });
    const made = plan("openai/gpt-4.1", {
      messages: [
        { role: "assistant", content: "", tool_calls: [call(id), call("c2")] },
        { role: "tool", tool_call_id: id, content: "1" },
        { role: "tool", tool_call_id: "nobody", content: "2" },
      ],
    });
    const input = made.body.input as { type: string; call_id: string; arguments?: string }[];
    expect(input.map(({ type }) => type)).toEqual([
      "function_call",
      "function_call",
      "function_call_output",
      "function_call_output",
    ]);
    expect(input[0]!.arguments).toBe("{not json");
    expect(input[0]!.call_id).toBe(input[2]!.call_id);
    expect(input[0]!.call_id.length).toBeLessThan(65);
    expect(input[3]!.call_id).toBe("c2");
  });

  test("hints without a place, and a message that says nothing", () => {
    const made = plan("openai/gpt-4.1", {
      messages: [
        {
          role: "user",
          name: "ann",
          content: [{ type: "text", text: "Hi", cache_control: { type: "ephemeral" } }],
        },
        { role: "assistant", content: null },
      ],
    });
    expect(made.body.input).toEqual([
      { role: "user", content: [{ type: "input_text", text: "Hi" }] },
    ]);
    expect(made.changes).toMatchObject([
      { param: "messages[0].name", action: "dropped", from: "ann" },
      { param: "messages[0].content[0].cache_control", action: "dropped" },
      { param: "messages[1]", action: "dropped" },
    ]);
  });
});

describe("tools and formats", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };

  test("function, custom and built-in tools", () => {
    const grammar = { syntax: "lark", definition: "start: X" };
    const tools = [
      { type: "function", function: { name: "get", description: "d", parameters: schema } },
      { type: "custom", custom: { name: "run", format: { type: "grammar", grammar } } },
      { type: "custom", custom: { name: "say", format: { type: "text" } } },
      { type: "web_search", search_context_size: "low" },
      { type: "mcp", server_label: "s", server_url: "https://x.test" },
    ] as unknown as CompletionRequest["tools"];
    expect(bodyOf("openai/gpt-4.1", { tools, parallel_tool_calls: false })).toEqual({
      tools: [
        { type: "function", name: "get", description: "d", parameters: schema, strict: false },
        { type: "custom", name: "run", format: { type: "grammar", ...grammar } },
        { type: "custom", name: "say", format: { type: "text" } },
        { type: "web_search", search_context_size: "low" },
        { type: "mcp", server_label: "s", server_url: "https://x.test" },
      ],
      parallel_tool_calls: false,
    });
    expect(bodyOf("openai/gpt-4.1", { tools: [], tool_choice: "auto" })).toEqual({});
    expect(() => plan("openai/gpt-4.1", { tool_choice: "required" })).toThrow(/there are no tools/);
    const prompt = { id: "pmpt_1" };
    expect(bodyOf("openai/gpt-4.1", { prompt, tool_choice: "required" })).toEqual({
      prompt,
      tool_choice: "required",
    });
  });

  test.each<[object, object]>([
    [{}, { type: "web_search" }],
    [
      {
        search_context_size: "low",
        user_location: { type: "approximate", approximate: { city: "Bern", country: "CH" } },
      },
      {
        type: "web_search",
        search_context_size: "low",
        user_location: { type: "approximate", city: "Bern", country: "CH" },
      },
    ],
  ])("web_search_options %j is the tool %j", (web_search_options, tool) => {
    const { body, changes } = plan("openai/gpt-4.1", {
      web_search_options,
      tool_choice: "required",
    });
    expect(body.tools).toEqual([tool]);
    expect(body.tool_choice).toBe("required");
    expect(body).not.toHaveProperty("web_search_options");
    expect(changes).toMatchObject([
      { param: "web_search_options", action: "converted", from: web_search_options, to: tool },
    ]);
  });

  test("a web search among the tools is not sent twice", () => {
    const tools = [{ type: "web_search", filters: {} }] as unknown as CompletionRequest["tools"];
    const { body, changes } = plan("openai/gpt-4.1", { tools, web_search_options: {} });
    expect(body.tools).toEqual(tools);
    expect(changes).toMatchObject([{ param: "web_search_options", action: "converted" }]);
  });

  test("a strict tool is compiled", () => {
    const tools = [
      { type: "function" as const, function: { name: "get", parameters: schema, strict: true } },
    ];
    expect(bodyOf("openai/gpt-4.1", { tools }).tools).toMatchObject([
      {
        name: "get",
        strict: true,
        parameters: {
          type: "object",
          properties: { a: {} },
          required: ["a"],
          additionalProperties: false,
        },
      },
    ]);
  });

  test.each<[unknown, unknown]>([
    ["required", "required"],
    ["none", "none"],
    [
      { type: "function", function: { name: "get" } },
      { type: "function", name: "get" },
    ],
    [
      { type: "custom", custom: { name: "get" } },
      { type: "custom", name: "get" },
    ],
    [{ type: "web_search" }, { type: "web_search" }],
    [
      {
        type: "allowed_tools",
        allowed_tools: {
          mode: "auto",
          tools: [{ type: "function", function: { name: "get" } }, { type: "web_search" }],
        },
      },
      {
        type: "allowed_tools",
        mode: "auto",
        tools: [{ type: "function", name: "get" }, { type: "web_search" }],
      },
    ],
  ])("tool_choice %o", (tool_choice, expected) => {
    const tools = [{ type: "function" as const, function: { name: "get" } }];
    const input = { tools, tool_choice } as Input;
    expect(bodyOf("openai/gpt-4.1", input).tool_choice).toEqual(expected);
  });

  test.each<[CompletionRequest["response_format"], object]>([
    [{ type: "text" }, { type: "text" }],
    [
      { type: "json_schema", json_schema: { name: "A", description: "d", schema } },
      { type: "json_schema", name: "A", description: "d", schema },
    ],
    [
      {
        type: "json_schema",
        json_schema: {
          name: "A",
          strict: true,
          schema: { ...schema, required: ["a"], additionalProperties: false },
        },
      },
      {
        type: "json_schema",
        name: "A",
        strict: true,
        schema: { ...schema, required: ["a"], additionalProperties: false },
      },
    ],
  ])("response_format %o", (response_format, format) => {
    const input: Input = { response_format, verbosity: "medium" };
    expect(bodyOf("openai/gpt-4.1", input)).toEqual({ text: { format, verbosity: "medium" } });
  });
});

test.each<[string, string | undefined]>([
  ["Hi", "Answer with one JSON object."],
  ["Hi in json", undefined],
])("JSON mode wants its word in the messages: %s", (content, said) => {
  const input = {
    messages: [{ role: "user" as const, content }],
    response_format: { type: "json_object" as const },
  };
  const { body, changes } = plan("openai/gpt-4.1", input);
  const system = said ? [{ role: "system", content: said }] : [];
  expect(body.input).toEqual([...system, { role: "user", content }]);
  expect(body.text).toEqual({ format: { type: "json_object" } });
  expect(changes.map(({ to }) => to)).toEqual(said ? [said] : []);
});

test("an unknown key at every level is sent", () => {
  const x = { nobody: ["knows"] };
  const made = plan("openai/gpt-4.1", {
    x_top: x,
    messages: [
      { role: "system", content: [{ type: "text", text: "a", x_part: x }], x_message: x },
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "https://x.test", x_inner: x }, x_part: x },
          { type: "file", file: { file_id: "f", x_inner: x }, x_part: x },
          { type: "video_url", x_part: x },
        ],
        x_message: x,
      },
      {
        role: "assistant",
        content: [{ type: "text", text: "a", x_part: x }],
        tool_calls: [
          {
            id: "c1",
            type: "function",
            function: { name: "get", arguments: "{}", x_fn: x },
            x_call: x,
          },
          { id: "c2", type: "custom", custom: { name: "run", input: "", x_fn: x }, x_call: x },
        ],
        x_message: x,
      },
      { role: "tool", tool_call_id: "c1", content: "1", x_message: x },
      { role: "tool", tool_call_id: "c2", content: "1" },
    ],
    tools: [
      { type: "function", function: { name: "get", x_fn: x }, x_tool: x },
      { type: "custom", custom: { name: "run", x_fn: x }, x_tool: x },
    ],
    tool_choice: { type: "function", function: { name: "get" }, x_choice: x },
    response_format: { type: "json_schema", json_schema: { name: "A", x_inner: x }, x_format: x },
    stream: true,
    stream_options: { x_option: x },
    extra_body: { text: { x_text: x }, reasoning: { x_reasoning: x } },
  } as unknown as Input);
  expect(made.body).toMatchObject({
    x_top: x,
    input: [
      { role: "system", content: [{ x_part: x }], x_message: x },
      {
        role: "user",
        content: [
          { x_inner: x, x_part: x },
          { x_inner: x, x_part: x },
          { type: "video_url", x_part: x },
        ],
        x_message: x,
      },
      {
        role: "assistant",
        content: [{ type: "output_text", text: "a", annotations: [], x_part: x }],
        x_message: x,
      },
      { type: "function_call", x_fn: x, x_call: x },
      { type: "custom_tool_call", x_fn: x, x_call: x },
      { type: "function_call_output", x_message: x },
      { type: "custom_tool_call_output" },
    ],
    tools: [
      { name: "get", x_fn: x, x_tool: x },
      { name: "run", x_fn: x, x_tool: x },
    ],
    tool_choice: { name: "get", x_choice: x },
    text: { format: { name: "A", x_inner: x, x_format: x }, x_text: x },
    stream_options: { x_option: x },
    reasoning: { x_reasoning: x },
  });
});

test("extra_body is merged last and wins", () => {
  const extra_body = { temperature: 0.9, reasoning: { effort: "high" }, input: "raw" };
  const made = plan("openai/gpt-5", { reasoning_effort: "low", extra_body });
  expect(made.body).toMatchObject({
    temperature: 0.9,
    reasoning: { effort: "high" },
    input: "raw",
  });
});

describe("another model's reasoning", () => {
  const state = {
    provider: "openai",
    model: "gpt-5.6-sol",
    endpoint: "responses",
    items: [
      { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "E" },
      {
        type: "message",
        id: "msg_1",
        role: "assistant",
        content: [{ type: "output_text", text: "Hello", annotations: [] }],
      },
    ],
  };
  const history: CompletionRequest["messages"] = [
    { role: "assistant", content: "Hello", provider_state: [state] },
    { role: "user", content: "b" },
  ];
  const last = { role: "user", content: "b" };

  test.each(["gpt-5.6-sol", "gpt-5.6-luna"])("%s reads it", (model) => {
    expect(inputOf(history, `openai/${model}`)).toEqual([...state.items, last]);
  });

  test("a model that does not reason is not sent it", () => {
    const { body, changes } = plan("openai/gpt-4.1", { messages: history });
    expect(body.input).toEqual([{ role: "assistant", content: "Hello" }, last]);
    expect(changes).toMatchObject([
      {
        param: "messages[0]",
        action: "repaired",
        reason: expect.stringMatching(/gpt-4.1 cannot read .*gpt-5.6-sol/),
      },
    ]);
  });

  test("the assistant's own speech is lost with a warning", () => {
    const messages: CompletionRequest["messages"] = [
      { role: "assistant", content: "Hi", audio: { id: "audio_1" } },
    ];
    expect(plan("openai/gpt-4.1", { messages }).changes).toMatchObject([
      { param: "messages[0].audio", action: "dropped" },
    ]);
  });
});

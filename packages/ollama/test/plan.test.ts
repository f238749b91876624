/** Requests in OpenAI's words and the exact bodies they become. */
import { type CompletionRequest, UnsupportedParamsError } from "@polycall/core";
import { describe, expect, test } from "vitest";
import { ollama } from "../src/index.ts";
import { changed, context, hi, planOf } from "./setup.ts";

const base = { model: "llama3.2", messages: hi, stream: false };
const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
const tool = { type: "function", function: { name: "f", description: "F", parameters: schema } };
const jsonSchema = { type: "json_schema", json_schema: { name: "r", schema } };
const png = "iVBORw0KGgo=";

describe("plan", () => {
  test("addresses /api/chat and says how the reply is framed", () => {
    expect(planOf({ stream: true })).toEqual({
      provider: "ollama",
      model: "llama3.2",
      endpoint: "api/chat",
      method: "POST",
      path: "/api/chat",
      headers: {},
      body: { ...base, stream: true },
      stream: true,
      framing: "ndjson",
      changes: [],
    });
  });

  test.each<[string, object, object, string[]]>([
    ["nothing but messages", {}, base, []],
    [
      "sampling",
      { temperature: 0, top_p: 0.5, top_k: 3, seed: 7, frequency_penalty: 1, presence_penalty: -1 },
      {
        ...base,
        options: {
          temperature: 0,
          top_p: 0.5,
          top_k: 3,
          seed: 7,
          frequency_penalty: 1,
          presence_penalty: -1,
        },
      },
      [],
    ],
    ["one stop", { stop: "END" }, { ...base, options: { stop: ["END"] } }, []],
    ["stops", { stop: ["a", "b"] }, { ...base, options: { stop: ["a", "b"] } }, []],
    ["a limit", { max_tokens: 5 }, { ...base, options: { num_predict: 5 } }, []],
    [
      "the newer limit wins",
      { max_tokens: 5, max_completion_tokens: 6 },
      { ...base, options: { num_predict: 6 } },
      [],
    ],
    [
      "nulls are absent",
      { temperature: null, stop: null, max_tokens: null, logprobs: null, n: null, seed: null },
      base,
      [],
    ],
    [
      "logprobs",
      { logprobs: true, top_logprobs: 2 },
      { ...base, logprobs: true, top_logprobs: 2 },
      [],
    ],
    ["text", { response_format: { type: "text" } }, base, []],
    ["JSON", { response_format: { type: "json_object" } }, { ...base, format: "json" }, []],
    ["a schema", { response_format: jsonSchema }, { ...base, format: schema }, []],
    [
      "a schema without one",
      { response_format: { type: "json_schema", json_schema: { name: "r" } } },
      { ...base, format: "json" },
      [],
    ],
    ["tools", { tools: [tool], tool_choice: "auto" }, { ...base, tools: [tool] }, []],
    [
      "a tool without parameters",
      { tools: [{ type: "function", function: { name: "f" } }] },
      {
        ...base,
        tools: [
          {
            type: "function",
            function: { name: "f", parameters: { type: "object", properties: {} } },
          },
        ],
      },
      [],
    ],
    ["moderation", { moderation: {} }, base, ["moderation dropped"]],
    ["no tools by choice", { tools: [tool], tool_choice: "none" }, base, ["tool_choice emulated"]],
    [
      "allowed tools",
      {
        tools: [tool, { type: "function", function: { name: "g", parameters: schema } }],
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
        },
      },
      { ...base, tools: [tool] },
      ["tool_choice emulated"],
    ],
    [
      "functions of the old kind",
      { functions: [{ name: "f", description: "F", parameters: schema }], function_call: "auto" },
      { ...base, tools: [tool] },
      ["functions converted", "function_call converted"],
    ],
    [
      "tools with a schema: the schema is an instruction",
      { tools: [tool], response_format: jsonSchema },
      {
        ...base,
        messages: [
          {
            role: "system",
            content:
              'Unless you call a tool, answer with nothing but JSON that fits this schema: {"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}',
          },
          ...hi,
        ],
        tools: [tool],
      },
      ["response_format emulated"],
    ],
    [
      "tools with JSON, after a system message",
      {
        tools: [tool],
        response_format: { type: "json_object" },
        messages: [{ role: "system", content: "Be kind." }, ...hi],
      },
      {
        ...base,
        messages: [
          {
            role: "system",
            content: "Be kind.\n\nUnless you call a tool, answer with nothing but one JSON object.",
          },
          ...hi,
        ],
        tools: [tool],
      },
      ["response_format emulated"],
    ],
    [
      "hints that Ollama has not",
      {
        parallel_tool_calls: false,
        logit_bias: { 1: 2 },
        user: "u",
        metadata: { a: "b" },
        service_tier: "flex",
        store: true,
        verbosity: "low",
        prediction: { type: "content", content: "x" },
        prompt_cache_key: "k",
        safety_identifier: "s",
      },
      base,
      [
        "parallel_tool_calls dropped",
        "logit_bias dropped",
        "metadata dropped",
        "prediction dropped",
        "prompt_cache_key dropped",
        "safety_identifier dropped",
        "service_tier dropped",
        "store dropped",
        "user dropped",
        "verbosity dropped",
      ],
    ],
    [
      "what asks for nothing special",
      { parallel_tool_calls: true, store: false, n: 1, modalities: ["text"], stream_options: {} },
      base,
      [],
    ],
    [
      "Ollama's own keys as they are, its options beside ours",
      { keep_alive: "10m", think: true, temperature: 1, options: { num_ctx: 512, mirostat: 1 } },
      {
        ...base,
        keep_alive: "10m",
        think: true,
        options: { temperature: 1, num_ctx: 512, mirostat: 1 },
      },
      [],
    ],
    [
      "extra_body wins",
      { temperature: 1, extra_body: { options: { temperature: 2 }, stream: true } },
      { ...base, options: { temperature: 2 }, stream: true },
      [],
    ],
  ])("%s", (_, request, body, changes) => {
    const plan = planOf(request);
    expect(plan.body).toEqual(body);
    expect(changed(plan)).toEqual(changes);
  });

  test.each<[string, object, string, RegExp]>([
    ["several choices", { n: 2 }, "n", /one choice/],
    ["audio out", { modalities: ["text", "audio"], audio: { voice: "x" } }, "audio", /text only/],
    ["an audio modality", { modalities: ["audio"] }, "modalities", /text only/],
    ["web search", { web_search_options: {} }, "web_search_options", /search the web/],
    ["a required call", { tools: [tool], tool_choice: "required" }, "tool_choice", /force/],
    [
      "a forced tool",
      { tools: [tool], tool_choice: { type: "function", function: { name: "f" } } },
      "tool_choice",
      /force/,
    ],
    [
      "a subset that holds none of the tools",
      {
        tools: [tool],
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: { mode: "auto", tools: [{ type: "function", name: "put" }] },
        },
      },
      "tool_choice",
      /allows put, which tools does not have/,
    ],
    ["a forced call without tools", { tool_choice: "required" }, "tool_choice", /no tools/],
    [
      "another service's own tool",
      { tools: [{ type: "web_search" }] },
      "tools[0]",
      /tools\[0\] is web_search/,
    ],
    [
      "a custom tool",
      { tools: [{ type: "custom", custom: { name: "f" } }] },
      "tools[0]",
      /function tools only/,
    ],
    [
      "an image by URL",
      {
        messages: [
          {
            role: "user",
            content: [{ type: "image_url", image_url: { url: "https://x.test/a" } }],
          },
        ],
      },
      "messages[0].content[0]",
      /does not fetch images .*imagePart/,
    ],
    [
      "audio in",
      { messages: [{ role: "user", content: [{ type: "input_audio", input_audio: {} }] }] },
      "messages[0].content[0]",
      /text and images only/,
    ],
    [
      "a file",
      { messages: [...hi, { role: "user", content: [{ type: "file", file: {} }] }] },
      "messages[1].content[0]",
      /text and images only.*file/,
    ],
  ])("refuses %s", (_, request, param, message) => {
    const refused = () => planOf(request);
    expect(refused).toThrow(UnsupportedParamsError);
    expect(refused).toThrow(message);
    expect(refused).toThrow(expect.objectContaining({ param, provider: "ollama" }));
  });

  test("refuses hints too, when told to", () => {
    const request = { model: "ollama/llama3.2", messages: hi, user: "u" };
    expect(() => ollama.plan(request, context("llama3.2", "error"))).toThrow(/no user/);
  });

  test("never changes the request, and plans the same twice", () => {
    const request = {
      tools: [tool],
      response_format: jsonSchema,
      messages: [{ role: "system", content: "s" }, ...hi],
      extra_body: { options: { a: 1 } },
    };
    const before = structuredClone(request);
    const first = planOf(request);
    expect(request).toEqual(before);
    expect(planOf(request)).toEqual(first);
  });
});

describe("messages", () => {
  const call = { id: "c1", type: "function", function: { name: "f", arguments: '{"a":"b"}' } };

  test.each<[string, object[], object[], string[]]>([
    [
      "system, developer and parts of text",
      [
        { role: "system", content: "s" },
        { role: "developer", content: [{ type: "text", text: "d" }] },
        {
          role: "user",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        },
      ],
      [
        { role: "system", content: "s" },
        { role: "system", content: "d" },
        { role: "user", content: "a\nb" },
      ],
      [],
    ],
    [
      "an image",
      [
        {
          role: "user",
          content: [
            { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } },
            { type: "text", text: "What is it?" },
          ],
        },
      ],
      [{ role: "user", content: "What is it?", images: [png] }],
      [],
    ],
    [
      "a call, its thinking and its result",
      [
        { role: "user", content: "Hi" },
        { role: "assistant", content: null, reasoning_content: "Hm.", tool_calls: [call] },
        { role: "tool", tool_call_id: "c1", content: "42" },
      ],
      [
        { role: "user", content: "Hi" },
        {
          role: "assistant",
          content: "",
          thinking: "Hm.",
          tool_calls: [
            { id: "c1", type: "function", function: { name: "f", arguments: { a: "b" } } },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: "42", tool_name: "f" },
      ],
      [],
    ],
    [
      "broken arguments",
      [
        {
          role: "assistant",
          tool_calls: [{ ...call, function: { name: "f", arguments: '{"a' } }],
        },
        { role: "tool", tool_call_id: "c1", content: "42" },
      ],
      [
        {
          role: "assistant",
          content: "",
          tool_calls: [
            { id: "c1", type: "function", function: { name: "f", arguments: { _raw: '{"a' } } },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: "42", tool_name: "f" },
      ],
      ["messages[0].tool_calls[0].function.arguments repaired"],
    ],
    [
      "an image in a result goes to a user message",
      [
        { role: "assistant", tool_calls: [call] },
        {
          role: "tool",
          tool_call_id: "c1",
          content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${png}` } }],
        },
      ],
      [
        {
          role: "assistant",
          content: "",
          tool_calls: [
            { id: "c1", type: "function", function: { name: "f", arguments: { a: "b" } } },
          ],
        },
        {
          role: "tool",
          tool_call_id: "c1",
          content: "(Attached to this result: 1 item, in the next user message.)",
          tool_name: "f",
        },
        { role: "user", content: "Attached to the result of c1:", images: [png] },
      ],
      ["messages[1].content converted"],
    ],
    [
      "another provider's reply: its state and its reasoning stay out",
      [
        {
          role: "assistant",
          content: "Yes.",
          refusal: null,
          annotations: [],
          reasoning_content: "secret",
          thinking_blocks: [{ type: "thinking", thinking: "secret", signature: "x" }],
          provider_state: [{ provider: "anthropic", model: "m", endpoint: "messages", items: [] }],
        },
      ],
      [{ role: "assistant", content: "Yes." }],
      [],
    ],
    [
      "a refusal is its text",
      [
        { role: "assistant", content: null, refusal: "No." },
        { role: "assistant", content: "Well. ", refusal: "No." },
      ],
      [
        { role: "assistant", content: "No." },
        { role: "assistant", content: "Well. No." },
      ],
      [],
    ],
    [
      "what Ollama's messages have not",
      [
        { role: "user", name: "ann", content: "Hi" },
        {
          role: "assistant",
          content: "x",
          audio: { id: "a" },
          images: [{ type: "image_url", image_url: { url: "data:," } }],
        },
        {
          role: "user",
          content: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }],
        },
      ],
      [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "x" },
        { role: "user", content: "a" },
      ],
      [
        "messages[0].name dropped",
        "messages[1].audio dropped",
        "messages[1].images dropped",
        "messages[2].content[0].cache_control dropped",
      ],
    ],
    [
      "an id used twice in one turn",
      [
        {
          role: "assistant",
          tool_calls: [call, { ...call, function: { name: "g", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c1", content: "1" },
        { role: "tool", tool_call_id: "c1", content: "2" },
      ],
      [
        {
          role: "assistant",
          content: "",
          tool_calls: [
            { id: "c1", type: "function", function: { name: "f", arguments: { a: "b" } } },
            { id: "c1_2", type: "function", function: { name: "g", arguments: {} } },
          ],
        },
        { role: "tool", tool_call_id: "c1", content: "1", tool_name: "f" },
        { role: "tool", tool_call_id: "c1_2", content: "2", tool_name: "g" },
      ],
      ["messages[0].tool_calls[1].id repaired"],
    ],
    [
      "orphans",
      [
        { role: "tool", tool_call_id: "z", content: "?" },
        { role: "assistant", tool_calls: [call] },
      ],
      [
        {
          role: "assistant",
          content: "",
          tool_calls: [
            { id: "c1", type: "function", function: { name: "f", arguments: { a: "b" } } },
          ],
        },
        {
          role: "tool",
          tool_call_id: "c1",
          content: "No result was recorded for this call.",
          tool_name: "f",
        },
      ],
      ["messages[0] dropped", "messages[1].tool_calls[0] repaired"],
    ],
  ])("%s", (_, messages, wire, changes) => {
    const plan = planOf({ messages });
    expect(plan.body.messages).toEqual(wire);
    expect(changed(plan)).toEqual(changes);
  });

  test("unknown keys arrive at every level that Ollama's API has", () => {
    const x = { x_new: 1 };
    const plan = planOf({
      ...x,
      messages: [
        { role: "user", content: "Hi", ...x },
        {
          role: "assistant",
          content: null,
          ...x,
          tool_calls: [{ ...call, ...x, function: { ...call.function, ...x } }],
        },
        { role: "tool", tool_call_id: "c1", content: "42", ...x },
      ],
      tools: [
        {
          ...tool,
          ...x,
          function: { ...tool.function, ...x, parameters: { ...schema, ...x } },
        },
      ],
      options: x,
    });
    expect(plan.body).toMatchObject({
      ...x,
      options: x,
      messages: [x, { ...x, tool_calls: [{ ...x, function: x }] }, x],
      tools: [{ ...x, function: { ...x, parameters: x } }],
    });
    const format = { ...jsonSchema, json_schema: { name: "r", schema: { ...schema, ...x } } };
    expect(planOf({ response_format: format }).body.format).toMatchObject(x);
  });
});

describe("think", () => {
  test.each<[string, object, unknown, string[]]>([
    ["gpt-oss:20b", { reasoning_effort: "medium" }, "medium", []],
    ["gpt-oss", { reasoning_effort: "none" }, "low", ["reasoning_effort clamped"]],
    ["gpt-oss:120b", { reasoning_effort: "max" }, "high", ["reasoning_effort clamped"]],
    ["gpt-oss:120b-cloud", { reasoning_effort: "minimal" }, "low", ["reasoning_effort clamped"]],
    ["gpt-oss", { thinking: { type: "enabled" } }, undefined, []],
    [
      "gpt-oss",
      { thinking: { type: "enabled", budget_tokens: 9000 } },
      "high",
      ["thinking converted"],
    ],
    ["gpt-oss", { thinking: { type: "disabled" } }, "low", ["thinking converted"]],
    ["qwen3:8b", { reasoning_effort: "none" }, false, []],
    ["qwen3:8b", { reasoning_effort: "high" }, true, ["reasoning_effort converted"]],
    ["qwen3:8b", { thinking: { type: "disabled" } }, false, []],
    ["deepseek-r1", { thinking: { type: "enabled" } }, true, []],
    ["deepseek-r1", { thinking: { type: "adaptive" } }, undefined, []],
    [
      "deepseek-r1",
      { thinking: { type: "enabled", budget_tokens: 9000 } },
      true,
      ["thinking converted"],
    ],
    ["llama3.2", { thinking: { type: "enabled" } }, undefined, ["thinking dropped"]],
    [
      "qwen3",
      { reasoning_effort: "none", thinking: { type: "enabled" } },
      false,
      ["thinking dropped"],
    ],
    ["llama3.2", { reasoning_effort: "high" }, undefined, ["reasoning_effort dropped"]],
    ["llama3.2", { reasoning_effort: "none" }, false, []],
    ["llama3.2", {}, undefined, []],
    // Names that look like one of the table and are another's.
    ["qwen3-coder:30b", { reasoning_effort: "high" }, undefined, ["reasoning_effort dropped"]],
    [
      "qwen3:30b-a3b-instruct-2507-q4_K_M",
      { reasoning_effort: "low" },
      undefined,
      ["reasoning_effort dropped"],
    ],
    ["hf.co/x/qwen3:8b", { reasoning_effort: "low" }, undefined, ["reasoning_effort dropped"]],
    ["my-gpt-oss", { reasoning_effort: "low" }, undefined, ["reasoning_effort dropped"]],
    ["constructor", { reasoning_effort: "low" }, undefined, ["reasoning_effort dropped"]],
  ])("%s %j", (model, request, think, changes) => {
    const plan = planOf(request, model);
    expect(plan.body.think).toBe(think);
    expect(changed(plan)).toEqual(changes);
  });
});

describe("the context window", () => {
  const ask = (content: string, more: object = {}, model?: string) =>
    planOf({ messages: [{ role: "user", content }], ...more }, model);

  test.each<[string, string, object, number | undefined]>([
    ["a short prompt", "Hi", {}, undefined],
    // 8 + 6000 / 3 + 2048 = 4056
    ["just within 4096", "x".repeat(6000), {}, undefined],
    // 8 + 6300 / 3 + 2048 = 4156
    ["just beyond it", "x".repeat(6300), {}, 8192],
    // 8 + 30000 / 3 + 2048 = 12056
    ["a long one", "x".repeat(30_000), {}, 16_384],
    // 8 + 5000 + 2048: one token a letter
    ["one of other letters", "猫".repeat(5000), {}, 8192],
    ["a long reply", "Hi", { max_tokens: 8000 }, 8192],
    ["a limit in options", "Hi", { options: { num_predict: 8000 } }, 8192],
    ["no limit at all", "Hi", { max_tokens: -1 }, undefined],
    ["many tools", "Hi", { tools: [{ ...tool, note: "x".repeat(30_000) }] }, 16_384],
  ])("for %s", (_, content, more, num_ctx) => {
    const plan = ask(content, more);
    expect((plan.body.options as { num_ctx?: number } | undefined)?.num_ctx).toBe(num_ctx);
    expect(changed(plan)).toEqual(num_ctx ? ["options.num_ctx emulated"] : []);
  });

  test("counts an image as 1024", () => {
    const image = { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } };
    const content = [image, image, { type: "text", text: "Compare." }];
    const plan = planOf({ messages: [{ role: "user", content }] });
    expect(plan.body.options).toEqual({ num_ctx: 8192 });
  });

  test("is the caller's, when set, and the cloud's own", () => {
    const long = "x".repeat(30_000);
    expect(ask(long, { options: { num_ctx: 2048 } }).body.options).toEqual({ num_ctx: 2048 });
    const extra_body = { options: { num_ctx: 2048 } };
    expect(ask(long, { extra_body }).body.options).toEqual({ num_ctx: 2048 });
    for (const model of ["gpt-oss:120b-cloud", "kimi-k2:cloud"]) {
      expect(ask(long, {}, model).body.options).toBeUndefined();
    }
  });

  test("takes a prompt of 20 MB", () => {
    expect(ask("x".repeat(20_000_000)).body.options).toEqual({ num_ctx: 8_388_608 });
  });
});

test("a request goes to the model that the context names", () => {
  const request: CompletionRequest = { model: "ollama/other", messages: hi };
  expect(ollama.plan(request, context("hf.co/x/y:Q4")).body.model).toBe("hf.co/x/y:Q4");
});

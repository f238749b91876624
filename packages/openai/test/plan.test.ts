/** Requests as bodies: what OpenAI and the hosts are sent, what is bent, what is refused. */
import {
  type CompletionRequest,
  type Plan,
  type Provider,
  UnsupportedParamsError,
} from "@polycall/core";
import { describe, expect, test } from "vitest";
import { azure, hosts, openai } from "../src/index.ts";
import { contextOf, recordings, requestOf } from "./recorded.ts";

const messages: CompletionRequest["messages"] = [{ role: "user", content: "Hi" }];
const tool = {
  type: "function" as const,
  function: { name: "get", parameters: { type: "object", properties: {} } },
};
const providers: Record<string, Provider> = { openai, azure, ...hosts };

type Input = Partial<CompletionRequest> & { [key: string]: unknown };

/** `chat/` so that a model's tools do not move the request to Responses. */
function plan(
  model: string,
  input: Input = {},
  options: Parameters<typeof contextOf>[2] = {},
): Plan {
  const [prefix, ...rest] = model.split("/") as [string, ...string[]];
  const request = { messages, ...input, model } as unknown as CompletionRequest;
  const frozen = structuredClone(request);
  const made = providers[prefix]!.plan(request, contextOf(prefix, rest.join("/"), options));
  expect(request).toEqual(frozen);
  return made;
}

function bodyOf(model: string, input: Input = {}): { [key: string]: unknown } {
  const { messages: sent, ...body } = plan(model, input).body;
  if (!input.messages) expect(sent).toEqual(messages);
  return body;
}

describe("OpenAI", () => {
  test("an OpenAI request is sent as it was written", () => {
    const input: Input = {
      messages: [
        { role: "developer", content: "Be brief." },
        { role: "user", name: "ann", content: [{ type: "text", text: "Hi" }] },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            { id: "call_1", type: "function", function: { name: "get", arguments: "{}" } },
          ],
        },
        { role: "tool", tool_call_id: "call_1", content: "1" },
      ],
      tools: [tool],
      tool_choice: "required",
      parallel_tool_calls: false,
      temperature: 0.3,
      max_tokens: 5,
      logit_bias: { "1": 2 },
      seed: 7,
      stop: ["x"],
      n: 2,
      metadata: { a: "b" },
      store: true,
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "r",
          schema: { type: "object", properties: { a: { type: "string", minLength: 2 } } },
        },
      },
    };
    const made = plan("openai/gpt-4.1-mini", input);
    expect(made.body).toEqual({ model: "gpt-4.1-mini", ...input });
    expect(made).toMatchObject({ path: "/chat/completions", changes: [], headers: {} });
  });

  test("a stream always asks for usage", () => {
    const body = bodyOf("openai/gpt-4o", {
      stream: true,
      stream_options: { include_obfuscation: false },
    });
    expect(body).toEqual({
      model: "gpt-4o",
      stream: true,
      stream_options: { include_obfuscation: false, include_usage: true },
    });
  });

  test.each([
    ["gpt-4o", { max_tokens: 5 }, { max_tokens: 5 }],
    ["gpt-5-mini", { max_tokens: 5 }, { max_completion_tokens: 5 }],
    ["gpt-5-mini", { max_tokens: 5, max_completion_tokens: 6 }, { max_completion_tokens: 6 }],
    ["gpt-5-mini", { temperature: 0.2, top_p: 1 }, { top_p: 1 }],
    ["gpt-5-chat-latest", { temperature: 0.2 }, { temperature: 0.2 }],
    ["gpt-5.1", { temperature: 0.2 }, { temperature: 0.2 }],
    [
      "gpt-5.1-2025-11-13",
      { temperature: 0.2, reasoning_effort: "low" },
      { reasoning_effort: "low" },
    ],
    ["gpt-5.6-luna", { temperature: 0.2 }, {}],
    [
      "gpt-5.6-luna",
      { temperature: 0.2, reasoning_effort: "none" },
      { temperature: 0.2, reasoning_effort: "none" },
    ],
    ["gpt-5.6-luna", { reasoning_effort: "minimal" }, { reasoning_effort: "low" }],
    ["gpt-6.2-sol", { reasoning_effort: "none" }, { reasoning_effort: "low" }],
    ["gpt-6.2", { reasoning_effort: "max" }, { reasoning_effort: "xhigh" }],
    ["o3-mini", { stop: ["x"], logprobs: true }, { stop: ["x"] }],
    ["gpt-5-chat-latest", { stop: ["x"] }, { stop: ["x"] }],
    ["gpt-5.5", { stop: ["x"] }, { stop: ["x"] }],
    [
      "gpt-9",
      { max_tokens: 5, reasoning_effort: "max" },
      { max_completion_tokens: 5, reasoning_effort: "max" },
    ],
    ["ft:gpt-4o-mini:acme::x", { temperature: 0.2 }, { temperature: 0.2 }],
    [
      "gpt-5.1",
      { thinking: { type: "enabled", budget_tokens: 1500 } },
      { reasoning_effort: "medium" },
    ],
    ["gpt-5.1", { thinking: { type: "disabled" } }, { reasoning_effort: "none" }],
    ["gpt-4.1-mini", { reasoning_effort: "high" }, {}],
    ["gpt-5-chat-latest", { reasoning_effort: "none" }, {}],
    ["gpt-4.1-mini", { verbosity: "low" }, {}],
    ["gpt-4.1-mini", { verbosity: "medium" }, { verbosity: "medium" }],
    ["gpt-5-mini", { verbosity: "low" }, { verbosity: "low" }],
    ["gpt-4o", { top_k: 3 }, {}],
    ["gpt-4o", { tools: [], tool_choice: "auto", parallel_tool_calls: true }, {}],
    ["gpt-4o", { temperature: null, stop: null }, {}],
    [
      "gpt-4o",
      { functions: [{ name: "f" }], function_call: { name: "f" } },
      {
        tools: [{ type: "function", function: { name: "f" } }],
        tool_choice: { type: "function", function: { name: "f" } },
      },
    ],
    [
      "gpt-4o",
      {
        extra_body: { metadata: { b: "2" }, temperature: 1 },
        metadata: { a: "1" },
        temperature: 0,
      },
      { metadata: { a: "1", b: "2" }, temperature: 1 },
    ],
  ])("%s %j -> %j", (model, input, expected) => {
    expect(bodyOf(`openai/${model}`, input as Input)).toEqual({ model, ...expected });
  });

  test("what bends is said, and refused when hints are", () => {
    expect(plan("openai/gpt-5-mini", { temperature: 0.2 }).changes).toEqual([
      {
        param: "temperature",
        action: "dropped",
        from: 0.2,
        reason: "gpt-5-mini refuses temperature other than the default",
      },
    ]);
    expect(() =>
      plan("openai/gpt-5-mini", { temperature: 0.2 }, { onUnsupported: "error" }),
    ).toThrow(UnsupportedParamsError);
    expect(() =>
      plan("openai/gpt-5", { reasoning_effort: "max" }, { onUnsupported: "error" }),
    ).toThrow(
      'openai/gpt-5: reasoning_effort would be clamped: gpt-5 takes the efforts minimal, low, medium, high. Change it, or set onUnsupported to "warn".',
    );
    expect(() => plan("openai/o4-mini", { stop: "x" })).toThrow(/openai\/o4-mini: .*stop/);
  });

  test("a strict schema is compiled, one that strict mode cannot express is sent loose", () => {
    const schema = { type: "object", properties: { a: { type: "string" } } };
    const format = (strict: boolean, from: object) => ({
      response_format: { type: "json_schema", json_schema: { name: "r", strict, schema: from } },
    });
    expect(bodyOf("openai/gpt-4o", format(true, schema) as Input).response_format).toEqual({
      type: "json_schema",
      json_schema: {
        name: "r",
        strict: true,
        schema: {
          type: "object",
          properties: { a: { type: ["string", "null"] } },
          required: ["a"],
          additionalProperties: false,
        },
      },
    });
    const open = { type: "object", additionalProperties: { type: "string" } };
    const made = plan("openai/gpt-4o", format(true, open) as Input);
    expect(made.body.response_format).toMatchObject(format(false, open).response_format);
    expect(made.changes.map(({ param }) => param)).toEqual(["response_format.json_schema.strict"]);
  });

  test("polycall's own fields of a message are not sent, other people's are", () => {
    const { body } = plan("openai/gpt-4o", {
      messages: [
        { role: "user", content: "Hi" },
        {
          role: "assistant",
          content: "Yo",
          refusal: null,
          annotations: [],
          audio: { id: "au", data: "AA", transcript: "t", expires_at: 1 },
          reasoning_content: "hm",
          thinking_blocks: [{ type: "thinking", thinking: "hm", signature: "s" }],
          provider_state: [{ provider: "anthropic", model: "m", endpoint: "messages", items: [1] }],
          custom: 1,
        },
        {
          role: "user",
          content: [{ type: "text", text: "a", cache_control: { type: "ephemeral" } }],
        },
        { role: "assistant", content: null },
      ] as unknown as CompletionRequest["messages"],
    });
    expect(body.messages).toEqual([
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Yo", audio: { id: "au" }, custom: 1 },
      { role: "user", content: [{ type: "text", text: "a" }] },
      { role: "assistant", content: "" },
    ]);
  });

  test("an image in a system message, and media of the assistant's own", () => {
    const image = { type: "image_url" as const, image_url: { url: "data:image/png;base64,AA==" } };
    const messages = [
      { role: "system", content: [{ type: "text", text: "s" }, image] },
      { role: "user", content: "a" },
      { role: "assistant", content: "b", images: [image], audio: { id: "audio_1" } },
      { role: "user", content: "c" },
    ] as unknown as CompletionRequest["messages"];
    const spoken = plan("openai/gpt-4o", { messages });
    expect(spoken.body.messages).toEqual([
      { role: "system", content: [{ type: "text", text: "s" }] },
      { role: "user", content: [image] },
      { role: "user", content: "a" },
      { role: "assistant", content: "b", audio: { id: "audio_1" } },
      { role: "user", content: "c" },
    ]);
    expect(spoken.changes).toMatchObject([
      { param: "messages[0].content", action: "converted" },
      { param: "messages[2].images", action: "dropped" },
    ]);
    const written = plan("groq/x", { messages });
    expect(written.body.messages).toMatchObject([{}, {}, {}, { content: "b" }, {}]);
    expect((written.body.messages as object[])[3]).not.toHaveProperty("audio");
    expect(written.changes.map(({ param }) => param)).toEqual([
      "messages[0].content",
      "messages[2].audio",
      "messages[2].images",
    ]);
  });

  test("arguments that are blank or an object become JSON text, and broken text is left alone", () => {
    const call = (id: string, args: unknown) => ({
      id,
      type: "function" as const,
      function: { name: "get", arguments: args as string },
    });
    const args = ["", { a: 1 }, "{broken", '{"a":1}'];
    const { body } = plan("openai/gpt-4o", {
      messages: [{ role: "assistant", tool_calls: args.map((one, at) => call(`c${at}`, one)) }],
    });
    const [sent] = body.messages as { tool_calls: { function: { arguments: string } }[] }[];
    expect(sent!.tool_calls.map((one) => one.function.arguments)).toEqual([
      "{}",
      '{"a":1}',
      "{broken",
      '{"a":1}',
    ]);
  });

  test("a forced call without tools is refused", () => {
    expect(() => plan("openai/gpt-4o", { tool_choice: "required" })).toThrow(/there are no tools/);
  });

  test("a name that OpenAI refuses is renamed, and the plan remembers", () => {
    const { body, toolNames } = plan("openai/gpt-4o", {
      tools: [{ type: "function", function: { name: "fs.read" } }],
      tool_choice: { type: "function", function: { name: "fs.read" } },
    });
    expect(body).toMatchObject({
      tools: [{ function: { name: "fs_read" } }],
      tool_choice: { function: { name: "fs_read" } },
    });
    expect(toolNames).toEqual({ fs_read: "fs.read" });
  });

  test("organisation and project are headers of OpenAI's own requests only", () => {
    const settings = { organization: "org-1", project: "proj-1" };
    expect(plan("openai/gpt-4o", {}, { settings }).headers).toEqual({
      "openai-organization": "org-1",
      "openai-project": "proj-1",
    });
    expect(plan("groq/llama", {}, { settings }).headers).toEqual({});
  });

  test("the user's own header wins over the settings", () => {
    const settings = { organization: "org-1" };
    const headers = { "openai-organization": "org-2" };
    expect(plan("openai/gpt-4o", {}, { settings, headers }).headers).toEqual(headers);
  });
});

describe("Azure", () => {
  test.each([
    [{}, "/openai/v1/chat/completions"],
    [{ apiVersion: "v1" }, "/openai/v1/chat/completions"],
    [
      { apiVersion: "2024-12-01-preview" },
      "/openai/deployments/my%20dep/chat/completions?api-version=2024-12-01-preview",
    ],
    [{ apiVersion: "preview" }, "/openai/v1/chat/completions?api-version=preview"],
    [{ apiVersion: "latest" }, "/openai/v1/chat/completions?api-version=latest"],
  ])("%j -> %s", (settings, path) => {
    const made = plan("azure/my dep", {}, { settings: settings as Record<string, string> });
    expect([made.path, made.body.model]).toEqual([path, "my dep"]);
  });

  test.each([
    ["https://r.openai.azure.com", "https://r.openai.azure.com"],
    ["https://r.openai.azure.com/", "https://r.openai.azure.com"],
    ["r.openai.azure.com", "https://r.openai.azure.com"],
    ["https://r.openai.azure.com/openai/v1/", "https://r.openai.azure.com"],
    ["https://r.openai.azure.com/openai/deployments/gpt-4o", "https://r.openai.azure.com"],
    [
      "https://r.openai.azure.com/openai/responses?api-version=2025-04-01-preview",
      "https://r.openai.azure.com",
    ],
    ["https://r.openai.azure.com/openai/v1/chat/completions", "https://r.openai.azure.com"],
    ["https://r.openai.azure.com/?api-version=2025-04-01-preview", "https://r.openai.azure.com"],
    [
      "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21",
      "https://r.openai.azure.com",
    ],
    ["https://r.services.ai.azure.com/models", "https://r.services.ai.azure.com"],
    [
      "https://r.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
      "https://r.services.ai.azure.com",
    ],
    [
      "https://r.services.ai.azure.com/api/projects/p/openai/v1",
      "https://r.services.ai.azure.com/api/projects/p",
    ],
    ["https://gw.test/models", "https://gw.test/models"],
    ["https://openai-r.openai.azure.com", "https://openai-r.openai.azure.com"],
    ["https://gw.test/openai/azure", "https://gw.test/openai/azure"],
    ["https://gw.test/azure/openai", "https://gw.test/azure"],
    ["", ""],
  ])("the resource of %s is %s", (given, expected) => {
    expect(azure.info.normalizeBaseURL!(given)).toBe(expected);
  });

  test("the base model's facts hold for a deployment of any name", () => {
    const settings = { baseModel: "gpt-5-mini" };
    const made = plan("azure/prod", { max_tokens: 3, temperature: 0 }, { settings });
    expect(made.body).toEqual({ model: "prod", messages, max_completion_tokens: 3 });
  });
});

describe("hosts", () => {
  test.each([
    [
      "mistral/m",
      { seed: 1, tools: [tool], tool_choice: "required", max_completion_tokens: 9, stream: true },
      { random_seed: 1, tools: [tool], tool_choice: "any", max_tokens: 9, stream: true },
    ],
    ["mistral/m", { reasoning_effort: "low" }, { reasoning_effort: "high" }],
    ["mistral/m", { reasoning_effort: "none" }, { reasoning_effort: "none" }],
    ["groq/openai/gpt-oss-20b", { reasoning_effort: "xhigh", n: 1 }, { reasoning_effort: "high" }],
    ["groq/llama-3.3-70b-versatile", { reasoning_effort: "low" }, {}],
    ["groq/qwen/qwen3-32b", { reasoning_effort: "low" }, { reasoning_effort: "default" }],
    [
      "deepseek/deepseek-v4-flash",
      { reasoning_effort: "medium" },
      { thinking: { type: "enabled" }, reasoning_effort: "high" },
    ],
    [
      "deepseek/deepseek-v4-flash",
      { reasoning_effort: "none" },
      { thinking: { type: "disabled" } },
    ],
    ["zai/glm-4.7", { reasoning_effort: "high" }, { thinking: { type: "enabled" } }],
    [
      "zai/glm-4.7",
      { thinking: { type: "enabled", clear_thinking: false } },
      { thinking: { type: "enabled", clear_thinking: false } },
    ],
    ["zai/glm-4.7", { tools: [tool], tool_choice: "none" }, {}],
    [
      "openrouter/a/b",
      { reasoning_effort: "max", top_k: 4, stream: true },
      {
        reasoning: { effort: "xhigh" },
        top_k: 4,
        stream: true,
        stream_options: { include_usage: true },
      },
    ],
    [
      "openrouter/a/b",
      { thinking: { type: "enabled", budget_tokens: 2000 } },
      { reasoning: { max_tokens: 2000 } },
    ],
    ["openrouter/a/b", { thinking: { type: "adaptive" } }, { reasoning: { enabled: true } }],
    ["openrouter/a/b", { thinking: { type: "disabled" } }, { reasoning: { effort: "none" } }],
    ["deepseek/x", { thinking: { type: "adaptive" } }, { thinking: { type: "enabled" } }],
    [
      "deepseek/x",
      { thinking: { type: "enabled", budget_tokens: 9000 } },
      { thinking: { type: "enabled" }, reasoning_effort: "high" },
    ],
    [
      "zai/glm-4.7",
      { thinking: { type: "enabled", budget_tokens: 9000, clear_thinking: false } },
      { thinking: { type: "enabled", clear_thinking: false } },
    ],
    [
      "moonshot/kimi-k3",
      { thinking: { type: "disabled" } },
      { thinking: { type: "enabled" }, reasoning_effort: "low" },
    ],
    [
      "moonshot/kimi-k3",
      { thinking: { type: "disabled" }, reasoning_effort: "max" },
      { thinking: { type: "enabled" }, reasoning_effort: "max" },
    ],
    [
      "openrouter/a/b",
      { reasoning: { exclude: true }, reasoning_effort: "low" },
      { reasoning: { effort: "low", exclude: true } },
    ],
    ["mistral/x", { temperature: 2 }, { temperature: 1.5 }],
    ["mistral/x", { temperature: 1.5 }, { temperature: 1.5 }],
    ["moonshot/moonshot-v1-8k", { temperature: 1.2 }, { temperature: 1 }],
    ["zai/glm-4.7", { temperature: 1.2 }, { temperature: 1 }],
    ["cerebras/x", { temperature: 2 }, { temperature: 1.5 }],
    ["groq/x", { temperature: 2 }, { temperature: 2 }],
    ["cerebras/x", { max_tokens: 3, presence_penalty: 1 }, { max_completion_tokens: 3 }],
    ["vllm/x", { top_k: 2, seed: 1, verbosity: "low" }, { top_k: 2, seed: 1, verbosity: "low" }],
    [
      "lmstudio/x",
      { response_format: { type: "json_object" } },
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "object", schema: { type: "object" } },
        },
      },
    ],
    [
      "xai/x",
      {
        tools: [tool, { type: "function", function: { name: "b" } }],
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: {
            mode: "required",
            tools: [{ type: "function", function: { name: "b" } }],
          },
        },
      },
      { tools: [{ type: "function", function: { name: "b" } }], tool_choice: "required" },
    ],
    ["together/x", { max_tokens: 3, max_completion_tokens: 5 }, { max_tokens: 5 }],
    ["cerebras/x", { max_tokens: 3, max_completion_tokens: 5 }, { max_completion_tokens: 5 }],
    ["cerebras/zai-glm-4.7", { reasoning_effort: "xhigh" }, { reasoning_effort: "high" }],
    ["xai/grok-4", { reasoning_effort: "high" }, {}],
    ["xai/grok-4-1-fast-reasoning", { reasoning_effort: "high" }, {}],
    ["xai/grok-3-mini", { reasoning_effort: "medium" }, { reasoning_effort: "high" }],
    ["xai/grok-4.3", { reasoning_effort: "none" }, { reasoning_effort: "none" }],
    ["xai/grok-4.6", { reasoning_effort: "max" }, { reasoning_effort: "xhigh" }],
    ["xai/grok-7", { reasoning_effort: "max" }, { reasoning_effort: "max" }],
    ["google_openai/gemini-2.5-flash", { reasoning_effort: "none" }, { reasoning_effort: "none" }],
    ["google_openai/gemini-3.6-flash", { reasoning_effort: "max" }, { reasoning_effort: "high" }],
    [
      "google_openai/gemini-3.6-flash",
      { reasoning_effort: "none" },
      { reasoning_effort: "minimal" },
    ],
    ["together/x", { store: true, user: "u", metadata: { a: "b" } }, {}],
    [
      "custom_openai/x",
      { store: true, anything: { goes: 1 } },
      { store: true, anything: { goes: 1 } },
    ],
  ])("%s %j -> %j", (model, input, expected) => {
    const name = model.slice(model.indexOf("/") + 1);
    const { model: sent, ...body } = bodyOf(model, input as Input);
    expect(body).toEqual(expected);
    expect(sent).toBe(name);
  });

  test("what another API says in its own words is no loss: the note tells what it became", () => {
    const thinking = { type: "enabled", budget_tokens: 2000 };
    const { changes } = plan("openrouter/a/b", { thinking }, { onUnsupported: "error" });
    expect(changes).toMatchObject([
      { param: "thinking", action: "converted", from: thinking, to: { max_tokens: 2000 } },
    ]);
  });

  test.each([
    ["deepseek/x", { thinking: { type: "enabled", budget_tokens: 2000 } }, "converted"],
    ["moonshot/kimi-k3", { thinking: { type: "disabled" } }, "converted"],
    ["openrouter/a/b", { thinking: { type: "adaptive" }, reasoning_effort: "low" }, "dropped"],
    ["deepseek/x", { thinking: { type: "disabled" }, reasoning_effort: "low" }, "dropped"],
  ])("%s bends %j, and says so", (model, input, action) => {
    expect(plan(model, input as Input).changes).toMatchObject([{ param: "thinking", action }]);
    expect(() => plan(model, input as Input, { onUnsupported: "error" })).toThrow(
      /thinking|effort/,
    );
  });

  test.each([
    ["openai/gpt-5-mini", { stop: "x" }, "stop"],
    ["openai/gpt-5.2", { stop: ["x"] }, "stop"],
    ["groq/x", { n: 2 }, "n"],
    ["perplexity/sonar", { stop: "x" }, "stop"],
    ["perplexity/sonar", { tools: [tool] }, "tools"],
    ["xai/grok-4", { stop: ["x"] }, "stop"],
    ["xai/grok-code-fast-1", { stop: ["x"] }, "stop"],
    ["zai/glm-4.7", { tools: [tool], tool_choice: "required" }, "tool_choice"],
    ["mistral/x", { tools: [{ type: "custom", custom: { name: "c" } }] }, "tools[0]"],
    ["groq/x", { modalities: ["audio"] }, "modalities"],
    ["together/x", { web_search_options: {} }, "web_search_options"],
    [
      "groq/x",
      {
        tools: [tool],
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: { mode: "auto", tools: [{ type: "function", name: "put" }] },
        },
      },
      "tool_choice",
    ],
  ])("%s refuses %j", (model, input, param) => {
    expect(() => plan(model, input as Input)).toThrow(
      expect.objectContaining({ name: "UnsupportedParamsError", param }),
    );
  });

  test("what every model does anyway is left out without a word", () => {
    const input: Input = {
      tools: [tool],
      parallel_tool_calls: true,
      store: false,
      n: 1,
      temperature: 0.5,
    };
    const { body, changes } = plan("deepseek/x", input, { onUnsupported: "error" });
    expect(body).toEqual({ model: "x", messages, tools: [tool], temperature: 0.5 });
    expect(changes).toEqual([]);
  });

  test("developer is system, names are dropped where they are refused", () => {
    const { body, changes } = plan("mistral/x", {
      messages: [
        { role: "developer", content: "a" },
        { role: "user", name: "ann", content: "b" },
      ],
    });
    expect(body.messages).toEqual([
      { role: "system", content: "a" },
      { role: "user", content: "b" },
    ]);
    expect(changes.map(({ param }) => param)).toEqual(["messages[1].name"]);
  });

  test("a refusal is what the assistant said, a file is Mistral's document", () => {
    const file_data = "data:application/pdf;base64,AA";
    const { body } = plan("mistral/x", {
      messages: [
        { role: "user", content: [{ type: "file", file: { file_data, filename: "a.pdf" } }] },
        { role: "assistant", content: null, refusal: "No." },
        { role: "assistant", content: [{ type: "refusal", refusal: "Never." }] },
        { role: "user", content: "Why?" },
        { role: "assistant", content: "Well. ", refusal: "No." },
        { role: "user", content: "So?" },
        { role: "assistant", content: [{ type: "text", text: "Well." }], refusal: "No." },
        { role: "user", content: "Bye." },
      ],
    });
    expect(body.messages).toEqual([
      {
        role: "user",
        content: [{ type: "document_url", document_url: file_data, document_name: "a.pdf" }],
      },
      { role: "assistant", content: "No." },
      { role: "assistant", content: [{ type: "text", text: "Never." }] },
      { role: "user", content: "Why?" },
      { role: "assistant", content: "Well. No." },
      { role: "user", content: "So?" },
      {
        role: "assistant",
        content: [
          { type: "text", text: "Well." },
          { type: "text", text: "No." },
        ],
      },
      { role: "user", content: "Bye." },
    ]);
  });

  const image = { type: "image_url" as const, image_url: { url: "https://x.test/a.png" } };
  const audio = {
    type: "input_audio" as const,
    input_audio: { data: "AA", format: "wav" as const },
  };
  const file = {
    type: "file" as const,
    file: { file_data: "data:application/pdf;base64,AA", filename: "a.pdf" },
  };

  test.each([
    ["groq", audio, "Groq reads no audio (messages[1].content[1] is of type input_audio)"],
    ["groq", file, "Groq reads no files"],
    ["cerebras", file, "Cerebras reads no files"],
    ["deepseek", audio, "DeepSeek reads no audio"],
    ["xai", file, "xAI reads no files"],
    ["together", file, "Together AI reads no files"],
    ["perplexity", audio, "Perplexity reads no audio"],
  ])("%s refuses %o", (prefix, part, said) => {
    const content = [{ type: "text" as const, text: "a" }, part];
    const refused = () =>
      plan(`${prefix}/x`, { messages: [...messages, { role: "user", content }] });
    expect(refused).toThrow(said);
    expect(refused).toThrow(
      expect.objectContaining({
        name: "UnsupportedParamsError",
        param: "messages[1].content[1]",
      }),
    );
    const result = { role: "tool" as const, tool_call_id: "c", content };
    expect(() => plan(`${prefix}/x`, { messages: [...messages, result] })).toThrow(said);
  });

  test.each([
    ["groq", image],
    ["together", audio],
    ["openrouter", file],
    ["custom_openai", audio],
    ["groq", { type: "document", document: { data: {} } }],
  ])("%s is sent %o", (prefix, part) => {
    const asked = [{ role: "user", content: [part] }] as CompletionRequest["messages"];
    expect(plan(`${prefix}/x`, { messages: asked }).body.messages).toEqual(asked);
  });

  test.each(["together", "deepseek"])("what %s takes as a string only", (prefix) => {
    const parts = (...texts: string[]) => texts.map((text) => ({ type: "text" as const, text }));
    const call = { id: "c", type: "function" as const, function: { name: "f", arguments: "{}" } };
    const { body } = plan(`${prefix}/x`, {
      messages: [
        { role: "system", content: parts("a", "b") },
        { role: "user", content: [...parts("c"), image] },
        { role: "assistant", content: parts("d"), tool_calls: [call] },
        { role: "tool", tool_call_id: "c", content: [...parts("e"), image] },
      ],
    });
    expect(body.messages).toMatchObject([
      { role: "system", content: "a\nb" },
      { role: "user", content: [{ type: "text", text: "c" }, image] },
      { role: "assistant", content: "d" },
      { role: "tool", content: expect.stringMatching(/^e\n\(Attached/) },
      { role: "user", content: [{ type: "text" }, image] },
    ]);
  });

  test("Perplexity's files: base64 alone, or a URL", () => {
    const byUrl = { type: "file" as const, file: { file_data: "https://x.test/b.pdf" } };
    const { body } = plan("perplexity/sonar", {
      messages: [{ role: "user", content: [file, byUrl, image] }],
    });
    expect(body.messages).toEqual([
      {
        role: "user",
        content: [
          { type: "file_url", file_url: { url: "AA" }, file_name: "a.pdf" },
          { type: "file_url", file_url: { url: "https://x.test/b.pdf" } },
          image,
        ],
      },
    ]);
    const byId = { type: "file" as const, file: { file_id: "f" } };
    expect(() => plan("perplexity/x", { messages: [{ role: "user", content: [byId] }] })).toThrow(
      /no files by id/,
    );
  });

  test("Mistral's audio and files by id", () => {
    const { body } = plan("mistral/x", {
      messages: [
        {
          role: "user",
          content: [
            { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
            { type: "file", file: { file_id: "f1" } },
          ],
        },
      ],
    });
    expect(body.messages).toEqual([
      {
        role: "user",
        content: [
          { type: "input_audio", input_audio: "AAAA" },
          { type: "file", file_id: "f1" },
        ],
      },
    ]);
  });

  test("at Mistral only the assistant follows a result, and a final text of its is a prefix", () => {
    const call = {
      id: "abcdefghi",
      type: "function" as const,
      function: { name: "get", arguments: "{}" },
    };
    const { body, changes } = plan("mistral/x", {
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", content: "", tool_calls: [call] },
        { role: "tool", tool_call_id: "abcdefghi", content: "1" },
        { role: "user", content: "b" },
        { role: "assistant", content: "It is" },
      ],
    });
    expect(body.messages).toMatchObject([
      { role: "user" },
      { role: "assistant", tool_calls: [call] },
      { role: "tool" },
      { role: "assistant", content: "Noted." },
      { role: "user", content: "b" },
      { role: "assistant", content: "It is", prefix: true },
    ]);
    expect(changes).toMatchObject([{ param: "messages[3]", action: "repaired", to: "Noted." }]);
  });

  test.each([
    [
      "a result that was left out",
      "groq/x",
      { messages: [{ role: "tool", tool_call_id: "x", content: "1" }] },
    ],
    [
      "a schema in the prompt",
      "zai/glm-4.7",
      {
        messages: [{ role: "system", content: "s" }],
        response_format: { type: "json_schema", json_schema: { name: "r", schema: {} } },
      },
    ],
  ])("a note says where the caller wrote it, whatever stands before: %s", (_, model, input) => {
    const messages = [...input.messages, { role: "user", name: "ann", content: "b" }];
    const { changes } = plan(model, { ...input, messages } as Input);
    expect(changes.map(({ param }) => param)).toContain("messages[1].name");
  });

  test("a custom call of the history is a function call elsewhere", () => {
    const custom = { id: "c1", type: "custom" as const, custom: { name: "sql", input: "select" } };
    const messages: CompletionRequest["messages"] = [
      { role: "assistant", tool_calls: [custom] },
      { role: "tool", tool_call_id: "c1", content: "1" },
    ];
    const sent = (model: string) =>
      (plan(model, { messages }).body.messages as { tool_calls: unknown }[])[0]!.tool_calls;
    expect(sent("openai/gpt-4o")).toEqual([custom]);
    expect(sent("groq/x")).toEqual([
      { id: "c1", type: "function", function: { name: "sql", arguments: '{"input":"select"}' } },
    ]);
  });

  test("Mistral's nine-character ids: one for one, the same every time", () => {
    const call = (id: string) => ({
      id,
      type: "function" as const,
      function: { name: "get", arguments: "{}" },
    });
    const input: Input = {
      tools: [tool],
      messages: [
        { role: "user", content: "a" },
        { role: "assistant", tool_calls: [call("call_abc"), call("call_abd"), call("abcDEF123")] },
        { role: "tool", tool_call_id: "call_abc", content: "1" },
        { role: "tool", tool_call_id: "call_abd", content: "2" },
        { role: "tool", tool_call_id: "abcDEF123", content: "3" },
      ],
    };
    const sent = plan("mistral/x", input).body.messages as {
      tool_calls?: { id: string }[];
      tool_call_id?: string;
    }[];
    const ids = sent[1]!.tool_calls!.map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(ids[2]).toBe("abcDEF123");
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(sent.slice(2).map((message) => message.tool_call_id)).toEqual(ids);
    expect(plan("mistral/x", input).body.messages).toEqual(sent);
  });

  test.each(["openai/gpt-4o", "azure/prod", "openrouter/openai/gpt-4o"])(
    "%s takes call ids of at most 40 characters",
    (model) => {
      const id = `chatcmpl-tool-${"a".repeat(32)}`;
      const call = { id, type: "function" as const, function: { name: "get", arguments: "{}" } };
      const { body, changes } = plan(model, {
        messages: [
          { role: "user", content: "a" },
          { role: "assistant", tool_calls: [call] },
          { role: "tool", tool_call_id: id, content: "1" },
        ],
      });
      const short = id.slice(0, 40);
      expect(body.messages).toMatchObject([
        {},
        { tool_calls: [{ id: short }] },
        { tool_call_id: short },
      ]);
      expect(changes).toMatchObject([
        { param: "messages[1].tool_calls[0].id", from: id, to: short },
      ]);
    },
  );

  test.each([
    ["openai/gpt-4o", true],
    ["azure/prod", true],
    ["groq/openai/gpt-oss-20b", true],
    ["deepseek/x", true],
    ["together/x", false],
    ["custom_openai/x", false],
  ])("JSON mode wants its word in the messages, at %s: %s", (model, isWanted) => {
    const response_format = { type: "json_object" as const };
    const system = { role: "system" as const, content: "Be brief." };
    const { body, changes } = plan(model, { messages: [system, ...messages], response_format });
    const said = { role: "system", content: "Answer with one JSON object." };
    expect(body.messages).toEqual([system, ...(isWanted ? [said] : []), ...messages]);
    expect(body.response_format).toEqual(response_format);
    expect(changes.length).toBe(isWanted ? 1 : 0);
    const asked: CompletionRequest["messages"] = [
      { role: "user", content: [{ type: "text", text: "As JSON, please." }] },
    ];
    expect(plan(model, { messages: asked, response_format }).body.messages).toEqual(asked);
  });

  test("a schema goes into the prompt where JSON mode takes none", () => {
    const schema = { type: "object", properties: { a: { type: "number" } } };
    const { body, changes } = plan("deepseek/x", {
      messages: [
        { role: "system", content: "s" },
        { role: "user", content: "u" },
      ],
      response_format: { type: "json_schema", json_schema: { name: "r", schema } },
    });
    const sent = body.messages as { role: string; content: string }[];
    expect(body.response_format).toEqual({ type: "json_object" });
    expect(sent.map(({ role }) => role)).toEqual(["system", "system", "user"]);
    expect(sent[1]!.content).toContain(JSON.stringify(schema));
    expect(changes).toMatchObject([{ param: "response_format", action: "emulated" }]);
  });
});

describe("structured output at Groq", () => {
  const schema = { type: "object", properties: { a: { type: "number" } } };
  const response_format = { type: "json_schema" as const, json_schema: { name: "r", schema } };
  const contents = (made: Plan) =>
    (made.body.messages as { content: string }[]).map(({ content }) => content);

  test("a schema is sent to a model that takes one", () => {
    const made = plan("groq/openai/gpt-oss-20b", { response_format });
    expect(made.body).toMatchObject({ messages, response_format });
    expect(made.changes).toEqual([]);
  });

  test("it goes into the prompt of one that does not", () => {
    const made = plan("groq/llama-3.3-70b-versatile", { response_format });
    expect(made.body.response_format).toEqual({ type: "json_object" });
    expect(contents(made)).toEqual([expect.stringContaining(JSON.stringify(schema)), "Hi"]);
    expect(made.changes).toMatchObject([{ param: "response_format", action: "emulated" }]);
  });

  test.each([
    ["a schema", response_format, JSON.stringify(schema)],
    ["JSON", { type: "json_object" as const }, "one JSON object only"],
  ])("beside tools, which it refuses, %s goes there too", (_, format, said) => {
    const made = plan("groq/openai/gpt-oss-20b", { response_format: format, tools: [tool] });
    expect(made.body).not.toHaveProperty("response_format");
    expect(contents(made)[0]).toContain("Unless you call a tool");
    expect(contents(made)[0]).toContain(said);
    expect(made.changes).toMatchObject([{ param: "response_format", action: "emulated" }]);
  });

  test("text is no format", () => {
    const made = plan("groq/llama-3.3-70b-versatile", { response_format: { type: "text" } });
    expect(made.body).toMatchObject({ messages, response_format: { type: "text" } });
  });
});

describe("unknown keys", () => {
  const chats = Object.keys(providers).filter((name) => !/^(?:cohere|jina|tei|voyage)$/.test(name));
  test.each(chats)("%s sends them at every level", (prefix) => {
    const mark = { x_unknown: { deep: [1] } };
    const takesTools = prefix !== "perplexity";
    const { body } = plan(`${prefix}/chat/m`, {
      ...mark,
      messages: [
        { role: "system", content: "s", ...mark },
        { role: "user", content: [{ type: "text", text: "a", ...mark }], ...mark },
        {
          role: "assistant",
          content: "b",
          tool_calls: [
            {
              id: "abcdefghi",
              type: "function",
              function: { name: "get", arguments: "{}", ...mark },
              ...mark,
            },
          ],
          ...mark,
        },
        { role: "tool", tool_call_id: "abcdefghi", content: "1", ...mark },
      ] as unknown as CompletionRequest["messages"],
      ...(takesTools && { tools: [{ ...tool, ...mark, function: { ...tool.function, ...mark } }] }),
      response_format: { type: "json_object", ...mark } as CompletionRequest["response_format"],
      extra_body: { y_unknown: 1 },
    });
    const found = JSON.stringify(body).split('"x_unknown":{"deep":[1]}').length - 1;
    // Groq takes no format beside tools.
    expect(found).toBe(prefix === "groq" ? 10 : takesTools ? 11 : 9);
    expect(body.y_unknown).toBe(1);
  });
});

/** Their tools say `strict` of schemas that strict mode refuses: they are compiled, not sent as they are. */
const compiledTools = ["openrouter_google_nested_schema", "qwen-nested-model"];

const replies = recordings().reached.filter(
  ({ name, interaction: { request, response } }) =>
    response.status < 400 &&
    !request.url.includes("embeddings") &&
    !compiledTools.some((part) => name.includes(part)),
);

/** Differences that mean nothing: absent is null, [], false and n: 1; `required` is a set. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, inner]) =>
      !(inner === null && key !== "content") &&
      !(Array.isArray(inner) && !inner.length) &&
      !(key === "stream" && inner === false) &&
      !(key === "n" && inner === 1) &&
      key !== "stream_options",
  );
  return Object.fromEntries(
    kept.map(([key, inner]) => [
      key,
      key === "required" ? [...(inner as string[])].sort() : bare(inner),
    ]),
  );
}

describe.skipIf(!replies.length)(
  "recorded requests that were accepted are planned as they were",
  () => {
    test.each(replies.map((one) => [one.name, one] as const))("%s", (_, one) => {
      const recorded = requestOf(one) as unknown as CompletionRequest;
      // A strict schema is compiled into the same schema or a stricter one: told apart in its own test.
      if (JSON.stringify(recorded).includes('"nullable"') || one.name.includes("qwen-nested"))
        return;
      const model = one.prefix === "openai" ? `chat/${recorded.model}` : recorded.model;
      const { body } = plan(`${one.prefix}/${model}`, recorded as unknown as Input);
      expect(bare(body)).toEqual(bare(recorded));
    });
  },
);

/** Requests in OpenAI's words -> the exact body in Google's. */
import {
  type CompletionRequest,
  type Connection,
  type Plan,
  UnsupportedParamsError,
} from "@polycall/core";
import { describe, expect, test } from "vitest";
import { gemini, vertex } from "../src/index.ts";

type Request = Omit<CompletionRequest, "model" | "messages"> & {
  messages?: unknown;
  [key: string]: unknown;
};

function planOf(
  model: string,
  request: Request,
  { service = "gemini", onUnsupported = "warn" as "warn" | "error" | "drop" } = {},
): Plan {
  const provider = service === "gemini" ? gemini : vertex;
  const connection: Connection = {
    provider: service,
    apiKey: "k",
    baseURL: provider.info.baseURL!,
    headers: {},
    settings: {},
  };
  const full = { model: `${service}/${model}`, messages: hello, ...request };
  const frozen = structuredClone(full);
  const plan = provider.plan(full as never, { connection, model, onUnsupported });
  expect(full).toEqual(frozen);
  return plan;
}

const hello = [{ role: "user", content: "Hello." }];
const helloContents = [{ role: "user", parts: [{ text: "Hello." }] }];
const bodyOf = (...args: Parameters<typeof planOf>) =>
  planOf(...args).body as Record<string, never>;
const configOf = (model: string, request: Request): { thinkingConfig?: object } | undefined =>
  bodyOf(model, request).generationConfig;
const changed = ({ changes }: Plan) => changes.map(({ param, action }) => `${param} ${action}`);

const weather = {
  type: "function" as const,
  function: {
    name: "weather",
    description: "The weather in a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const weatherDeclaration = {
  name: "weather",
  description: "The weather in a city",
  parametersJsonSchema: weather.function.parameters,
};

test("a bare request is its contents only", () => {
  const plan = planOf("gemini-3-flash", {});
  expect(plan).toMatchObject({
    provider: "gemini",
    model: "gemini-3-flash",
    endpoint: "generateContent",
    path: "/v1beta/models/gemini-3-flash:generateContent",
    headers: {},
    stream: false,
    changes: [],
  });
  expect(plan.body).toEqual({ contents: helloContents });
});

describe("parameters", () => {
  test.each<[string, Request, object | undefined]>([
    ["gemini-3-flash", { max_tokens: 9 }, { maxOutputTokens: 9 }],
    ["gemini-3-flash", { max_tokens: 9, max_completion_tokens: 7 }, { maxOutputTokens: 7 }],
    [
      "gemini-3-flash",
      { temperature: 0.5, top_p: 0.9, top_k: 3 },
      { temperature: 0.5, topP: 0.9, topK: 3 },
    ],
    ["gemini-3-flash", { temperature: 3 }, { temperature: 2 }],
    ["gemini-3.6-flash", { temperature: 0.5, top_p: 0.9, top_k: 3 }, undefined],
    ["gemini-3.5-flash-lite", { temperature: 0 }, undefined],
    [
      "gemini-2.0-flash",
      { presence_penalty: 2, frequency_penalty: -1 },
      { presencePenalty: 1.99, frequencyPenalty: -1 },
    ],
    ["gemini-2.5-flash", { presence_penalty: 1 }, undefined],
    ["gemini-3-flash", { top_k: 0 }, undefined],
    ["gemini-3-flash", { top_k: 2000 }, { topK: 1000 }],
    ["gemini-3-flash", { stop: ["", "END"] }, { stopSequences: ["END"] }],
    ["gemini-3-flash", { stop: "" }, undefined],
    ["gemini-3-flash", { stop: "END" }, { stopSequences: ["END"] }],
    ["gemini-3-flash", { stop: ["a", "b"] }, { stopSequences: ["a", "b"] }],
    ["gemini-3-flash", { stop: [] }, undefined],
    ["gemini-3-flash", { seed: 7 }, { seed: 7 }],
    ["gemini-3-flash", { n: 1 }, undefined],
    ["gemini-2.5-flash", { n: 2 }, { candidateCount: 2 }],
    [
      "gemini-2.5-flash",
      { logprobs: true, top_logprobs: 5 },
      { responseLogprobs: true, logprobs: 5 },
    ],
    ["gemini-2.5-flash", { logprobs: true }, { responseLogprobs: true }],
    ["gemini-2.5-flash", { logprobs: false, top_logprobs: 5 }, undefined],
    [
      "gemini-3-pro-image",
      { modalities: ["text", "image"] as never },
      { responseModalities: ["TEXT", "IMAGE"] },
    ],
    [
      "gemini-2.5-flash-preview-tts",
      { modalities: ["audio"], audio: { format: "pcm16", voice: "Kore" } },
      {
        responseModalities: ["AUDIO"],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: "Kore" } } },
      },
    ],
    [
      "gemini-3-flash",
      { temperature: null, stop: null, n: null, seed: null, top_p: null },
      undefined,
    ],
  ])("%s %j", (model, request, expected) => expect(configOf(model, request)).toEqual(expected));

  test.each<[string, Request, object | undefined]>([
    [
      "gemini-3-flash",
      { reasoning_effort: "low" },
      { thinkingLevel: "LOW", includeThoughts: true },
    ],
    [
      "gemini-3-flash",
      { reasoning_effort: "minimal" },
      { thinkingLevel: "MINIMAL", includeThoughts: true },
    ],
    ["gemini-3-flash", { reasoning_effort: "none" }, { thinkingLevel: "MINIMAL" }],
    [
      "gemini-3-flash",
      { reasoning_effort: "max" },
      { thinkingLevel: "HIGH", includeThoughts: true },
    ],
    [
      "gemini-3-pro",
      { reasoning_effort: "medium" },
      { thinkingLevel: "HIGH", includeThoughts: true },
    ],
    [
      "gemini-3.8-flash",
      { reasoning_effort: "minimal" },
      { thinkingLevel: "LOW", includeThoughts: true },
    ],
    ["gemini-2.5-flash", { reasoning_effort: "none" }, { thinkingBudget: 0 }],
    [
      "gemini-2.5-flash",
      { reasoning_effort: "medium" },
      { thinkingBudget: 8192, includeThoughts: true },
    ],
    [
      "gemini-2.5-flash",
      { reasoning_effort: "max" },
      { thinkingBudget: 24576, includeThoughts: true },
    ],
    ["gemini-2.5-pro", { reasoning_effort: "none" }, { thinkingBudget: 128 }],
    [
      "gemini-2.5-pro",
      { reasoning_effort: "max" },
      { thinkingBudget: 32768, includeThoughts: true },
    ],
    ["gemini-2.0-flash", { reasoning_effort: "high" }, undefined],
    [
      "gemini-2.5-flash-lite",
      { thinking: { type: "enabled", budget_tokens: 100 } },
      { thinkingBudget: 512, includeThoughts: true },
    ],
    [
      "gemini-2.5-flash",
      { thinking: { type: "adaptive" } },
      { thinkingBudget: -1, includeThoughts: true },
    ],
    ["gemini-2.5-flash", { thinking: { type: "disabled" } }, { thinkingBudget: 0 }],
    [
      "gemini-3-flash",
      { thinking: { type: "enabled", budget_tokens: 5000 } },
      { thinkingLevel: "MEDIUM", includeThoughts: true },
    ],
    ["gemini-3-flash", { thinking: { type: "adaptive" } }, { includeThoughts: true }],
  ])("%s thinks by %j", (model, request, expected) => {
    expect(configOf(model, request)?.thinkingConfig).toEqual(expected);
  });

  test("what bends is said", () => {
    const hints = {
      temperature: 0.1,
      presence_penalty: 1,
      logit_bias: { 5: 1 },
      user: "u",
      metadata: { a: "b" },
      verbosity: "low" as const,
      parallel_tool_calls: false,
      service_tier: "fast" as const,
      reasoning_effort: "none" as const,
    };
    const plan = planOf("gemini-3.8-flash", hints);
    expect(changed(plan).sort()).toEqual([
      "logit_bias dropped",
      "metadata dropped",
      "parallel_tool_calls dropped",
      "presence_penalty dropped",
      "reasoning_effort clamped",
      "service_tier dropped",
      "temperature dropped",
      "user dropped",
      "verbosity dropped",
    ]);
    for (const [param, value] of Object.entries(hints)) {
      const strict = () =>
        planOf("gemini-3.8-flash", { [param]: value }, { onUnsupported: "error" });
      expect(strict).toThrow(UnsupportedParamsError);
    }
  });

  test.each<[string, Request, string]>([
    ["gemini-3-flash", { stop: ["1", "2", "3", "4", "5", "6"] }, "stop"],
    ["gemini-3-flash", { n: 9 }, "n"],
    ["gemini-3-flash", { audio: { format: "mp3", voice: "Kore" } }, "audio"],
    ["gemini-3-flash", { tool_choice: "required" }, "tool_choice"],
    ["gemini-3-flash", { tools: [{ type: "custom", custom: { name: "x" } }] }, "tools"],
    ["gemma-3-27b-it", { tools: [weather] }, "tools"],
    ["gemma-3-27b-it", { response_format: { type: "json_object" } }, "response_format"],
    [
      "gemini-2.5-flash",
      { tools: [weather], response_format: { type: "json_object" } },
      "response_format",
    ],
    ["gemini-2.5-flash", { tools: [weather, { googleSearch: {} } as never] }, "tools"],
    ["gemini-2.5-flash", { tools: [weather], web_search_options: {} }, "tools"],
    [
      "gemini-3-flash",
      { messages: [{ role: "user", content: [{ type: "smell", smell: 1 }] }] },
      "messages[0].content[0]",
    ],
    [
      "gemini-3-flash",
      {
        messages: [
          { role: "user", content: [{ type: "image_url", image_url: { url: "http://x/a.png" } }] },
        ],
      },
      "messages[0].content[0]",
    ],
    [
      "gemini-3-flash",
      {
        messages: [
          { role: "user", content: [{ type: "image_url", image_url: { url: "gs://b/a.png" } }] },
        ],
      },
      "messages[0].content[0]",
    ],
    [
      "gemini-3-flash",
      { messages: [{ role: "user", content: [{ type: "file", file: {} }] }] },
      "messages[0].content[0]",
    ],
  ])("%s refuses %j", (model, request, param) => {
    for (const onUnsupported of ["warn", "drop", "error"] as const) {
      let error: unknown;
      try {
        planOf(model, request, { onUnsupported });
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(UnsupportedParamsError);
      expect(error).toMatchObject({ param, provider: "gemini", model });
    }
  });

  test.each([
    ["default", "standard"],
    ["flex", "flex"],
    ["priority", "priority"],
    ["auto", undefined],
  ] as const)("service tier %s is %s", (service_tier, expected) => {
    expect(bodyOf("gemini-3-flash", { service_tier }).serviceTier).toBe(expected);
  });

  test("store is the Gemini API's; Vertex AI has none", () => {
    expect(bodyOf("gemini-3-flash", { store: false }).store).toBe(false);
    const plan = planOf("gemini-3-flash", { store: false }, { service: "vertex" });
    expect(plan.body).toEqual({ contents: helloContents });
    expect(changed(plan)).toEqual(["store dropped"]);
  });
});

describe("tools", () => {
  const declared = [{ functionDeclarations: [weatherDeclaration] }];
  const config = (functionCallingConfig: object) => ({ functionCallingConfig });

  test.each<[CompletionRequest["tool_choice"], object | undefined]>([
    [undefined, undefined],
    ["auto", undefined],
    ["none", config({ mode: "NONE" })],
    ["required", config({ mode: "ANY" })],
    [
      { type: "function", function: { name: "weather" } },
      config({ mode: "ANY", allowedFunctionNames: ["weather"] }),
    ],
    [
      {
        type: "allowed_tools",
        allowed_tools: {
          mode: "required",
          tools: [{ type: "function", function: { name: "weather" } }],
        },
      },
      config({ mode: "ANY", allowedFunctionNames: ["weather"] }),
    ],
  ])("tool_choice %j", (tool_choice, toolConfig) => {
    const body = bodyOf("gemini-3-flash", { tools: [weather], tool_choice });
    expect(body).toEqual({
      contents: helloContents,
      tools: declared,
      ...(toolConfig && { toolConfig }),
    });
  });

  test("a subset in mode auto is the subset", () => {
    const other = { type: "function" as const, function: { name: "other" } };
    const allowed_tools = { mode: "auto" as const, tools: [{ type: "function", name: "weather" }] };
    const plan = planOf("gemini-3-flash", {
      tools: [other, weather],
      tool_choice: { type: "allowed_tools", allowed_tools },
    });
    expect(plan.body).toEqual({ contents: helloContents, tools: declared });
    expect(changed(plan)).toEqual(["tool_choice emulated"]);
  });

  test("a function without parameters or description is its name", () => {
    const tools = [{ type: "function" as const, function: { name: "now" } }];
    expect(bodyOf("gemini-3-flash", { tools }).tools).toEqual([
      { functionDeclarations: [{ name: "now" }] },
    ]);
  });

  test("what Google does not read of a schema is said, once a schema", () => {
    const city = { type: "string", minLength: 2, pattern: "^[A-Z]" };
    const parameters = { type: "object", properties: { city } };
    const plan = planOf("gemini-3-flash", {
      tools: [{ type: "function", function: { name: "a", parameters } }],
    });
    expect(plan.body.tools).toMatchObject([
      {
        functionDeclarations: [
          { parametersJsonSchema: { properties: { city: { type: "string" } } } },
        ],
      },
    ]);
    expect(JSON.stringify(plan.body.tools)).not.toMatch(/"(minLength|pattern)"/);
    expect(plan.changes).toEqual([
      {
        param: "tools[0].function.parameters",
        action: "converted",
        from: ["#/properties/city minLength", "#/properties/city pattern"],
        reason: expect.stringContaining("description"),
      },
    ]);
  });

  test("strict is mode VALIDATED", () => {
    const tools = [{ ...weather, function: { ...weather.function, strict: true } }];
    const plan = planOf("gemini-2.5-flash", { tools });
    expect(plan.body).toMatchObject({ tools: declared, toolConfig: config({ mode: "VALIDATED" }) });
    expect(plan.body.tools).toEqual(declared);
    expect(changed(planOf("gemini-2.0-flash", { tools }))).toEqual(["tools dropped"]);
  });

  test("built-in tools are sent as they are, beside functions on 3.x", () => {
    const builtIn = [{ googleSearch: {} }, { codeExecution: {} }] as never[];
    expect(bodyOf("gemini-2.5-flash", { tools: builtIn }).tools).toEqual(builtIn);
    const tools = [...builtIn, weather];
    expect(bodyOf("gemini-3-flash", { tools })).toEqual({
      contents: helloContents,
      tools: [...builtIn, ...declared],
      toolConfig: { includeServerSideToolInvocations: true },
    });
    const onVertex = planOf("gemini-3-flash", { tools }, { service: "vertex" });
    expect(onVertex.body.toolConfig).toBeUndefined();
    expect(bodyOf("gemini-3-flash", { web_search_options: {} }).tools).toEqual([
      { googleSearch: {} },
    ]);
  });

  test("functions of the old kind are tools", () => {
    const { name, description, parameters } = weather.function;
    const plan = planOf("gemini-3-flash", {
      functions: [{ name, description, parameters }],
      function_call: { name },
    });
    expect(plan.body.tools).toEqual(declared);
    expect(plan.body.toolConfig).toEqual(config({ mode: "ANY", allowedFunctionNames: [name] }));
  });

  test("a name that Google refuses is renamed, and back in the reply", () => {
    const tools = [{ type: "function" as const, function: { name: "3d print" } }];
    const plan = planOf("gemini-3-flash", { tools });
    const [{ functionDeclarations }] = plan.body.tools as [
      { functionDeclarations: { name: string }[] },
    ];
    const { name } = functionDeclarations[0]!;
    expect(name).toMatch(/^[A-Za-z_][\w.:-]{0,127}$/);
    const parts = [{ functionCall: { name, args: {} } }];
    const reply = gemini.parse(
      { candidates: [{ content: { parts }, finishReason: "STOP" }] },
      plan,
    );
    expect(reply.choices[0]!.message.tool_calls).toMatchObject([
      { function: { name: "3d print" } },
    ]);
  });
});

describe("response_format", () => {
  const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
  const json_schema = { name: "answer", schema };
  const response_format = { type: "json_schema" as const, json_schema };
  const native = { responseMimeType: "application/json", responseJsonSchema: schema };

  test.each<[string, Request, object | undefined]>([
    ["gemini-3-flash", { response_format }, native],
    ["gemini-2.5-flash", { response_format }, native],
    ["gemini-3-flash", { response_format, tools: [weather] }, native],
    [
      "gemini-3-flash",
      { response_format: { type: "json_object" } },
      { responseMimeType: "application/json" },
    ],
    ["gemini-3-flash", { response_format: { type: "text" } }, undefined],
  ])("%s %j", (model, request, expected) => expect(configOf(model, request)).toEqual(expected));

  test("2.5 with functions ends with a function that takes the schema", () => {
    const plan = planOf("gemini-2.5-flash", { response_format, tools: [weather] });
    expect(plan.outputTool).toBe("return_answer");
    expect(plan.body).toMatchObject({
      tools: [
        {
          functionDeclarations: [
            weatherDeclaration,
            { name: "return_answer", parametersJsonSchema: schema },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: "ANY" } },
    });
    expect(plan.body.generationConfig).toBeUndefined();
    expect(changed(plan)).toEqual(["response_format emulated"]);
    const parts = [{ functionCall: { name: "return_answer", args: { a: "b" } } }];
    const event = { candidates: [{ content: { parts }, finishReason: "STOP" }] };
    const reply = gemini.parse(event, plan);
    expect(reply.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: '{"a":"b"}' },
    });
    expect(reply.choices[0]!.message).not.toHaveProperty("tool_calls");
    const decoder = gemini.decoder(plan);
    const chunks = [...decoder.decode(event, undefined), ...decoder.end()];
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe('{"a":"b"}');
    expect(chunks.flatMap((chunk) => chunk.choices[0]?.finish_reason ?? [])).toEqual(["stop"]);
  });

  test("2.5 with functions that may not be called has JSON and no functions", () => {
    const body = bodyOf("gemini-2.5-flash", {
      response_format,
      tools: [weather],
      tool_choice: "none",
    });
    expect(body).toEqual({ contents: helloContents, generationConfig: native });
  });

  test("2.5 with a forced call has the call", () => {
    const plan = planOf("gemini-2.5-flash", {
      response_format,
      tools: [weather],
      tool_choice: "required",
    });
    expect(plan.outputTool).toBeUndefined();
    expect(plan.body.toolConfig).toEqual({ functionCallingConfig: { mode: "ANY" } });
    expect(plan.body.generationConfig).toBeUndefined();
  });
});

test("an unknown key is sent on at every level", () => {
  const x = { deep: ["kept"] };
  const messages = [
    {
      role: "user",
      x_message: x,
      content: [
        { type: "text", text: "a", x_text: x },
        {
          type: "image_url",
          image_url: { url: "data:image/png;base64,AA==", x_url: x },
          x_image: x,
        },
      ],
    },
    {
      role: "assistant",
      x_reply: x,
      content: null,
      tool_calls: [
        {
          id: "c1",
          type: "function",
          function: { name: "weather", arguments: "{}", x_called: x },
          x_call: x,
        },
      ],
    },
    { role: "tool", tool_call_id: "c1", content: "ok", x_result: x },
  ];
  const { body } = planOf("gemini-3-flash", {
    messages,
    x_top: x,
    tools: [{ ...weather, x_tool: x, function: { ...weather.function, x_function: x } } as never],
    tool_choice: { type: "function", function: { name: "weather" }, x_choice: x } as never,
    response_format: {
      type: "json_schema",
      x_format: x,
      json_schema: { name: "n", schema: { type: "object" }, x_schema: x },
    } as never,
    extra_body: { generationConfig: { x_extra: x }, x_extra_top: x },
  });
  const { contents, tools, toolConfig, generationConfig } = body as unknown as {
    contents: Record<string, unknown>[];
    tools: { functionDeclarations: object[] }[];
    toolConfig: { functionCallingConfig: object };
    generationConfig: object;
  };
  expect(body).toMatchObject({ x_top: x, x_extra_top: x });
  expect(generationConfig).toMatchObject({ x_format: x, x_schema: x, x_extra: x });
  expect(toolConfig.functionCallingConfig).toMatchObject({ mode: "ANY", x_choice: x });
  expect(tools[0]!.functionDeclarations[0]).toMatchObject({ x_tool: x, x_function: x });
  expect(contents[0]).toMatchObject({
    x_message: x,
    parts: [
      { text: "a", x_text: x },
      { inlineData: { x_url: x }, x_image: x },
    ],
  });
  expect(contents[1]).toMatchObject({
    x_reply: x,
    parts: [{ functionCall: { x_call: x, x_called: x } }],
  });
  expect(contents[2]).toMatchObject({ parts: [{ functionResponse: { x_result: x } }] });
});

test("extra_body wins, deeply", () => {
  const body = bodyOf("gemini-3-flash", {
    temperature: 1,
    max_tokens: 5,
    extra_body: { generationConfig: { temperature: 0 }, safetySettings: [] },
  });
  expect(body).toEqual({
    contents: helloContents,
    generationConfig: { temperature: 0, maxOutputTokens: 5 },
    safetySettings: [],
  });
});

test("a seed of more than 32 bits becomes one that Google reads, the same every time", () => {
  const plan = planOf("gemini-2.5-flash", { seed: 2 ** 32 + 7 });
  expect(plan.body).toMatchObject({ generationConfig: { seed: 7 } });
  expect(changed(plan)).toEqual(["seed converted"]);
  expect(configOf("gemini-2.5-flash", { seed: -5 })).toEqual({ seed: -5 });
});

test("text and speech are not both had: speech was asked for", () => {
  const audio = { voice: "Kore", format: "pcm16" };
  const plan = planOf("gemini-2.5-flash-preview-tts", { modalities: ["text", "audio"], audio });
  expect(plan.body).toMatchObject({ generationConfig: { responseModalities: ["AUDIO"] } });
  expect(changed(plan)).toEqual(["modalities converted"]);
});

describe("2.5 takes JSON or built-in tools, not both", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const response_format = { type: "json_schema" as const, json_schema: { name: "a", schema } };
  test.each([{ tools: [{ codeExecution: {} }] as never }, { web_search_options: {} }])(
    "%j",
    (search) => {
      const both = { ...search, response_format };
      expect(() => planOf("gemini-2.5-flash", both)).toThrow("not both in one request. Ask in two");
      expect(changed(planOf("gemini-3-flash", both))).toEqual([]);
    },
  );

  test("the stand-in takes no function's name", () => {
    const taken = { ...weather, function: { ...weather.function, name: "return_a" } };
    const plan = planOf("gemini-2.5-flash", { tools: [taken], response_format });
    expect(plan.outputTool).toBe("return_a_");
  });
});

test("cache marks are left out with a warning, wherever they stand", () => {
  const cache_control = { type: "ephemeral" as const };
  const plan = planOf("gemini-3-flash", {
    messages: [
      { role: "system", content: [{ type: "text", text: "S", cache_control }] },
      { role: "user", content: "Hello.", cache_control },
    ],
    tools: [{ ...weather, cache_control }] as never,
  });
  expect(JSON.stringify(plan.body)).not.toContain("cache_control");
  expect(changed(plan)).toEqual([
    "messages[0].content[0].cache_control dropped",
    "messages[1].cache_control dropped",
    "tools[0].cache_control dropped",
  ]);
});

test("what the model once drew is left out with a warning", () => {
  const images = [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }];
  const messages = [...hello, { role: "assistant", content: "Here", images }, ...hello];
  expect(changed(planOf("gemini-3-flash", { messages }))).toEqual(["messages[1].images dropped"]);
});

test("image/jpg, which Google refuses, is image/jpeg", () => {
  const part = { type: "image_url", image_url: { url: "data:image/jpg;base64,AA==" } };
  const body = bodyOf("gemini-3-flash", { messages: [{ role: "user", content: [part] }] });
  expect(body.contents).toEqual([
    { role: "user", parts: [{ inlineData: { data: "AA==", mimeType: "image/jpeg" } }] },
  ]);
});

test("of two wishes for thinking one counts, and the other is told of", () => {
  const thinking = { type: "enabled", budget_tokens: 5000 };
  const plan = planOf("gemini-2.5-flash", { thinking, reasoning_effort: "low" });
  expect(changed(plan)).toEqual(["thinking dropped"]);
});

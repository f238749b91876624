/** The planned body, worked out by hand from the Messages API's types. */
import { type CompletionRequest, type Message, UnsupportedParamsError } from "@polycall/core";
import { describe, expect, test } from "vitest";
import { anthropic } from "../src/index.ts";
import { connection, planOf } from "./helpers.ts";

type Request = Omit<CompletionRequest, "model">;
const hi: Message[] = [{ role: "user", content: "Hi" }];
const hiTurn = { role: "user", content: [{ type: "text", text: "Hi" }] };
const weather = {
  type: "function",
  function: {
    name: "weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
} as const;
const weatherTool = {
  name: "weather",
  input_schema: { type: "object", properties: { city: { type: "string" } } },
};

test("a plain request", () => {
  const plan = planOf({
    messages: [{ role: "system", content: "Be brief." }, ...hi],
    max_tokens: 9,
  });
  expect(plan.body).toEqual({
    model: "claude-sonnet-4-5",
    max_tokens: 9,
    system: [{ type: "text", text: "Be brief." }],
    messages: [hiTurn],
  });
  expect(plan).toMatchObject({
    path: "/v1/messages",
    endpoint: "messages",
    headers: { "anthropic-version": "2026-10-21" },
    stream: false,
    changes: [],
  });
});

/** [what, request, model, the part of the body, params of the changes] */
const rows: [string, Partial<Request>, string, { [key: string]: unknown }, string[]][] = [
  [
    "no limit: the model's own",
    { max_tokens: null },
    "claude-3-haiku-20240307",
    { max_tokens: 4096 },
    [],
  ],
  [
    "a limit of the newer name",
    { max_tokens: null, max_completion_tokens: 7 },
    "claude-opus-5",
    { max_tokens: 7 },
    [],
  ],
  [
    "a limit beyond the model",
    { max_tokens: 99_999 },
    "claude-3-5-haiku-latest",
    { max_tokens: 8192 },
    ["max_tokens"],
  ],
  [
    "a limit of an unknown model",
    { max_tokens: 999_999 },
    "claude-opus-9",
    { max_tokens: 999_999 },
    [],
  ],
  ["temperature", { temperature: 0.3 }, "claude-sonnet-4-5", { temperature: 0.3 }, []],
  [
    "temperature above 1",
    { temperature: 1.4 },
    "claude-sonnet-4-5",
    { temperature: 1 },
    ["temperature"],
  ],
  [
    "temperature and top_p",
    { temperature: 0.3, top_p: 0.9 },
    "claude-sonnet-4-5",
    { temperature: 0.3, top_p: undefined },
    ["top_p"],
  ],
  [
    "both on an old model",
    { temperature: 0.3, top_p: 0.9, top_k: 5 },
    "claude-3-opus-latest",
    { temperature: 0.3, top_p: 0.9, top_k: 5 },
    [],
  ],
  [
    "temperature where it is refused",
    { temperature: 0.3, top_k: 2 },
    "claude-sonnet-5-5",
    { temperature: undefined, top_k: undefined },
    ["temperature", "top_k"],
  ],
  [
    "the default temperature is no loss",
    { temperature: 1, top_p: 1 },
    "claude-sonnet-5-5",
    { temperature: undefined },
    [],
  ],
  ["stop", { stop: "END" }, "claude-sonnet-5", { stop_sequences: ["END"] }, []],
  ["an empty stop", { stop: ["", "END"] }, "claude-sonnet-5", { stop_sequences: ["END"] }, []],
  [
    "hints with no counterpart",
    {
      seed: 1,
      presence_penalty: 0.5,
      frequency_penalty: 0,
      logprobs: true,
      logit_bias: { 5: 1 },
      store: true,
      verbosity: "low",
    },
    "claude-sonnet-5",
    { seed: undefined, logprobs: undefined, store: undefined },
    ["presence_penalty", "logit_bias", "logprobs", "seed", "verbosity", "store"],
  ],
  ["user", { user: "u-1" }, "claude-sonnet-5", { metadata: { user_id: "u-1" } }, []],
  [
    "a user that is an address",
    { user: "a@b.co" },
    "claude-sonnet-5",
    {
      metadata: {
        user_id: "sha256-80305c9bb1bb2480e03894350e0a8a366dcbdeb302e69e0817aa0743abd77054",
      },
    },
    ["user"],
  ],
  [
    "metadata",
    { metadata: { user_id: "u", team: "x" } },
    "claude-sonnet-5",
    { metadata: { user_id: "u" } },
    ["metadata.team"],
  ],
  [
    "tier default",
    { service_tier: "default" },
    "claude-sonnet-5",
    { service_tier: "standard_only" },
    [],
  ],
  [
    "tier flex",
    { service_tier: "flex" },
    "claude-sonnet-5",
    { service_tier: undefined },
    ["service_tier"],
  ],
  ["tier fast", { service_tier: "fast" }, "claude-opus-5", { speed: "fast" }, []],
  [
    "stream",
    { stream: true, stream_options: { include_usage: true } },
    "claude-opus-5",
    { stream: true, stream_options: undefined },
    [],
  ],
  [
    "extra_body wins, deeply",
    { user: "u", extra_body: { metadata: { x: 1 }, max_tokens: 3 } },
    "claude-opus-5",
    { max_tokens: 3, metadata: { user_id: "u", x: 1 } },
    [],
  ],

  [
    "effort, adaptive",
    { reasoning_effort: "xhigh" },
    "claude-opus-5",
    { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "xhigh" } },
    [],
  ],
  [
    "effort the model lacks",
    { reasoning_effort: "xhigh" },
    "claude-opus-4-6",
    { thinking: { type: "adaptive" }, output_config: { effort: "high" } },
    ["reasoning_effort"],
  ],
  [
    "effort minimal",
    { reasoning_effort: "minimal" },
    "claude-sonnet-5",
    { output_config: { effort: "low" } },
    ["reasoning_effort"],
  ],
  [
    "effort as a budget",
    { reasoning_effort: "high", max_tokens: 8000 },
    "claude-sonnet-4-5",
    { thinking: { type: "enabled", budget_tokens: 4096 } },
    [],
  ],
  [
    "a budget that leaves room for the answer",
    { reasoning_effort: "high", max_tokens: 3000 },
    "claude-sonnet-4-5",
    { thinking: { type: "enabled", budget_tokens: 1976 } },
    ["reasoning_effort"],
  ],
  [
    "the least that the API takes, where little room is left",
    { reasoning_effort: "high", max_tokens: 1500 },
    "claude-sonnet-4-5",
    { thinking: { type: "enabled", budget_tokens: 1024 } },
    ["reasoning_effort"],
  ],
  [
    "the caller's own budget below max_tokens",
    { thinking: { type: "enabled", budget_tokens: 4096 }, max_tokens: 2000 },
    "claude-sonnet-4-5",
    { thinking: { type: "enabled", budget_tokens: 1999 } },
    ["thinking"],
  ],
  [
    "no room to think",
    { reasoning_effort: "low", max_tokens: 1000 },
    "claude-sonnet-4-5",
    { thinking: undefined },
    ["reasoning_effort"],
  ],
  [
    "effort where nothing thinks",
    { reasoning_effort: "low" },
    "claude-3-5-haiku-latest",
    { thinking: undefined },
    ["reasoning_effort"],
  ],
  [
    "none where nobody asked",
    { reasoning_effort: "none" },
    "claude-sonnet-4-5",
    { thinking: undefined },
    [],
  ],
  [
    "none on a thinker",
    { reasoning_effort: "none" },
    "claude-sonnet-5",
    { thinking: { type: "disabled" } },
    [],
  ],
  [
    "none on one that always thinks",
    { reasoning_effort: "none" },
    "claude-sonnet-5-5",
    { thinking: undefined, output_config: { effort: "low" } },
    ["reasoning_effort"],
  ],
  [
    "LiteLLM's budget",
    { thinking: { type: "enabled", budget_tokens: 2000 }, max_tokens: 9000 },
    "claude-3-7-sonnet-latest",
    { thinking: { type: "enabled", budget_tokens: 2000 } },
    [],
  ],
  [
    "a budget too small",
    { thinking: { type: "enabled", budget_tokens: 5 }, max_tokens: 9000 },
    "claude-3-7-sonnet-latest",
    { thinking: { type: "enabled", budget_tokens: 1024 } },
    ["thinking"],
  ],
  [
    "a budget where effort is wanted",
    { thinking: { type: "enabled", budget_tokens: 2000 } },
    "claude-opus-5-5",
    { thinking: { type: "adaptive" }, output_config: { effort: "medium" } },
    ["thinking"],
  ],
  [
    "adaptive where a budget is wanted",
    { thinking: { type: "adaptive" }, max_tokens: 9000 },
    "claude-sonnet-4-5",
    { thinking: { type: "enabled", budget_tokens: 2048 } },
    ["thinking"],
  ],
  [
    "disabled where refused",
    { thinking: { type: "disabled" } },
    "claude-fable-5-1",
    { thinking: undefined, output_config: { effort: "low" } },
    ["thinking"],
  ],
  [
    "an unknown kind of thinking",
    { thinking: { type: "between_tools" } },
    "claude-sonnet-5-5",
    { thinking: { type: "between_tools" } },
    [],
  ],
  [
    "thinking takes temperature away",
    { reasoning_effort: "low", temperature: 0.2, max_tokens: 5000 },
    "claude-sonnet-4-5",
    { temperature: undefined },
    ["temperature"],
  ],

  [
    "a tool",
    { tools: [weather] },
    "claude-opus-5",
    { tools: [weatherTool], tool_choice: undefined },
    [],
  ],
  [
    "a strict tool",
    { tools: [{ type: "function", function: { ...weather.function, strict: true } }] },
    "claude-opus-5",
    {
      tools: [
        {
          ...weatherTool,
          input_schema: { ...weatherTool.input_schema, additionalProperties: false },
          strict: true,
        },
      ],
    },
    [],
  ],
  [
    "a tool without parameters",
    { tools: [{ type: "function", function: { name: "now", description: "d" } }] },
    "claude-opus-5",
    {
      tools: [{ name: "now", description: "d", input_schema: { type: "object", properties: {} } }],
    },
    [],
  ],
  [
    "a tool of Anthropic's own",
    { tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 2 } as never] },
    "claude-opus-5",
    { tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 2 }] },
    [],
  ],
  [
    "web search",
    {
      web_search_options: { user_location: { type: "approximate", approximate: { city: "Rome" } } },
    },
    "claude-opus-5",
    {
      tools: [
        {
          type: "web_search_20250305",
          name: "web_search",
          user_location: { type: "approximate", city: "Rome" },
        },
      ],
    },
    [],
  ],
  [
    "choice auto",
    { tools: [weather], tool_choice: "auto" },
    "claude-opus-5",
    { tool_choice: { type: "auto" } },
    [],
  ],
  [
    "choice none",
    { tools: [weather], tool_choice: "none" },
    "claude-opus-5",
    { tool_choice: { type: "none" } },
    [],
  ],
  [
    "choice without tools",
    { tool_choice: "auto", parallel_tool_calls: false },
    "claude-opus-5",
    { tool_choice: undefined },
    [],
  ],
  [
    "choice required",
    { tools: [weather], tool_choice: "required" },
    "claude-sonnet-4-5",
    { tool_choice: { type: "any" } },
    [],
  ],
  [
    "choice of one",
    { tools: [weather], tool_choice: { type: "function", function: { name: "weather" } } },
    "claude-sonnet-4-5",
    { tool_choice: { type: "tool", name: "weather" } },
    [],
  ],
  [
    "one call at a time",
    { tools: [weather], parallel_tool_calls: false },
    "claude-opus-5",
    { tool_choice: { type: "auto", disable_parallel_tool_use: true } },
    [],
  ],
  [
    "forced on one that thinks unasked",
    { tools: [weather], tool_choice: "required" },
    "claude-sonnet-5",
    { tool_choice: { type: "any" }, thinking: { type: "disabled" } },
    ["thinking"],
  ],
  [
    "forced with a budget",
    { tools: [weather], tool_choice: "required", reasoning_effort: "low", max_tokens: 5000 },
    "claude-sonnet-4-5",
    { tool_choice: { type: "any" }, thinking: undefined },
    ["thinking"],
  ],
  [
    "forced with adaptive thinking on 4.6",
    { tools: [weather], tool_choice: "required", reasoning_effort: "low" },
    "claude-opus-4-6",
    { tool_choice: { type: "any" }, thinking: { type: "adaptive" } },
    [],
  ],
  [
    "allowed tools",
    {
      tools: [weather, { type: "function", function: { name: "other" } }],
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: {
          mode: "auto",
          tools: [{ type: "function", function: { name: "weather" } }],
        },
      },
    },
    "claude-opus-5",
    { tools: [weatherTool], tool_choice: { type: "auto" } },
    ["tool_choice"],
  ],
  [
    "legacy functions",
    { functions: [{ name: "now" }], function_call: "auto" },
    "claude-opus-5",
    {
      tools: [{ name: "now", input_schema: { type: "object", properties: {} } }],
      tool_choice: { type: "auto" },
    },
    ["functions", "function_call"],
  ],
];

test.each(rows)("%s", (_, request, model, part, params) => {
  const given = { max_tokens: 64, messages: hi, ...request } as Request;
  const before = JSON.stringify(given);
  // Where the row says nothing of a limit, thinking has room.
  if (request.reasoning_effort || request.thinking) given.max_tokens = request.max_tokens ?? 8000;
  const { body, changes } = planOf(given, model);
  for (const [key, value] of Object.entries(part)) expect(body[key], key).toEqual(value);
  expect(changes.map(({ param }) => param)).toEqual(params);
  if (!request.reasoning_effort && !request.thinking) expect(JSON.stringify(given)).toBe(before);
});

test.each<[string, Partial<Request>, string, string]>([
  ["several choices", { n: 2 }, "claude-opus-5", "n"],
  ["audio out", { modalities: ["text", "audio"] }, "claude-opus-5", "modalities"],
  [
    "a free-text tool",
    { tools: [{ type: "custom", custom: { name: "sql" } }] },
    "claude-opus-5",
    "tools[0]",
  ],
  [
    "a forced call of one of several on a model that cannot be forced",
    {
      tools: [weather, { type: "function", function: { name: "other" } }],
      tool_choice: "required",
    },
    "claude-sonnet-5-5",
    "tool_choice",
  ],
  ["a call of no tool", { tool_choice: "required" }, "claude-opus-5", "tool_choice"],
  [
    "a call of a tool that only the history knows",
    {
      messages: [
        ...hi,
        {
          role: "assistant",
          tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "" } }],
        },
        { role: "tool", tool_call_id: "a", content: "ok" },
      ],
      tool_choice: { type: "function", function: { name: "f" } },
    },
    "claude-opus-5",
    "tool_choice",
  ],
  [
    "audio in",
    {
      messages: [
        {
          role: "user",
          content: [{ type: "input_audio", input_audio: { data: "AA==", format: "wav" } }],
        },
      ],
    },
    "claude-opus-5",
    "messages[0].content[0]",
  ],
  [
    "an image of another type",
    {
      messages: [
        {
          role: "user",
          content: [{ type: "image_url", image_url: { url: "data:image/tiff;base64,AAAA" } }],
        },
      ],
    },
    "claude-opus-5",
    "messages[0].content[0]",
  ],
  [
    "an image that is no URL",
    {
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "cat.png" } }] }],
    },
    "claude-opus-5",
    "messages[0].content[0]",
  ],
  [
    "a file without data",
    { messages: [{ role: "user", content: [{ type: "file", file: {} }] }] },
    "claude-opus-5",
    "messages[0].content[0]",
  ],
])("refuses %s", (_, request, model, param) => {
  const plan = () => planOf({ messages: hi, ...request }, model);
  expect(plan).toThrow(UnsupportedParamsError);
  expect(plan).toThrow(expect.objectContaining({ provider: "anthropic", model, param }));
});

test('onUnsupported "error" refuses a hint too', () => {
  const plan = () => planOf({ messages: hi, seed: 1 }, "claude-opus-5", { onUnsupported: "error" });
  expect(plan).toThrow(expect.objectContaining({ name: "UnsupportedParamsError", param: "seed" }));
});

describe("the API's version", () => {
  const versionOf = (request: Partial<Request>, headers = {}) =>
    planOf({ messages: hi, ...request }, "claude-sonnet-4-5", {
      connection: { ...connection, headers },
    });
  test("is the older one where sampling parameters are sent, which the newer one refuses", () => {
    expect(versionOf({ temperature: 0 }).headers["anthropic-version"]).toBe("2023-06-01");
    expect(versionOf({ extra_body: { top_k: 3 } }).headers["anthropic-version"]).toBe("2023-06-01");
    expect(versionOf({}).headers["anthropic-version"]).toBe("2026-10-21");
  });
  test("is the user's, and then sampling bends to it", () => {
    const plan = versionOf({ temperature: 0 }, { "anthropic-version": "2026-10-21" });
    expect(plan.headers["anthropic-version"]).toBe("2026-10-21");
    expect(plan.body).not.toHaveProperty("temperature");
    expect(plan.changes.map(({ param }) => param)).toContain("temperature");
  });
});

test("betas of the user and of the request go out together", () => {
  const plan = planOf({ messages: hi, service_tier: "fast" }, "claude-opus-5", {
    connection: { ...connection, headers: { "anthropic-beta": "a-1, b-2" } },
  });
  expect(plan.headers["anthropic-beta"]).toBe("a-1,b-2,fast-mode-2026-02-01");
});

test("keys that the contract does not know are in the body, at every level", () => {
  const { body } = planOf(
    {
      messages: [
        { role: "system", content: [{ type: "text", text: "S", in_system: 1 }] },
        {
          role: "user",
          content: [
            { type: "text", text: "T", in_part: 1 },
            {
              type: "image_url",
              image_url: { url: "https://x.y/z.png", in_image: 1 },
              on_image: 1,
            },
            { type: "file", file: { file_id: "f", in_file: 1 }, on_file: 1 },
          ],
          in_user: 1,
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: "c1",
              type: "function",
              function: { name: "f", arguments: "{}", in_function: 1 },
              in_call: 1,
            },
          ],
          in_assistant: 1,
        },
        {
          role: "tool",
          tool_call_id: "c1",
          content: [{ type: "text", text: "R", in_result_part: 1 }],
          in_tool: 1,
        },
      ] as unknown as Message[],
      tools: [
        {
          type: "function",
          function: { name: "f", parameters: { type: "object", in_schema: 1 }, in_fn: 1 },
          on_tool: 1,
        },
      ] as never,
      tool_choice: {
        type: "function",
        function: { name: "f", in_choice: 1 },
        on_choice: 1,
      } as never,
      response_format: {
        type: "json_schema",
        json_schema: { name: "n", schema: { type: "object", properties: {} }, in_json_schema: 1 },
        on_format: 1,
      } as never,
      max_tokens: 9,
      top_level: { deep: 1 },
    } as unknown as Request,
    "claude-sonnet-4-5",
  );
  expect(body).toEqual({
    model: "claude-sonnet-4-5",
    max_tokens: 9,
    top_level: { deep: 1 },
    system: [{ type: "text", text: "S", in_system: 1 }],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "T", in_part: 1 },
          {
            type: "image",
            source: { type: "url", url: "https://x.y/z.png", in_image: 1 },
            on_image: 1,
          },
          { type: "document", source: { type: "file", file_id: "f", in_file: 1 }, on_file: 1 },
        ],
        in_user: 1,
      },
      {
        role: "assistant",
        content: [{ type: "tool_use", id: "c1", name: "f", input: {}, in_function: 1, in_call: 1 }],
        in_assistant: 1,
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "c1",
            content: [{ type: "text", text: "R", in_result_part: 1 }],
            in_tool: 1,
          },
        ],
      },
    ],
    tools: [{ name: "f", input_schema: { type: "object", in_schema: 1 }, in_fn: 1, on_tool: 1 }],
    tool_choice: { type: "tool", name: "f", in_choice: 1, on_choice: 1 },
    output_config: {
      format: {
        type: "json_schema",
        schema: { type: "object", properties: {}, additionalProperties: false },
        in_json_schema: 1,
        on_format: 1,
      },
    },
  });
});

test("a stop of white space is a meaning that this API refuses", () => {
  const stops = { messages: [{ role: "user" as const, content: "Hi" }], stop: ["\n", "END"] };
  expect(() => planOf(stops)).toThrow('no stop sequence of white space only ("\\n")');
});

test("what is bent in silence by nobody: a hashed user, a tool that cannot be strict, a second effort", () => {
  const messages = [{ role: "user" as const, content: "Hi" }];
  const hashed = planOf({ messages, user: "a@b.co" });
  expect(hashed.changes).toMatchObject([{ param: "user", action: "converted" }]);
  expect(JSON.stringify(hashed.changes)).not.toContain("a@b.co");

  const tool = { type: "function" as const, function: { name: "f", strict: true } };
  expect(planOf({ messages, tools: [tool] }, "claude-3-haiku").changes).toMatchObject([
    { param: "tools[0].function.strict", action: "dropped" },
  ]);

  const thinking = { type: "enabled", budget_tokens: 5000 };
  expect(planOf({ messages, thinking, reasoning_effort: "low" }).changes).toMatchObject([
    { param: "reasoning_effort", action: "dropped", from: "low" },
  ]);
});

test("thinking without a budget is no wish for the highest effort", () => {
  const { body, changes } = planOf(
    { messages: [{ role: "user", content: "Hi" }], thinking: { type: "enabled" } },
    "claude-opus-4-7",
  );
  expect(body).toMatchObject({ thinking: { type: "adaptive" } });
  expect(body.output_config).toBeUndefined();
  expect(changes).toEqual([]);
});

test("a function of the web search's own name goes under another, and comes back under its own", () => {
  const tools = [{ type: "function" as const, function: { name: "web_search" } }];
  const history: Message[] = [
    { role: "user", content: "Hi" },
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "a", type: "function", function: { name: "web_search", arguments: "{}" } },
      ],
    },
    { role: "tool", tool_call_id: "a", content: "1" },
  ];
  const plan = planOf({ messages: history, tools, web_search_options: {} }, "claude-opus-5");
  const names = (plan.body.tools as { name: string }[]).map(({ name }) => name);
  expect(names).toEqual(["web_search_2", "web_search"]);
  expect(JSON.stringify(plan.body.messages)).toContain('"name":"web_search_2"');
  expect(plan.changes).toMatchObject([
    { param: "tools", action: "renamed", from: "web_search", to: "web_search_2" },
  ]);
  const content = [{ type: "tool_use", id: "b", name: "web_search_2", input: {} }];
  const { message } = anthropic.parse({ id: "m", content, stop_reason: "tool_use" }, plan)
    .choices[0]!;
  expect(message.tool_calls).toMatchObject([{ function: { name: "web_search" } }]);
  // Without the option the name is free.
  const alone = planOf({ messages: history, tools }, "claude-opus-5");
  expect(alone.body.tools).toMatchObject([{ name: "web_search" }]);
});

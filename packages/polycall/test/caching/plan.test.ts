/** What `promptCaching` and LiteLLM's marks make of a request, at each kind of provider. */
import { describe, expect, test } from "vitest";
import { type CompletionInput, createClient, type PromptCaching } from "../../src/index.ts";
import { simulated } from "../support/simulated.ts";
import { hour, manual, mark, said, system, tool, user } from "./support.ts";

const { completion, explain, sim } = await simulated();

type Json = { [key: string]: unknown };
const talk = [system, user("Hi"), said("Hello"), user("How much is London?")];

/** The planned body, held to be what the (strict) simulator is sent and takes. */
async function planned(
  model: string,
  promptCaching?: PromptCaching,
  more: Partial<CompletionInput> = {},
) {
  const input = { model, messages: talk, ...more, ...(promptCaching && { promptCaching }) };
  const made = await explain(input);
  await completion(input as CompletionInput & { stream: false });
  expect(sim.requests.at(-1)!.body).toEqual(made.body);
  return { ...made, body: made.body as Json & { messages: Json[]; system: Json[]; tools: Json[] } };
}

const params = (changes: { param: string; action: string }[]) =>
  changes.map(({ param, action }) => `${param} ${action}`);

describe("Claude", () => {
  const model = "anthropic/claude-sonnet-4-5";
  const blocks = (marks: readonly (object | undefined)[]) =>
    ["Hi", "Hello", "How much is London?"].map((text, at) => ({
      role: at === 1 ? "assistant" : "user",
      content: [{ type: "text", text, ...(marks[at] && { cache_control: marks[at] }) }],
    }));

  test("auto marks tools, system, the end of the call before, and the end", async () => {
    const tools = [tool("look", `${manual} Looks it up.`), tool("buy")];
    const { body, cache, changes } = await planned(model, "auto", { tools });
    expect(body.tools.map(({ cache_control }) => cache_control)).toEqual([undefined, mark]);
    expect(body.system).toEqual([{ type: "text", text: manual, cache_control: mark }]);
    expect(body.messages).toEqual(blocks([mark, undefined, mark]));
    expect(changes).toEqual([]);
    expect(cache).toMatchObject({
      mechanism: "marks",
      ttl: "5m",
      minimum: 1024,
      reachesMinimum: true,
    });
    expect(cache!.marks.map(({ place }) => place)).toEqual([
      "tools[1]",
      "system[0]",
      "messages[0].content[0]",
      "messages[2].content[0]",
    ]);
  });

  test("a tool's result is marked, and what its call was is not", async () => {
    const call = {
      id: "c1",
      type: "function" as const,
      function: { name: "look", arguments: "{}" },
    };
    const { body } = await planned(model, "auto", {
      tools: [tool("look")],
      messages: [
        system,
        user("London?"),
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "tool", tool_call_id: "c1", content: "$799" },
      ],
    });
    expect(body.messages).toEqual([
      { role: "user", content: [{ type: "text", text: "London?", cache_control: mark }] },
      { role: "assistant", content: [{ type: "tool_use", id: "c1", name: "look", input: {} }] },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: "c1", content: "$799", cache_control: mark }],
      },
    ]);
  });

  test("the caller's own marks come first, and four are the limit", async () => {
    const content = ["a", "b", "c"].map((text) => ({
      type: "text" as const,
      text,
      cache_control: mark,
    }));
    const messages = [system, { role: "user" as const, content }];
    const { body, changes } = await planned(model, "auto", { messages });
    expect(body.system).toEqual([{ type: "text", text: manual, cache_control: mark }]);
    expect(body.messages).toEqual([{ role: "user", content }]);
    expect(changes).toEqual([]);
  });

  test("where the caller has used all four, none is added and nothing is said", async () => {
    const content = ["a", "b", "c", "d"].map((text) => ({
      type: "text" as const,
      text,
      cache_control: mark,
    }));
    const messages = [system, { role: "user" as const, content }, said("Hello"), user("London?")];
    const { body, changes } = await planned(model, "auto", { messages });
    expect(body.system).toEqual([{ type: "text", text: manual }]);
    expect(JSON.stringify(body).match(/cache_control/g)).toHaveLength(4);
    expect(changes).toEqual([]);
  });

  test("an hour goes before five minutes, whoever wrote which", async () => {
    const late = [system, { ...user("Hi"), cache_control: hour }, said("Hello"), user("London?")];
    const auto = await planned(model, "auto", { messages: late as typeof talk });
    expect(auto.body.system[0]!.cache_control).toEqual(hour);
    expect(auto.body.messages.map(({ content }) => (content as Json[])[0]!.cache_control)).toEqual([
      hour,
      undefined,
      mark,
    ]);
    const early = [{ ...system, cache_control: mark }, ...talk.slice(1)] as typeof talk;
    const own = await planned(model, { ttl: "1h" }, { messages: early });
    expect(JSON.stringify(own.body)).not.toContain("1h");
    expect(params(own.changes)).toEqual(["cache_control.ttl clamped"]);
  });

  test("ttl and places as asked; what cannot be had is told", async () => {
    const breakpoints = ["system", -1, "tools", 9] as const;
    const { body, cache, changes } = await planned(model, { ttl: "30m", breakpoints });
    expect(body.system[0]!.cache_control).toEqual(hour);
    expect(body.messages).toEqual(blocks([undefined, undefined, hour]));
    expect(cache).toMatchObject({ ttl: "1h" });
    expect(changes).toEqual([
      {
        param: "promptCaching.ttl",
        action: "clamped",
        from: "30m",
        to: "1h",
        reason: "entries last 5m or 1h here",
      },
      {
        param: "promptCaching.breakpoints",
        action: "dropped",
        from: "tools",
        reason: "the request has no tools",
      },
      {
        param: "promptCaching.breakpoints",
        action: "dropped",
        from: 9,
        reason: "there is no such message",
      },
    ]);
    const strict = explain({
      model,
      messages: talk,
      promptCaching: { ttl: "30m" },
      onUnsupported: "error",
    });
    await expect(strict).rejects.toThrow(/promptCaching\.ttl would be clamped/);
  });

  test("what is far below the model's minimum gets no mark, and that is said", async () => {
    const short = await planned("anthropic/claude-haiku-4-5", "auto", {
      messages: [{ role: "system", content: "Be brief." }, user("Hi")],
    });
    expect(JSON.stringify(short.body)).not.toContain("cache_control");
    expect(short.cache).toMatchObject({
      marks: [],
      tokens: 0,
      minimum: 4096,
      reachesMinimum: false,
      notes: ["2 places are too far below the minimum of 4096 tokens to be marked"],
    });
  });

  test("off takes every mark away", async () => {
    const { body, cache, changes } = await planned(model, "off", {
      tools: [{ ...tool("look"), cache_control: mark }],
      messages: [
        { ...system, cache_control: hour },
        { role: "user", content: [{ type: "text", text: "Hi", cache_control: mark }] },
      ],
      ...({ cache_control: mark } as object),
    });
    expect(JSON.stringify(body)).not.toContain("cache_control");
    expect(cache).toMatchObject({
      marks: [],
      tokens: 0,
      notes: ["no mark is sent, so nothing is cached"],
    });
    expect(params(changes)).toEqual(["cache_control converted"]);
  });

  test("without the option nothing is added and the caller's marks go as they are", async () => {
    const { body, cache } = await planned(model, undefined, {
      messages: [{ ...system, cache_control: hour }, user("Hi")] as typeof talk,
    });
    expect(body.system).toEqual([{ type: "text", text: manual, cache_control: hour }]);
    expect(body.messages).toEqual([{ role: "user", content: [{ type: "text", text: "Hi" }] }]);
    expect(cache!.marks).toEqual([{ place: "system[0]", ttl: "1h", tokens: expect.any(Number) }]);
  });
});

describe("OpenAI", () => {
  const breakpoint = { mode: "explicit" };

  test.each([
    ["openai/chat/gpt-5.6-sol", "messages", "text"],
    ["openai/responses/gpt-5.6-sol", "input", "input_text"],
  ])(
    "%s: breakpoints after the system prompt and the call before, and a key",
    async (model, at, type) => {
      const { body, cache, changes } = await planned(model, "auto");
      const marked = (role: string, text: string) => ({
        role,
        content: [{ type, text, prompt_cache_breakpoint: breakpoint }],
      });
      expect(body[at]).toEqual([
        marked("system", manual),
        marked("user", "Hi"),
        { role: "assistant", content: "Hello" },
        { role: "user", content: "How much is London?" },
      ]);
      expect(body.prompt_cache_key).toMatch(/^polycall-[0-9a-f]{28}$/);
      expect(body.prompt_cache_options).toBeUndefined();
      expect(changes).toEqual([]);
      expect(cache).toMatchObject({
        mechanism: "breakpoints",
        key: body.prompt_cache_key,
        ttl: "30m",
      });
    },
  );

  test("the key stays through a conversation, and is another one's for another system prompt", async () => {
    const keyOf = async (messages: typeof talk) =>
      (await explain({ model: "openai/gpt-4.1", messages, promptCaching: "auto" })).cache!.key;
    const first = await keyOf(talk.slice(0, 2));
    expect(await keyOf(talk)).toBe(first);
    expect(await keyOf([system, user("Something else")])).toBe(first);
    expect(await keyOf([{ role: "system", content: `${manual}!` }, user("Hi")])).not.toBe(first);
    const short = [user("Hi"), said("Hello"), user("London?")];
    expect(await keyOf(short)).toBe(await keyOf(short.slice(0, 1)));
    expect(await keyOf(short)).not.toBe(await keyOf([user("Good day")]));
  });

  test("the caller's own key and the option's are sent as they are", async () => {
    const own = await planned("openai/gpt-4.1", "auto", { prompt_cache_key: "mine" });
    expect(own.body.prompt_cache_key).toBe("mine");
    const asked = await planned("openai/gpt-4.1", { key: "asked" });
    expect(asked.body.prompt_cache_key).toBe("asked");
  });

  test.each([
    ["openai/gpt-4.1", "24h", { prompt_cache_retention: "24h" }, []],
    ["openai/gpt-4.1", "1h", { prompt_cache_retention: "24h" }, ["promptCaching.ttl clamped"]],
    ["openai/gpt-4.1", "5m", {}, []],
    ["openai/gpt-4o-mini", "24h", {}, ["promptCaching.ttl clamped"]],
    ["openai/gpt-5.5", "5m", {}, ["promptCaching.ttl clamped"]],
    ["openai/chat/gpt-5.6-sol", "30m", {}, []],
  ] as const)("%s kept for %s", async (model, ttl, more, told) => {
    const { body, changes } = await explain({ model, messages: talk, promptCaching: { ttl } });
    const { prompt_cache_retention, prompt_cache_options } = body;
    expect({ prompt_cache_retention, prompt_cache_options }).toEqual(more);
    expect(params(changes)).toEqual(told);
  });

  test("12 hours are said at each breakpoint of the models that know it", async () => {
    const { body } = await planned("openai/chat/gpt-6-luna", {
      ttl: "12h",
      breakpoints: ["system"],
    });
    expect(body.messages[0]).toEqual({
      role: "system",
      content: [
        { type: "text", text: manual, prompt_cache_breakpoint: { mode: "explicit", ttl: "12h" } },
      ],
    });
  });

  test("off: explicit mode without a breakpoint, where there is one; else the plan says it cannot be", async () => {
    const marked = [{ ...system, cache_control: mark }, user("Hi")] as typeof talk;
    const newer = await planned("openai/chat/gpt-5.6-sol", "off", { messages: marked });
    expect(newer.body).toEqual({
      model: "gpt-5.6-sol",
      messages: [system, user("Hi")],
      prompt_cache_options: { mode: "explicit" },
    });
    const older = await planned("openai/gpt-4.1", "off", { messages: marked });
    expect(older.body).toEqual({ model: "gpt-4.1", messages: [system, user("Hi")] });
    expect(older.cache!.notes).toEqual([
      "this provider caches by itself and cannot be told not to",
    ]);
    expect(older.changes).toEqual([]);
  });

  test("LiteLLM's marks become breakpoints, or are left out with a word about it", async () => {
    const messages = [
      { ...system, cache_control: mark },
      {
        role: "user" as const,
        content: [{ type: "text" as const, text: "Hi", cache_control: hour }],
      },
      { ...said("Hello"), cache_control: mark },
      user("London?"),
    ] as typeof talk;
    const tools = [{ ...tool("look"), cache_control: mark }];
    const more = { messages, tools, reasoning_effort: "none" } as const;
    const { body, changes } = await planned("openai/chat/gpt-5.6-sol", undefined, more);
    expect(body.messages).toEqual([
      {
        role: "system",
        content: [{ type: "text", text: manual, prompt_cache_breakpoint: breakpoint }],
      },
      {
        role: "user",
        content: [{ type: "text", text: "Hi", prompt_cache_breakpoint: breakpoint }],
      },
      said("Hello"),
      user("London?"),
    ]);
    expect(body.tools).toEqual([tool("look")]);
    expect(params(changes)).toEqual([
      "messages[0].cache_control renamed",
      "messages[1].content[0].cache_control clamped",
      "messages[1].content[0].cache_control renamed",
      "messages[2].cache_control dropped",
      "tools[0].cache_control dropped",
    ]);
    const older = await planned("openai/gpt-4.1", undefined, { messages, tools });
    expect(older.body.messages).toEqual([
      system,
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      said("Hello"),
      user("London?"),
    ]);
    expect(older.body.tools).toEqual([tool("look")]);
    expect(params(older.changes)).toEqual([
      "messages[0].cache_control dropped",
      "messages[1].content[0].cache_control dropped",
      "messages[2].cache_control dropped",
      "tools[0].cache_control dropped",
    ]);
  });

  test("beside prompt_cache_options the older retention is left out", async () => {
    const { body, changes } = await planned("openai/chat/gpt-5.6-sol", undefined, {
      prompt_cache_options: { ttl: "30m" },
      prompt_cache_retention: "24h",
    });
    expect(body.prompt_cache_options).toEqual({ ttl: "30m" });
    expect(body.prompt_cache_retention).toBeUndefined();
    expect(params(changes)).toEqual(["prompt_cache_retention dropped"]);
  });
});

describe("the other providers", () => {
  test.each([
    ["mistral/mistral-large-latest", "prompt_cache_key"],
    ["deepseek/deepseek-chat", undefined],
    ["groq/llama-3.3-70b-versatile", undefined],
    ["cerebras/gpt-oss-120b", "prompt_cache_key"],
    ["fireworks/accounts/fireworks/models/glm-4p7", undefined],
  ])("%s caches by itself: nothing is marked, a key where one helps", async (model, key) => {
    const { body, cache, changes } = await planned(model, "auto");
    expect(JSON.stringify(body)).not.toContain("cache_control");
    expect(Object.keys(body).filter((name) => name.includes("cache"))).toEqual(key ? [key] : []);
    expect(cache).toMatchObject({ mechanism: "automatic", marks: [] });
    expect(cache!.notes).toEqual(["this provider caches by itself: a request marks nothing"]);
    expect(changes).toEqual([]);
  });

  test("xAI has the key in a header on /chat/completions and in the body on /responses", async () => {
    const chat = await planned("xai/grok-4", { key: "talk-7" });
    expect(chat.headers["x-grok-conv-id"]).toBe("talk-7");
    expect(sim.requests.at(-1)!.headers["x-grok-conv-id"]).toBe("talk-7");
    expect(chat.body.prompt_cache_key).toBeUndefined();
    const responses = await explain({
      model: "xai/responses/grok-4",
      messages: talk,
      promptCaching: { key: "talk-7" },
    });
    expect(responses.body.prompt_cache_key).toBe("talk-7");
    expect(responses.headers["x-grok-conv-id"]).toBeUndefined();
  });

  test("OpenRouter passes marks on to Claude, on parts, and a session id to all", async () => {
    const model = "openrouter/anthropic/claude-sonnet-4.5";
    const { body } = await planned(model, { key: "s1" }, { messages: [system, user("Hi")] });
    expect(body).toEqual({
      model: "anthropic/claude-sonnet-4.5",
      session_id: "s1",
      messages: [
        { role: "system", content: [{ type: "text", text: manual, cache_control: mark }] },
        { role: "user", content: [{ type: "text", text: "Hi", cache_control: mark }] },
      ],
    });
    const glm = await planned("openrouter/z-ai/glm-4.7", "auto");
    expect(glm.body).toEqual({ model: "z-ai/glm-4.7", messages: talk });
  });

  test("a cached content of Gemini's stands alone: it holds system and tools", async () => {
    const input = {
      tools: [tool("look")],
      tool_choice: "auto" as const,
      messages: [system, user("Hi")],
    };
    const cachedContent = "cachedContents/abc";
    const { body, cache, changes } = await planned(
      "gemini/gemini-3.5-flash",
      { cachedContent },
      input,
    );
    expect(body).toEqual({ cachedContent, contents: [{ role: "user", parts: [{ text: "Hi" }] }] });
    expect(cache).toMatchObject({ cachedContent });
    expect(params(changes)).toEqual(["systemInstruction dropped", "tools dropped"]);
    const raw = await planned("gemini/gemini-3.5-flash", undefined, {
      ...input,
      extra_body: { cachedContent },
    });
    expect(raw.body).toEqual(body);
  });

  test("what a provider cannot have is told, once and by name", async () => {
    const promptCaching = { ttl: "1h", key: "k", breakpoints: [0], cachedContent: "c" } as const;
    const { changes } = await planned("deepseek/deepseek-chat", promptCaching);
    expect(changes.map(({ param, reason }) => [param, reason])).toEqual([
      ["promptCaching.ttl", "this provider decides itself how long entries last"],
      ["promptCaching.cachedContent", "only Gemini has cached contents"],
      ["promptCaching.key", "this provider takes no cache key"],
      ["promptCaching.breakpoints", "this provider caches by itself"],
    ]);
    const unknown = await explain({
      model: "custom_openai/m",
      baseURL: "http://127.0.0.1:1/v1",
      messages: talk,
      promptCaching: "auto",
    });
    expect(unknown.cache).toEqual({
      mechanism: "unknown",
      marks: [],
      tokens: 0,
      notes: ["nothing is known of how this provider caches"],
    });
  });
});

// platform.claude.com and ai.google.dev, their pages on caching; what they do not name is not known.
test.each([
  ["anthropic/claude-opus-5", 512],
  ["anthropic/claude-fable-5", 512],
  ["anthropic/claude-opus-4-8", 1024],
  ["anthropic/claude-sonnet-5", 1024],
  ["anthropic/claude-sonnet-4-6", 1024],
  ["anthropic/claude-sonnet-4-20250514", 1024],
  ["anthropic/claude-opus-4-1-20250805", 1024],
  ["anthropic/claude-opus-4-7", 2048],
  ["anthropic/claude-3-5-haiku-latest", 2048],
  ["anthropic/claude-opus-4-6", 4096],
  ["anthropic/claude-haiku-4-5", 4096],
  ["anthropic/claude-haiku-5-5", undefined],
  ["openai/gpt-4.1", 1024],
  ["openai/ft:gpt-5.6-sol:me::1", 1024],
  ["gemini/gemini-2.5-flash", 2048],
  ["gemini/gemini-2.5-flash-lite", undefined],
  ["gemini/gemini-3.8-flash", 4096],
  ["gemini/gemini-3.1-pro-preview", 4096],
  ["gemini/gemini-3.5-flash-lite", undefined],
  ["vertex/gemini-3.8-flash", undefined],
  ["deepseek/deepseek-chat", 64],
])("%s needs %s tokens", async (model, minimum) => {
  const { cache } = await explain({ model, messages: talk });
  expect(cache!.minimum).toBe(minimum);
});

test.each([
  ["openai/gpt-4-turbo", "none"],
  ["gemini/gemini-2.0-flash", "none"],
  ["openai/gpt-7", "breakpoints"],
  ["openai/gpt-5-mini", "automatic"],
  ["openrouter/openai/gpt-5.6-sol", "automatic"],
])("%s: %s", async (model, mechanism) => {
  const { cache } = await explain({ model, messages: talk, promptCaching: "auto" });
  expect(cache!.mechanism).toBe(mechanism);
});

test("an adapter of one's own says itself how it caches; a deployment at Azure, by its model", async () => {
  const { registerProvider, explain: explained } = createClient({
    providers: { azure: { baseURL: "http://127.0.0.1:1", baseModel: "gpt-5.6-sol" } },
  });
  const { openai } = await import("@polycall/openai");
  registerProvider("mine", { ...openai, caching: () => ({ mechanism: "marks", minimum: 10 }) });
  const own = await explained({ model: "mine/m", messages: talk });
  expect(own.cache).toMatchObject({ mechanism: "marks", minimum: 10 });
  const azure = await explained({ model: "azure/our-name", messages: talk, promptCaching: "auto" });
  expect(azure.cache).toMatchObject({ mechanism: "breakpoints", ttl: "30m" });
  expect(JSON.stringify(azure.body)).toContain("prompt_cache_breakpoint");
});

test.each([
  ["on", 'promptCaching must be "auto", "off" or an object'],
  [{ ttl: "2h" }, "promptCaching.ttl must be 5m, 30m, 1h, 12h or 24h"],
  [{ key: 7 }, "promptCaching.key must be a string, not 7"],
  [
    { breakpoints: ["end"] },
    'promptCaching.breakpoints must be of "tools", "system" and indices of messages, not "end"',
  ],
  [{ breakpoints: "system" }, 'promptCaching.breakpoints must be an array, not "system"'],
  [
    { mode: "auto" },
    'promptCaching must be an object of ttl, key, breakpoints and cachedContent, not "mode"',
  ],
  [[], 'promptCaching must be "auto", "off" or an object, not an object'],
] as const)("%o is refused before sending", async (promptCaching, message) => {
  const model = "openai/gpt-4.1";
  const wrong = explain({
    model,
    messages: talk,
    promptCaching: promptCaching as unknown as PromptCaching,
  });
  await expect(wrong).rejects.toThrow(message);
});

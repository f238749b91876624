import { describe, expect, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import { type Completion, type CompletionInput, createClient } from "../src/index.ts";
import { plain } from "./support/plain.ts";
import { messages, reply, wire } from "./support/wire.ts";

const model = "alpha/m";

async function refused(input: unknown): Promise<{ name: string; message: string; param?: string }> {
  const { client, requests } = await wire([]);
  const error = await client()
    .completion(input as CompletionInput)
    .then(() => undefined)
    .catch((e) => e);
  expect(requests).toHaveLength(0);
  return error;
}

const user = (part: object) => ({ messages: [{ role: "user", content: [part] }] });
const assistant = (more: object) => ({ messages: [{ role: "assistant", content: "", ...more }] });
const called = (call: object) => assistant({ tool_calls: [{ id: "a", ...call }] });

/** A list whose first place was never filled. */
function withHole(value: unknown): unknown[] {
  const list: unknown[] = [];
  list[1] = value;
  return list;
}
const aTool = { type: "function", function: { name: "f" } };
const holeInParts = {
  messages: [{ role: "user", content: withHole({ type: "text", text: "a" }) }],
};

/** Values inside a request that adapters take apart, and options. */
const shapes: readonly (readonly [what: string, input: object, param: string])[] = [
  [
    "an image that is a text",
    user({ type: "image_url", image_url: "https://a/b" }),
    "messages[0].content[0].image_url",
  ],
  ["an image without one", user({ type: "image_url" }), "messages[0].content[0].image_url"],
  [
    "an image without URL",
    user({ type: "image_url", image_url: {} }),
    "messages[0].content[0].image_url.url",
  ],
  ["audio without one", user({ type: "input_audio" }), "messages[0].content[0].input_audio"],
  ["a file without one", user({ type: "file" }), "messages[0].content[0].file"],
  [
    "arguments that are no text",
    called({ type: "function", function: { name: "f", arguments: { a: 1 } } }),
    "messages[0].tool_calls[0].function.arguments",
  ],
  ["a custom call without one", called({ type: "custom" }), "messages[0].tool_calls[0].custom"],
  ["a legacy call that is a text", assistant({ function_call: "f" }), "messages[0].function_call"],
  [
    "a legacy result without name",
    { messages: [{ role: "function", content: "1" }] },
    "messages[0].name",
  ],
  ["state that is no list", assistant({ provider_state: {} }), "messages[0].provider_state"],
  [
    "state without origin",
    assistant({ provider_state: [{}] }),
    "messages[0].provider_state[0].provider",
  ],
  ["thinking that is a text", assistant({ thinking_blocks: "hm" }), "messages[0].thinking_blocks"],
  ["a tool without function", { tools: [{ type: "function" }] }, "tools[0].function"],
  [
    "parameters that are a text",
    { tools: [{ type: "function", function: { name: "f", parameters: "x" } }] },
    "tools[0].function.parameters",
  ],
  ["a choice without function", { tool_choice: { type: "function" } }, "tool_choice.function"],
  ["a choice that is none", { tool_choice: "sometimes" }, "tool_choice"],
  ["stops that are no texts", { stop: [1] }, "stop[0]"],
  ["a modality that is no text", { modalities: [1] }, "modalities[0]"],
  ["a legacy function that is a text", { functions: ["f"] }, "functions[0]"],
  ["a format without type", { response_format: {} }, "response_format.type"],
  [
    "a format without schema",
    { response_format: { type: "json_schema" } },
    "response_format.json_schema",
  ],
  ["retries without end", { maxRetries: Number.NaN }, "maxRetries"],
  ["retries below 0", { maxRetries: -1 }, "maxRetries"],
  ["a timeout in words", { timeout: "10s" }, "timeout"],
  ["a timeout that has passed", { timeout: 0 }, "timeout"],
  ["a timeout that is NaN", { timeout: { idle: Number.NaN } }, "timeout.idle"],
  ["a timeout that is none", { timeout: { conect: 5 } }, "timeout.conect"],
  ["a signal that is none", { signal: {} }, "signal"],
  ["fallbacks: text", { fallbacks: "beta/m" }, "fallbacks"],
  ["a fallback: null", { fallbacks: [null] }, "fallbacks[0]"],
  ["a fallback's key", { fallbacks: [{ model: "beta/m", apiKey: 5 }] }, "fallbacks[0].apiKey"],
  ["a key: number", { apiKey: 5 }, "apiKey"],
  ["a function that gives no key", { apiKey: () => 5 }, "apiKey"],
  ["Headers", { headers: new Headers({ a: "b" }) }, "headers"],
  ["a header: number", { headers: { a: 5 } }, "headers.a"],
  ["a header with a line break", { headers: { "x-a": "a\nb" } }, "x-a"],
  ["a header's name with a space", { headers: { "x a": "b" } }, "x a"],
  ["a key with a curly quote", { apiKey: "“sk-canary”" }, "apiKey"],
  ["a key of two lines", { apiKey: "sk-can\nary" }, "apiKey"],
  ["a password in the baseURL", { baseURL: "https://me:canary@host/v1" }, "baseURL"],
  ["a Map", { metadata: new Map([["a", "b"]]) }, "metadata"],
  ["a Set", { extra_body: { a: new Set([1]) } }, "extra_body.a"],
  ["a promise", { extra_body: { a: Promise.resolve(1) } }, "extra_body.a"],
  ["a hole among messages", { messages: withHole(messages[0]) }, "messages[0]"],
  ["a hole among parts", holeInParts, "messages[0].content[0]"],
  ["a hole among tools", { tools: withHole(aTool) }, "tools[0]"],
  ["a schema for a tool", { tools: [z.object({})] }, "tools[0]"],
  ["a fetch: number", { fetch: 5 }, "fetch"],
  ["a baseURL: number", { baseURL: 5 }, "baseURL"],
  ["what to do is none", { onUnsupported: "throw" }, "onUnsupported"],
];

const cyclic: unknown[] = [];
cyclic.push(cyclic);

describe("what is wrong in itself is refused before anything is sent", () => {
  test.each<[string, unknown, string, string | undefined]>([
    ["no object", null, "InvalidRequestError", undefined],
    ["no model", { messages }, "InvalidRequestError", "model"],
    ["an empty model", { model: "", messages }, "InvalidRequestError", "model"],
    ["a bare model", { model: "gpt-6-luna", messages }, "UnknownProviderError", "model"],
    ["a provider without a model", { model: "alpha/", messages }, "InvalidRequestError", "model"],
    ["no messages", { model }, "InvalidRequestError", "messages"],
    ["an empty list", { model, messages: [] }, "InvalidRequestError", "messages"],
    ["messages: text", { model, messages: "hi" }, "InvalidRequestError", "messages"],
    ["a message: text", { model, messages: ["hi"] }, "InvalidRequestError", "messages[0]"],
    [
      "a role",
      { model, messages: [{ role: "bot", content: "" }] },
      "InvalidRequestError",
      "messages[0].role",
    ],
    [
      "content: number",
      { model, messages: [{ role: "user", content: 4 }] },
      "InvalidRequestError",
      "messages[0].content",
    ],
    [
      "a part without type",
      { model, messages: [{ role: "user", content: [{ text: "x" }] }] },
      "InvalidRequestError",
      "messages[0].content[0]",
    ],
    [
      "a result without id",
      { model, messages: [{ role: "tool", content: "x" }] },
      "InvalidRequestError",
      "messages[0].tool_call_id",
    ],
    [
      "a call without id",
      { model, messages: [{ role: "assistant", tool_calls: [{ type: "function" }] }] },
      "InvalidRequestError",
      "messages[0].tool_calls[0].id",
    ],
    ["NaN", { model, messages, temperature: Number.NaN }, "InvalidRequestError", "temperature"],
    ["a number as text", { model, messages, max_tokens: "5" }, "InvalidRequestError", "max_tokens"],
    ["half a token", { model, messages, max_tokens: 1.5 }, "InvalidRequestError", "max_tokens"],
    [
      "Infinity deep inside",
      { model, messages, extra_body: { a: [{ b: Infinity }] } },
      "InvalidRequestError",
      "extra_body.a[0].b",
    ],
    ["a bigint", { model, messages, extra_body: { a: 1n } }, "InvalidRequestError", "extra_body.a"],
    [
      "half a surrogate pair",
      { model, messages: [{ role: "user", content: "a\ud83d" }] },
      "InvalidRequestError",
      "messages[0].content",
    ],
    [
      "raw bytes",
      {
        model,
        messages: [
          { role: "user", content: [{ type: "image_url", image_url: { url: new Uint8Array(3) } }] },
        ],
      },
      "InvalidRequestError",
      "messages[0].content[0].image_url.url",
    ],
    ["an unknown option", { model, messages, maxRetry: 3 }, "InvalidRequestError", "maxRetry"],
    ["LiteLLM's api_key", { model, messages, api_key: "sk" }, "InvalidRequestError", "api_key"],
    [
      "two tools of one name",
      {
        model,
        messages,
        tools: ["a", "a"].map((name) => ({ type: "function", function: { name } })),
      },
      "InvalidRequestError",
      "tools[1].function.name",
    ],
    ...shapes.map(([what, input, param]): [string, unknown, string, string] => [
      what,
      { model, messages, ...input },
      "InvalidRequestError",
      param,
    ]),
  ])("%s", async (_, input, name, param) => {
    const error = await refused(input);
    expect({ name: error?.name, param: error?.param }).toEqual({ name, param });
    expect(error.message).not.toContain("canary");
  });

  test("a cycle", async () => {
    const error = await refused({ model, messages, extra_body: { cyclic } });
    expect(error.message).toContain("in a cycle");
  });

  test("the nearest name is told", async () => {
    expect((await refused({ model: "alfa/m", messages })).message).toBe(
      '"alfa/m": there is no provider "alfa". Did you mean "alpha"? Known providers: alpha, beta.',
    );
    expect((await refused({ model, messages, maxRetry: 3 })).message).toContain(
      'Did you mean "maxRetries"?',
    );
    expect((await refused({ model, messages, baseUrl: "x" })).message).toContain('"baseURL"');
  });
});

test("a client's own options are refused when it is made", async () => {
  const { client } = await wire([]);
  expect(() => client({ defaults: { maxRetries: Number.NaN } })).toThrow(
    "defaults.maxRetries must be a whole number from 0, not NaN.",
  );
  const apiKey = 5 as unknown as string;
  expect(() => client({ providers: { alpha: { apiKey } } })).toThrow("providers.alpha.apiKey");
});

test.each(["apiKey", "baseURL", "maxRetry", "temperature"])(
  "defaults.%s is none: every provider would get it, or nobody",
  async (name) => {
    const { client } = await wire([]);
    expect(() => client({ defaults: { [name]: "http://canary" } })).toThrow(
      `There is no defaults.${name}, only fallbacks, fetch, headers, maxRetries, onUnsupported, promptCaching, timeout. Keys and URLs go into providers.`,
    );
  },
);

test("options that are null are not given, and a key's line break is none of it", async () => {
  const { client, requests } = await wire([reply("ok")]);
  const none = { timeout: null, signal: null, maxRetries: null, fallbacks: null, headers: null };
  const params = { tools: null, response_format: null, temperature: null, stream: null };
  const input = { model, messages, apiKey: "from-a-file\n", ...none, ...params } as unknown;
  const { text, parsed } = (await client().completion(input as CompletionInput)) as Completion;
  expect(requests[0]!.headers.authorization).toBe("Bearer from-a-file");
  expect([text, parsed]).toEqual(["ok", undefined]);
});

test("nor are timeouts, headers and a client's defaults that are null", async () => {
  const { client, requests } = await wire([reply("ok")]);
  const timeout = { connect: null, firstByte: null, idle: null, total: null };
  const headers = { authorization: null, "x-other": null, "x-mine": "a" };
  const none = { fallbacks: null, timeout: null, maxRetries: null, signal: undefined };
  const { signal: _, ...defaults } = none;
  const { completion } = client({ defaults: defaults as object });
  const input = { model, messages, timeout, headers, maxRetries: 0 } as unknown;
  expect(await completion(input as CompletionInput)).toMatchObject({ text: "ok" });
  const { authorization, "x-other": other, "x-mine": mine } = requests[0]!.headers;
  expect([authorization, other, mine]).toEqual(["Bearer key-alpha", undefined, "a"]);
});

test("a function that never gives a key is left when the call is over", async () => {
  const { client, requests } = await wire([]);
  const { completion } = client();
  const apiKey = () => new Promise<string>(() => {});
  const late = completion({ model, messages, apiKey, timeout: 20 });
  await expect(late).rejects.toMatchObject({ name: "APIConnectionTimeoutError", phase: "total" });
  const controller = new AbortController();
  const left = completion({ model, messages, apiKey, signal: controller.signal });
  controller.abort("gone");
  await expect(left).rejects.toMatchObject({ name: "AbortError", cause: "gone" });
  expect(requests).toEqual([]);
});

test("an unknown snake_case key is sent as it is, with a warning said once", async () => {
  const { client, requests } = await wire([reply("a"), reply("b")]);
  const said: string[] = [];
  const log = (message: string) => void said.push(message);
  const logger = { debug: log, info: log, warn: log, error: log };
  const { completion } = client({ logger, logLevel: "warn" });
  const input = { model, messages, new_knob: { deep: 1 } } as CompletionInput;
  const { warnings } = await completion(input);
  await completion(input);
  expect(requests.map(({ body }) => body.new_knob)).toEqual([{ deep: 1 }, { deep: 1 }]);
  expect(warnings).toEqual([
    {
      param: "new_knob",
      action: "converted",
      reason: "not a parameter that polycall knows; sent as it is",
    },
  ]);
  expect(said).toHaveLength(1);
});

test("what an object has from its prototype is neither checked nor sent, as JSON has it", async () => {
  const { client, requests } = await wire([reply("read")]);
  const metadata = Object.create(
    { inherited: () => 1, size: Number.NaN },
    { own: { value: "a", enumerable: true } },
  );
  await client().completion({ model, messages, metadata });
  expect(requests[0]!.body.metadata).toEqual({ own: "a" });
});

test("a 20 MB message goes through whole", async () => {
  const { client, requests } = await wire([reply("read")]);
  const content = "x".repeat(20_000_000);
  await client().completion({ model, messages: [{ role: "user", content }] });
  expect((requests[0]!.body.messages as { content: string }[])[0]!.content).toHaveLength(
    20_000_000,
  );
});

test.each([
  ["no process (a Worker, a page)", undefined],
  ["a process without an environment", {}],
  [
    "an environment that may not be read (Deno)",
    {
      get env(): never {
        throw new Error("NotCapable");
      },
    },
  ],
])("%s: what is given is enough, what is missing is told", async (_, process) => {
  vi.stubGlobal("process", process);
  onTestFinished(() => void vi.unstubAllGlobals());
  const adapters = { alpha: plain("alpha") };
  const providers = { alpha: { apiKey: "given", baseURL: "http://127.0.0.1:1" } };
  const { explain } = createClient({ adapters, providers });
  expect((await explain({ model, messages })).body).toEqual({ messages, model: "m" });
  const { completion } = createClient({ adapters });
  await expect(completion({ model, messages })).rejects.toMatchObject({ param: "baseURL" });
  const baseURL = "http://127.0.0.1:1";
  await expect(completion({ model, messages, baseURL })).rejects.toMatchObject({
    name: "MissingKeyError",
  });
});

test("a missing key names the variable and where to get one, and nothing is sent", async () => {
  const { client, requests, url } = await wire([]);
  const { completion, explain } = client({ providers: { alpha: { baseURL: url } } });
  await expect(completion({ model, messages })).rejects.toMatchObject({
    name: "MissingKeyError",
    message:
      "alpha/m: no API key for alpha. Set ALPHA_API_KEY, or pass apiKey. Get a key at https://alpha.example/keys.",
  });
  expect(requests).toHaveLength(0);
  expect((await explain({ model, messages })).body).toEqual({ messages, model: "m" });
});

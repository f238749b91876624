/** A provider's 400 about a parameter: mended, sent again, remembered. The words are the providers' own. */
import { mswSimulator } from "@polycall/testing/msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type CapabilityLayer,
  type ClientOptions,
  type CompletionInput,
  createClient,
  type Message,
} from "../src/index.ts";
import { spoken } from "./support/adapters.ts";

const sim = await mswSimulator();
const server = setupServer(...sim.handlers);
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
beforeEach(() => sim.reset());
afterAll(() => server.close());

const names = ["openai", "anthropic", "gemini", "mistral", "groq", "xai"];
const others = ["deepseek", "fireworks", "openrouter", "custom_openai"];
const providers = {
  ...Object.fromEntries([...names, ...others].map((name) => [name, { apiKey: "any" }])),
  // Not one of the simulator's own.
  moonshot: { apiKey: "any", baseURL: "https://api.openai.com/v1" },
};

const messages: Message[] = [{ role: "user", content: "Tell a joke about cats." }];
const fresh = (options: ClientOptions = {}) =>
  createClient({ providers, logLevel: "off", defaults: { maxRetries: 0 }, ...options });

/** OpenAI's envelope. */
const openaiError = (message: string, param?: string, code?: string) => ({
  error: { message, type: "invalid_request_error", param: param ?? null, code: code ?? null },
});
const anthropicError = (message: string) => ({
  type: "error",
  error: { type: "invalid_request_error", message },
  request_id: "req_011Ca7jT9AHpgXgdv8igm4z9",
});
const googleError = (message: string) => ({
  error: { code: 400, message, status: "INVALID_ARGUMENT" },
});

/** The whole reply of one call, streamed or not. */
async function ask(client: ReturnType<typeof createClient>, input: CompletionInput) {
  if (!input.stream) return client.completion({ ...input, stream: false });
  const stream = await client.completion({ ...input, stream: true });
  for await (const _ of stream);
  return stream.final();
}

const bodies = () => sim.requests.map(({ body }) => body as { [key: string]: unknown });

interface Row {
  name: string;
  model: string;
  given: Partial<CompletionInput>;
  status?: number;
  said: unknown;
  /** What of the second body must be so; undefined: absent. */
  mended: { [key: string]: unknown };
  change: { param: string; action: string; rule: string };
  once?: boolean;
}

const rows: Row[] = [
  {
    name: "OpenAI: max_tokens is called otherwise",
    model: "openai/chat/future-1",
    given: { max_tokens: 100 },
    said: openaiError(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "max_tokens",
      "unsupported_parameter",
    ),
    mended: { max_tokens: undefined, max_completion_tokens: 100 },
    change: { param: "max_tokens", action: "renamed", rule: "healed/rename" },
  },
  {
    name: "OpenAI: only the default temperature",
    model: "openai/chat/future-1",
    given: { temperature: 0.2 },
    said: openaiError(
      "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      "temperature",
      "unsupported_value",
    ),
    mended: { temperature: 1 },
    change: { param: "temperature", action: "clamped", rule: "healed/nearest-value" },
  },
  {
    name: "OpenAI: no temperature at all",
    model: "openai/chat/future-1",
    given: { temperature: 0.2 },
    said: openaiError(
      "Unsupported parameter: 'temperature' is not supported with this model.",
      "temperature",
      "unsupported_parameter",
    ),
    mended: { temperature: undefined },
    change: { param: "temperature", action: "dropped", rule: "healed/drop" },
  },
  {
    name: "OpenAI: a temperature below zero",
    model: "openai/responses/gpt-4.1-mini",
    given: { temperature: -1 },
    said: openaiError(
      "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
      "temperature",
      "decimal_below_min_value",
    ),
    mended: { temperature: 0 },
    change: { param: "temperature", action: "clamped", rule: "healed/clamp" },
  },
  {
    name: "OpenAI Responses: another effort",
    model: "openai/responses/future-1",
    given: { reasoning_effort: "minimal" },
    said: openaiError(
      "Unsupported value: 'minimal' is not supported with the 'gpt-5.1' model. Supported values are: 'none', 'low', 'medium', and 'high'.",
      "reasoning.effort",
      "unsupported_value",
    ),
    mended: { reasoning: { effort: "low" } },
    change: { param: "reasoning_effort", action: "clamped", rule: "healed/nearest-value" },
  },
  {
    name: "OpenAI: more tokens than the model writes",
    model: "openai/chat/future-1",
    given: { max_tokens: 8192 },
    said: openaiError(
      "max_tokens is too large: 8192. This model supports at most 4096 completion tokens, whereas you provided 8192.",
      "max_tokens",
    ),
    mended: { max_tokens: 4096 },
    change: { param: "max_tokens", action: "clamped", rule: "healed/clamp" },
  },
  {
    name: "Anthropic: an effort of another model",
    model: "anthropic/claude-future-9",
    given: { reasoning_effort: "xhigh" },
    said: anthropicError(
      "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
    ),
    mended: { output_config: { effort: "high" } },
    change: { param: "reasoning_effort", action: "clamped", rule: "healed/nearest-value" },
  },
  {
    name: "Anthropic: more tokens than the model writes",
    model: "anthropic/claude-future-9",
    given: { max_completion_tokens: 128_001 },
    said: anthropicError(
      "max_tokens: 128001 > 64000, which is the maximum allowed number of output tokens for claude-opus-4-5-20251101",
    ),
    mended: { max_tokens: 64_000 },
    change: { param: "max_completion_tokens", action: "clamped", rule: "healed/clamp" },
  },
  {
    name: "Anthropic: a parameter that has gone",
    model: "anthropic/vendor-model",
    given: { temperature: 0.5 },
    said: anthropicError("`temperature` is deprecated for this model."),
    mended: { temperature: undefined },
    change: { param: "temperature", action: "dropped", rule: "healed/drop" },
  },
  {
    name: "Gemini: no penalties",
    model: "gemini/gemini-2.0-flash",
    given: { presence_penalty: 0.65, frequency_penalty: 0.65 },
    said: googleError("Penalty is not enabled for models/gemini-exp-1206"),
    mended: { generationConfig: undefined },
    change: { param: "presence_penalty", action: "dropped", rule: "healed/drop" },
  },
  {
    name: "Gemini: more tokens than the model writes",
    model: "gemini/gemini-2.0-flash",
    given: { max_tokens: 65_536 },
    said: googleError(
      "Unable to submit request because it has a maxOutputTokens value of 65536 but the supported range is from 1 (inclusive) to 65536 (exclusive). Update the value and try again.",
    ),
    mended: { generationConfig: { maxOutputTokens: 65_535 } },
    change: { param: "max_tokens", action: "clamped", rule: "healed/clamp" },
  },
  {
    name: "Gemini: no thinking to be set",
    model: "gemini/gemini-3-pro-preview",
    given: { reasoning_effort: "high" },
    said: googleError("Thinking level is not supported for this model."),
    mended: { generationConfig: undefined },
    change: { param: "reasoning_effort", action: "dropped", rule: "healed/drop" },
  },
  {
    name: "Mistral: 422 extra_forbidden",
    model: "mistral/mistral-small-latest",
    given: { frequency_penalty: 0.5 },
    status: 422,
    said: {
      object: "error",
      message: {
        detail: [
          {
            type: "extra_forbidden",
            loc: ["body", "frequency_penalty"],
            msg: "Extra inputs are not permitted",
            input: 0.5,
          },
        ],
      },
      type: "invalid_request_error",
      param: null,
      code: null,
    },
    mended: { frequency_penalty: undefined },
    change: { param: "frequency_penalty", action: "dropped", rule: "healed/drop" },
  },
  {
    name: "Groq: an unknown property",
    model: "groq/deepseek-r1-distill-llama-70b",
    given: { reasoning_effort: "high" },
    said: {
      error: {
        message: "property 'reasoning_effort' is unsupported, did you mean 'reasoning_format'?",
        type: "invalid_request_error",
      },
    },
    mended: { reasoning_effort: undefined },
    change: { param: "reasoning_effort", action: "dropped", rule: "healed/drop" },
  },
  {
    name: "Groq: another effort",
    model: "groq/future-oss",
    given: { reasoning_effort: "xhigh" },
    said: {
      error: {
        message: "`reasoning_effort` must be one of `low`, `medium`, or `high`",
        type: "invalid_request_error",
      },
    },
    mended: { reasoning_effort: "high" },
    change: { param: "reasoning_effort", action: "clamped", rule: "healed/nearest-value" },
  },
  {
    name: "xAI: its own spelling of the name",
    model: "xai/grok-future",
    given: { presence_penalty: 0.5 },
    said: {
      code: "Client specified an invalid argument",
      error: "Argument not supported on this model: presencePenalty",
    },
    mended: { presence_penalty: undefined },
    change: { param: "presence_penalty", action: "dropped", rule: "healed/drop" },
  },
  {
    name: "xAI: does not support parameter",
    model: "xai/grok-future",
    given: { reasoning_effort: "low" },
    said: {
      code: "invalid-argument",
      error: "Model grok-4.20-0309-reasoning does not support parameter reasoningEffort.",
    },
    mended: { reasoning_effort: undefined },
    change: { param: "reasoning_effort", action: "dropped", rule: "healed/drop" },
  },
  {
    name: "Moonshot: one temperature",
    model: "moonshot/kimi-k2.6",
    given: { temperature: 0.3 },
    said: {
      error: {
        message: "invalid temperature: only 1 is allowed for this model",
        type: "invalid_request_error",
      },
    },
    mended: { temperature: 1 },
    change: { param: "temperature", action: "clamped", rule: "healed/nearest-value" },
  },
  {
    name: "DeepSeek: more tokens than the model writes",
    model: "deepseek/deepseek-chat",
    given: { max_tokens: 500_000 },
    said: openaiError("Invalid max_tokens value, the valid range of max_tokens is [1, 393216]"),
    mended: { max_tokens: 393_216 },
    change: { param: "max_tokens", action: "clamped", rule: "healed/clamp" },
  },
  {
    name: "Fireworks: a model that does not reason",
    model: "fireworks/accounts/fireworks/models/qwen3p7-plus",
    given: { reasoning_effort: "low" },
    said: { error: { message: "non-reasoning model does not support reasoning_effort" } },
    mended: { reasoning_effort: undefined },
    change: { param: "reasoning_effort", action: "dropped", rule: "healed/drop" },
  },
  {
    name: "OpenRouter: the upstream's words in metadata",
    model: "openrouter/google/gemini-3.8-flash",
    given: { frequency_penalty: 0.5 },
    said: {
      error: {
        message: "Provider returned error",
        code: 400,
        metadata: {
          raw: '{"error":{"code":400,"message":"Penalty is not enabled for this model","status":"INVALID_ARGUMENT"}}',
          provider_name: "Google",
        },
      },
    },
    mended: { frequency_penalty: undefined },
    change: { param: "frequency_penalty", action: "dropped", rule: "healed/drop" },
  },
];

describe.each([false, true])("streamed: %s", (stream) => {
  test.each(rows)("$name", async ({ model, given, status = 400, said, mended, change }) => {
    const client = fresh();
    sim.fault({ status, body: said });
    const reply = await ask(client, { model, messages, ...given, stream } as CompletionInput);
    expect(reply.text).toContain("cats");
    expect(reply.warnings).toContainEqual(expect.objectContaining(change));
    expect(reply.attempts.map((attempt) => attempt.error?.name)).toEqual([
      expect.stringMatching(/BadRequestError|UnprocessableEntityError/),
      undefined,
    ]);
    const second = bodies()[1]!;
    for (const [key, value] of Object.entries(mended)) {
      if (value === undefined) expect(second).not.toHaveProperty(key);
      else
        expect(second[key]).toEqual(
          typeof value === "object" ? expect.objectContaining(value) : value,
        );
    }

    // The next call is planned right at once.
    const again = await ask(client, { model, messages, ...given, stream } as CompletionInput);
    expect(again.attempts).toHaveLength(1);
    expect(again.warnings).toContainEqual(expect.objectContaining(change));
    expect(sim.requests).toHaveLength(3);
    expect(bodies()[2]).toEqual(second);
  });
});

test("two complaints, one after the other, are both mended", async () => {
  const client = fresh();
  const unsupported = (param: string) =>
    openaiError(`Unsupported parameter: '${param}' is not supported with this model.`, param);
  sim.fault({ status: 400, body: unsupported("temperature") });
  sim.fault({ status: 400, body: unsupported("top_p") });
  const input = { model: "openai/chat/future-1", messages, temperature: 0.5, top_p: 0.5 };
  const { warnings } = await client.completion(input);
  expect(warnings.map(({ param }) => param)).toEqual(["temperature", "top_p"]);
  await client.completion(input);
  expect(sim.requests).toHaveLength(4);
});

describe("what is not mended", () => {
  const unsupported = openaiError(
    "Unsupported parameter: 'temperature' is not supported with this model.",
    "temperature",
    "unsupported_parameter",
  );
  const model = "openai/chat/future-1";

  test.each([
    [
      "a meaning (recorded)",
      { web_search_options: {} },
      openaiError("Web search options not supported with this model.", "web_search_options"),
    ],
    [
      "stop",
      { stop: ["x"] },
      openaiError(
        "Unsupported parameter: 'stop' is not supported with this model.",
        "stop",
        "unsupported_parameter",
      ),
    ],
    [
      "tools",
      { tools: [{ type: "function", function: { name: "f" } }] },
      { detail: [{ loc: ["body", "tools"], msg: "Extra inputs are not permitted" }] },
    ],
    ["what stands in extra_body", { extra_body: { temperature: 0.5 } }, unsupported],
    ["what the request does not have", { top_p: 0.5 }, unsupported],
    [
      "a parameter that polycall does not know",
      { min_p: 0.1 },
      openaiError("Unknown parameter: 'min_p'.", "min_p", "unknown_parameter"),
    ],
    [
      "a message's field (recorded)",
      {},
      openaiError(
        "Unsupported value: 'messages[0].role' does not support 'developer' with this model.",
        "messages[0].role",
        "unsupported_value",
      ),
    ],
    [
      "a prompt too long",
      { max_tokens: 64_000 },
      openaiError(
        "'max_tokens' or 'max_completion_tokens' is too large: 64000. This model's maximum context length is 64001 tokens and your request has 24235 input tokens (64000 > 64001 - 24235).",
      ),
    ],
    [
      "money",
      { temperature: 0.5 },
      openaiError("Insufficient balance: temperature: extra inputs are not permitted"),
    ],
  ] as [string, Partial<CompletionInput>, unknown][])("%s", async (_, given, said) => {
    sim.fault({ status: 400, body: said });
    const call = fresh().completion({ model, messages, ...given } as CompletionInput);
    await expect(call).rejects.toMatchObject({ status: 400 });
    expect(sim.requests).toHaveLength(1);
  });

  test.each([401, 403, 404, 409, 429, 500])("a %i in the same words", async (status) => {
    sim.fault({ status, body: unsupported });
    const call = fresh().completion({ model, messages, temperature: 0.5 });
    await expect(call).rejects.toMatchObject({ status });
    expect(sim.requests).toHaveLength(1);
  });

  test('with onUnsupported "error"; the error says what would have been done', async () => {
    sim.fault({ status: 400, body: unsupported });
    const call = fresh().completion({ model, messages, temperature: 0.5, onUnsupported: "error" });
    await expect(call).rejects.toThrow(/without temperature/);
    expect(sim.requests).toHaveLength(1);
  });

  test("the first error is thrown where mending did not help, and nothing is remembered", async () => {
    const store = new Map<string, unknown>();
    const client = fresh({ quirks: store });
    sim.fault({ status: 400, body: unsupported });
    sim.fault({ status: 400, body: openaiError("Something else is wrong.") });
    const call = client.completion({ model, messages, temperature: 0.5 });
    await expect(call).rejects.toMatchObject({
      message: expect.stringContaining("'temperature' is not supported"),
      attempts: [{ status: 400 }, { status: 400 }],
    });
    expect(store.size).toBe(0);
    await client.completion({ model, messages, temperature: 0.5 });
    expect(bodies()[2]).toHaveProperty("temperature", 0.5);
  });

  test("a limit that is met on the second try is retried as ever", async () => {
    sim.fault({ status: 400, body: unsupported });
    sim.fault({ status: 429, retryAfter: { ms: 1 } as never });
    sim.fault({ status: 400, body: unsupported });
    const { attempts, text } = await fresh({ defaults: { maxRetries: 1 } }).completion({
      model,
      messages,
      temperature: 0.5,
    });
    expect(text).toContain("cats");
    expect(attempts.map(({ status }) => status)).toEqual([400, 429, 400, 200]);
  });
});

test("a word that is on no scale is taken where it is the only one but none", async () => {
  const said = openaiError("`reasoning_effort` must be one of `none` or `default`");
  const { reply } = spoken.find(({ name }) => name === "openai chat")!;
  const sent: unknown[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    sent.push(JSON.parse(String(init?.body)));
    return sent.length === 1 ? Response.json(said, { status: 400 }) : Response.json(reply);
  };
  const input = { model: "groq/qwen3-future", messages, reasoning_effort: "high", fetch } as const;
  const { warnings } = await fresh().completion(input);
  expect(sent[1]).toMatchObject({ reasoning_effort: "default" });
  expect(warnings).toContainEqual(expect.objectContaining({ from: "high", to: "default" }));
});

test("a rename is of what was sent, whichever name was asked by", async () => {
  const client = fresh();
  sim.fault({
    status: 400,
    body: openaiError(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "max_tokens",
    ),
  });
  // The row knows max_tokens only.
  const input = { model: "fireworks/future", messages, max_completion_tokens: 100 };
  await client.completion(input);
  await client.completion(input);
  const limits = bodies().map(({ max_tokens, max_completion_tokens }) => [
    max_tokens,
    max_completion_tokens,
  ]);
  expect(limits).toEqual([
    [100, undefined],
    [undefined, 100],
    [undefined, 100],
  ]);
});

test("what the plan sends unasked is left out, too", async () => {
  const client = fresh();
  const said = {
    detail: [{ loc: ["body", "stream_options"], msg: "Extra inputs are not permitted" }],
  };
  sim.fault({ status: 422, body: said });
  const input = { model: "groq/llama-3.3-70b-versatile", messages, stream: true } as const;
  await ask(client, input);
  await ask(client, input);
  expect(bodies().map((body) => "stream_options" in body)).toEqual([true, false, false]);
});

test("Responses' own names of parameters are known", async () => {
  const client = fresh();
  sim.fault({
    status: 400,
    body: openaiError(
      "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
      "reasoning.effort",
      "unsupported_parameter",
    ),
  });
  const model = "openai/responses/future-1";
  await client.completion({ model, messages, reasoning_effort: "low" });
  expect(bodies().map((body) => "reasoning" in body)).toEqual([true, false]);
});

test("what hangs on another parameter is mended and not remembered", async () => {
  const client = fresh();
  const said = openaiError(
    "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
  );
  const input = { model: "custom_openai/claude", messages, temperature: 0.5, top_p: 0.5 };
  const baseURL = "https://api.openai.com/v1";
  sim.fault({ status: 400, body: said });
  await client.completion({ ...input, baseURL });
  expect(bodies()[1]).toMatchObject({ temperature: 0.5 });
  expect(bodies()[1]).not.toHaveProperty("top_p");
  await client.completion({ ...input, baseURL });
  expect(bodies()[2]).toMatchObject({ temperature: 0.5, top_p: 0.5 });
});

test("20 calls at once all succeed and learn once", async () => {
  let writes = 0;
  const store = new Map<string, readonly CapabilityLayer[]>();
  const client = fresh({
    quirks: {
      get: (key) => store.get(key),
      set(key, layers) {
        writes++;
        store.set(key, layers);
      },
    },
  });
  const said = openaiError(
    "Unsupported parameter: 'temperature' is not supported with this model.",
    "temperature",
  );
  sim.fault({ status: 400, body: said, times: 20 });
  const input = { model: "openai/chat/future-1", messages, temperature: 0.5 };
  const replies = await Promise.all(Array.from({ length: 20 }, () => client.completion(input)));
  expect(replies.map(({ text }) => text.includes("cats"))).toEqual(Array(20).fill(true));
  expect(sim.requests).toHaveLength(40);
  expect(writes).toBe(1);
  expect([...store]).toEqual([
    [
      "openai/chat/future-1",
      [
        {
          layer: "learned",
          of: "openai/chat/future-1",
          facts: { params: { temperature: false } },
          source: expect.stringContaining("'temperature' is not supported with this model"),
          date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
          rule: "healed/drop",
        },
      ],
    ],
  ]);

  // Exported and imported as JSON, it serves another client from the first call on.
  sim.reset();
  const copy = new Map<string, unknown>(JSON.parse(JSON.stringify([...store])));
  await fresh({ quirks: copy }).completion(input);
  expect(bodies()).toHaveLength(1);
  expect(bodies()[0]).not.toHaveProperty("temperature");
});

test.each([
  ["not a list", "nonsense"],
  ["no facts", [{ layer: "learned", of: "m", source: "s", date: "2026-11-25" }]],
  ["a parameter that there is not", [learned({ params: { temprature: false } })]],
  ["limits that are none", [learned({ params: { temperature: { max: "1" } } })]],
  ["null", [null]],
])(
  "a stored entry that is malformed (%s) is left out with a line in the log",
  async (_, stored) => {
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const logger = { debug: log, info: log, warn: log, error: log };
    const quirks = new Map<string, unknown>([["openai/chat/future-1", stored]]);
    const client = fresh({ quirks, logger, logLevel: "warn" });
    await client.completion({ model: "openai/chat/future-1", messages, temperature: 0.5 });
    expect(bodies()[0]).toHaveProperty("temperature", 0.5);
    expect(lines).toEqual([
      expect.stringMatching(/stored quirk is left out: quirks\["openai\/chat\/future-1"\]\[0\]/),
    ]);
  },
);

function learned(facts: unknown) {
  return { layer: "learned", of: "m", facts, source: "s", date: "2026-11-25" };
}

test("a store that fails costs no call", async () => {
  const quirks = {
    get: () => Promise.reject(new Error("down")),
    set: () => Promise.reject(new Error("down")),
  };
  const client = fresh({ quirks });
  sim.fault({
    status: 400,
    body: openaiError("Unsupported parameter: 'temperature' is not supported with this model."),
  });
  const { text } = await client.completion({
    model: "openai/chat/future-1",
    messages,
    temperature: 0.5,
  });
  expect(text).toContain("cats");
});

test("a model of the same name at another address is another model", async () => {
  const client = fresh();
  sim.fault({
    status: 400,
    body: openaiError("Unsupported parameter: 'temperature' is not supported with this model."),
  });
  const input = { model: "custom_openai/m", messages, temperature: 0.5 };
  await client.completion({ ...input, baseURL: "https://api.openai.com/v1" });
  await client.completion({ ...input, baseURL: "https://api.groq.com/openai/v1" });
  expect(bodies()[1]).not.toHaveProperty("temperature");
  expect(bodies()[2]).toHaveProperty("temperature", 0.5);
});

describe("reasoning state that cannot be read any more", () => {
  const thinking = { type: "thinking", thinking: "Cats.", signature: "not-a-signature" };
  const history = (state: object): Message[] => [
    messages[0]!,
    { role: "assistant", content: "A joke.", ...state } as Message,
    { role: "user", content: "Another one about cats." },
  ];

  test.each([
    [
      "Anthropic",
      "anthropic/claude-sonnet-4-5",
      history({ thinking_blocks: [thinking] }),
      anthropicError("messages.1.content.0: Invalid `signature` in `thinking` block"),
    ],
    [
      "OpenAI",
      "openai/responses/gpt-5.6-luna",
      history({
        provider_state: [
          {
            provider: "openai",
            model: "gpt-5.6-luna",
            endpoint: "responses",
            items: [
              { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAA" },
              {
                type: "message",
                id: "msg_1",
                role: "assistant",
                status: "completed",
                content: [{ type: "output_text", text: "A joke.", annotations: [] }],
              },
            ],
          },
        ],
      }),
      openaiError(
        "The encrypted content gAAA...DQ== could not be verified.",
        undefined,
        "invalid_encrypted_content",
      ),
    ],
  ])("%s: sent again without", async (_, model, messages, said) => {
    const client = fresh();
    sim.fault({ status: 400, body: said });
    const reply = await client.completion({ model, messages, reasoning_effort: "low" });
    expect(JSON.stringify(bodies()[0])).toMatch(/not-a-signature|gAAA/);
    expect(JSON.stringify(bodies()[1])).not.toMatch(/not-a-signature|gAAA/);
    expect(JSON.stringify(bodies()[1])).toContain("A joke.");
    expect(reply.warnings).toContainEqual(
      expect.objectContaining({ param: "messages", rule: "healed/strip-reasoning-state" }),
    );
  });
});

/** Whatever is asked, what goes out is what OpenAI's own types and rules take, as the simulator checks them. */
import { BadRequestError, type CompletionInput, createClient, PolycallError } from "@polycall/core";
import { simulator } from "@polycall/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { azure, hosts, openai } from "../src/index.ts";

type Json = { [key: string]: unknown };

const { constant, constantFrom, record } = fc;
/** A record whose undefined values are absent. */
const defined = (shape: { [key: string]: fc.Arbitrary<unknown> }) =>
  record(shape).map(
    (made): Json =>
      Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)),
  );

const text = constantFrom("a", "Größe", " ", "");
const cache_control = constantFrom(undefined, { type: "ephemeral" });
const textPart = defined({ type: constant("text"), text, cache_control });
const media = constantFrom<Json>(
  { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
  { type: "image_url", image_url: { url: "https://x.test/a.png" } },
  { type: "file", file: { file_data: "data:application/pdf;base64,AAAA", filename: "a.pdf" } },
  { type: "file", file: { file_id: "file-1" } },
);
const texts = fc.oneof(text, fc.array(textPart, { minLength: 1, maxLength: 2 }));
const content = fc.oneof(text, fc.array(fc.oneof(textPart, media), { minLength: 1, maxLength: 3 }));
const ids = constantFrom("c1", "c2", "x".repeat(50), "functions.f:0");
const call = fc.oneof(
  record({
    id: ids,
    type: constant("function"),
    function: record({
      name: constantFrom("f", "my.tool/x"),
      arguments: constantFrom("{}", "", '{"a":1}', "not json", "[1]"),
    }),
  }),
  record({
    id: ids,
    type: constant("custom"),
    custom: record({ name: constant("run"), input: text }),
  }),
);
const stateOf = (provider: string, endpoint: string, items: Json[]) => [
  { provider, model: "m", endpoint, items },
];
const assistant = defined({
  role: constant("assistant"),
  content: fc.oneof(texts, constantFrom(null, [{ type: "refusal", refusal: "No." }])),
  name: constantFrom(undefined, "bob"),
  refusal: constantFrom(undefined, null, "No."),
  tool_calls: fc.option(fc.array(call, { maxLength: 2 }), { nil: undefined }),
  function_call: constantFrom(undefined, undefined, null, { name: "f", arguments: "{}" }),
  audio: constantFrom(undefined, null, { id: "audio_1" }),
  annotations: constantFrom(undefined, []),
  reasoning_content: constantFrom(undefined, null, "Hm."),
  thinking_blocks: constantFrom(undefined, [{ type: "thinking", thinking: "t", signature: "s" }]),
  provider_state: constantFrom(
    undefined,
    stateOf("anthropic", "messages", [{ type: "thinking", thinking: "t", signature: "s" }]),
    stateOf("openrouter", "chat/completions", [{ type: "reasoning.text", text: "t", index: 0 }]),
  ),
});
const message = fc.oneof(
  defined({ role: constantFrom("system", "developer"), content: texts }),
  defined({ role: constant("user"), content, name: constantFrom(undefined, "ann") }),
  assistant,
  record({ role: constant("tool"), tool_call_id: ids, content }),
  record({ role: constant("function"), name: constant("f"), content: constantFrom("1", null) }),
);
const schema = constantFrom<Json>(
  { type: "object", properties: { a: { type: "string", minLength: 2 } } },
  { type: "object", properties: { a: { $ref: "#/$defs/A" } }, $defs: { A: { type: "string" } } },
  { anyOf: [{ type: "object", properties: { k: { const: 1 } } }, { type: "object" }] },
  { type: "object", additionalProperties: { type: "number" } },
  {},
);
const strict = constantFrom(undefined, null, true, false);
const tools = fc
  .uniqueArray(
    fc.oneof(
      defined({
        name: constantFrom("f", "my.tool/x", "long".repeat(20)),
        parameters: schema,
        strict,
      }).map((fn) => ({ type: "function", function: fn, name: fn.name })),
      constant({ type: "custom", custom: { name: "run" }, name: "run" }),
    ),
    { maxLength: 3, selector: ({ name }) => name },
  )
  .map((list) => list.map(({ name: _, ...tool }) => tool));
const request = defined({
  model: constantFrom(
    ...["openai/gpt-4.1-mini", "openai/gpt-5-mini", "openai/gpt-5.6-luna", "openai/gpt-6.2"],
    ...["openai/o3", "openai/responses/gpt-4.1", "openai/responses/gpt-5", "azure/gpt-4o"],
    ...["openrouter/a/b", "groq/llama-3", "deepseek/deepseek-v4-flash"],
  ),
  messages: fc
    .tuple(fc.array(message, { maxLength: 5 }), content)
    .map(([history, asked]) => [...history, { role: "user", content: asked }]),
  tools: fc.option(tools, { nil: undefined }),
  tool_choice: constantFrom<unknown>(
    ...[undefined, "auto", "none", "required", { type: "function", function: { name: "f" } }],
    {
      type: "allowed_tools",
      allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
    },
  ),
  parallel_tool_calls: constantFrom(undefined, true, false),
  response_format: fc.oneof(
    constantFrom(undefined, undefined, { type: "text" }, { type: "json_object" }),
    defined({ name: constant("r"), schema, strict }).map((json_schema) => ({
      type: "json_schema",
      json_schema,
    })),
  ),
  temperature: constantFrom(undefined, null, 0, 1.9),
  seed: constantFrom(undefined, 3),
  stop: constantFrom(undefined, undefined, "x", []),
  max_tokens: constantFrom(undefined, 50),
  max_completion_tokens: constantFrom(undefined, 5),
  logprobs: constantFrom(undefined, false),
  reasoning_effort: constantFrom(undefined, "none", "minimal", "xhigh", "max"),
  thinking: constantFrom(undefined, { type: "enabled", budget_tokens: 2000 }, { type: "disabled" }),
  verbosity: constantFrom(undefined, "low"),
  metadata: constantFrom(undefined, { a: "b" }),
  store: constantFrom(undefined, true),
  prediction: constantFrom(undefined, { type: "content", content: "abc" }),
  logit_bias: constantFrom(undefined, { "1": 2 }),
  web_search_options: constantFrom<unknown>(undefined, undefined, undefined, {
    user_location: { type: "approximate", approximate: { city: "Bern" } },
  }),
  presence_penalty: constantFrom(undefined, 1),
  stream: fc.boolean(),
  stream_options: constantFrom(undefined, { include_usage: false }),
});

test("no request that was not refused here is a bad request there", async () => {
  await using server = await simulator();
  const adapters = { openai, azure, ...hosts };
  const known = Object.entries(server.providers).filter(([name]) => name in adapters);
  const { completion } = createClient({
    adapters,
    providers: Object.fromEntries(known.map(([name, address]) => [name, { ...address }])),
    defaults: { maxRetries: 0 },
    logLevel: "off",
  });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(request, async (asked) => {
      try {
        const reply = await completion(asked as unknown as CompletionInput);
        if ("final" in reply) await reply.final();
        answered++;
      } catch (error) {
        // Refused before sending, or a reply that the limit on tokens cut.
        expect(error).toBeInstanceOf(PolycallError);
        expect(error).not.toBeInstanceOf(BadRequestError);
      }
    }),
    { numRuns: 250 },
  );
  expect(answered).toBeGreaterThan(60);
}, 60_000);

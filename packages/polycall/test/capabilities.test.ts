/** What a user says of a model: it goes over what polycall knows, and a mistake in it is named. */
import { describe, expect, test } from "vitest";
import * as polycall from "../src/index.ts";
import {
  type CapabilityFacts,
  type CompletionInput,
  createClient,
  type Message,
} from "../src/index.ts";

const messages: Message[] = [{ role: "user", content: "Hello" }];
const fresh = () => createClient({ logLevel: "off" });

async function planned(facts: Record<string, CapabilityFacts>, input: Partial<CompletionInput>) {
  const client = fresh();
  for (const [pattern, said] of Object.entries(facts)) {
    await client.registerCapabilities(pattern, said);
  }
  const model = Object.keys(facts)[0]!.replace("*", "x");
  return client.explain({ model, messages, ...input } as CompletionInput);
}

describe("params, on every provider", () => {
  test.each([
    "openai/gpt-4.1",
    "openai/responses/gpt-4.1",
    "azure/mine",
    "anthropic/claude-haiku-4-5",
    "gemini/gemini-2.5-flash",
    "vertex/gemini-2.5-flash",
    "ollama/llama3.2",
    "groq/llama-3.3-70b-versatile",
    "custom_openai/m",
  ])("%s takes no temperature", async (model) => {
    const facts = { [model]: { params: { temperature: false } } };
    const { body, changes } = await planned(facts, { temperature: 0.5, max_tokens: 100 });
    expect(JSON.stringify(body)).not.toContain("emperature");
    expect(changes).toContainEqual({
      param: "temperature",
      action: "dropped",
      from: 0.5,
      reason: `${model}, by registerCapabilities(), takes no temperature`,
    });
  });

  test("limits, values, names", async () => {
    const params = {
      max_tokens: { max: 8192, name: "max_new_tokens" },
      temperature: { min: 0.1, max: 1 },
      reasoning_effort: { values: ["low", "high"] },
      top_k: { values: [1, 10, 40] },
      service_tier: { values: ["flex", "default"] },
      verbosity: { values: ["medium"] },
    };
    const { body, changes } = await planned(
      { "custom_openai/m": { params } },
      {
        max_tokens: 10_000,
        temperature: 1.5,
        reasoning_effort: "medium",
        top_k: 30,
        service_tier: "priority",
        verbosity: "high",
      },
    );
    expect(body).toEqual({
      model: "m",
      messages,
      max_new_tokens: 8192,
      temperature: 1,
      reasoning_effort: "high",
      top_k: 40,
      verbosity: "medium",
    });
    const told = changes.map(({ param, action, from, to }) => [param, action, from, to]);
    expect(told).toEqual([
      ["max_tokens", "clamped", 10_000, 8192],
      ["temperature", "clamped", 1.5, 1],
      ["reasoning_effort", "clamped", "medium", "high"],
      ["top_k", "clamped", 30, 40],
      ["service_tier", "dropped", "priority", undefined],
      ["verbosity", "clamped", "high", "medium"],
      ["max_tokens", "renamed", undefined, "max_new_tokens"],
    ]);
  });

  test("what fits is left alone, without a change", async () => {
    const params = { temperature: { max: 1 }, reasoning_effort: { values: ["low"] } };
    const given = { temperature: 0.5, reasoning_effort: "low" } as const;
    const { body, changes } = await planned({ "custom_openai/m": { params } }, given);
    expect(body).toMatchObject(given);
    expect(changes).toEqual([]);
  });

  test("max_tokens and max_completion_tokens are one bound", async () => {
    const facts = { "anthropic/claude-haiku-4-5": { params: { max_tokens: { max: 100 } } } };
    const { body } = await planned(facts, { max_completion_tokens: 500 });
    expect(body).toMatchObject({ max_tokens: 100 });
  });

  test("a meaning is refused, an n of 1 is no question", async () => {
    const facts = { "custom_openai/m": { params: { n: false, stop: false } } } as const;
    await expect(planned(facts, { n: 2 })).rejects.toMatchObject({
      name: "UnsupportedParamsError",
      param: "n",
    });
    await expect(planned(facts, { stop: "x" })).rejects.toMatchObject({ param: "stop" });
    expect((await planned(facts, { n: 1 })).changes).toEqual([]);
    const few = { "custom_openai/m": { params: { n: { max: 4 } } } };
    await expect(planned(few, { n: 5 })).rejects.toMatchObject({ param: "n" });
    expect((await planned(few, { n: 4 })).body).toMatchObject({ n: 4 });
  });

  test("onUnsupported rules here, too; extra_body wins", async () => {
    const facts = { "custom_openai/m": { params: { temperature: false } } } as const;
    const strict = planned(facts, { temperature: 0.5, onUnsupported: "error" });
    await expect(strict).rejects.toMatchObject({ param: "temperature" });
    const { body } = await planned(facts, { extra_body: { temperature: 0.5 } });
    expect(body).toMatchObject({ temperature: 0.5 });
  });

  test("true says that a host takes what its row says it lacks", async () => {
    const facts = { "groq/llama-3.3-70b-versatile": { params: { logprobs: true } } } as const;
    const { body, changes } = await planned(facts, { logprobs: true });
    expect(body).toMatchObject({ logprobs: true });
    expect(changes).toEqual([]);
  });
});

describe("an adapter's own facts", () => {
  test.each([
    [
      "openai/gpt-9",
      { efforts: ["low", "high"] },
      { reasoning: { effort: "high" } },
      "max",
      { tools: true },
    ],
    ["openai/gpt-4.1", { responsesOnly: true }, { input: [expect.anything()] }, undefined, {}],
    [
      "anthropic/claude-opus-6",
      { efforts: ["low", "high"] },
      { output_config: { effort: "high" } },
      "max",
      {},
    ],
    ["anthropic/claude-opus-6", { maxOutput: 9000 }, { max_tokens: 9000 }, undefined, {}],
    [
      "gemini/gemini-9",
      { thinking: { kind: "budget", min: 1, max: 99, off: true } },
      { generationConfig: { thinkingConfig: { thinkingBudget: 99, includeThoughts: true } } },
      "high",
      {},
    ],
    ["ollama/qwen9", { thinking: "levels" }, { think: "high" }, "max", {}],
  ] as [string, CapabilityFacts, object, CompletionInput["reasoning_effort"], { tools?: true }][])(
    "%s %j",
    async (model, facts, sent, reasoning_effort, { tools }) => {
      const input = {
        ...(reasoning_effort && { reasoning_effort }),
        ...(tools && { tools: [{ type: "function", function: { name: "f" } }] }),
      } as Partial<CompletionInput>;
      const forced = tools ? model.replace("/", "/responses/") : model;
      const client = fresh();
      await client.registerCapabilities(forced, facts);
      const { body } = await client.explain({ model: forced, messages, ...input });
      expect(body).toMatchObject(sent);
    },
  );

  test("a longer pattern wins over a shorter one, a later one over an earlier", async () => {
    const client = fresh();
    await client.registerCapabilities("anthropic/claude-opus-6", { maxOutput: 1 });
    await client.registerCapabilities("anthropic/*", { maxOutput: 2, efforts: ["low"] });
    await client.registerCapabilities("anthropic/claude-opus-*", { maxOutput: 3 });
    const most = async (model: string) =>
      (await client.explain({ model, messages, reasoning_effort: "high" })).body;
    expect(await most("anthropic/claude-opus-6")).toMatchObject({
      max_tokens: 1,
      output_config: { effort: "low" },
    });
    expect(await most("anthropic/claude-opus-7")).toMatchObject({ max_tokens: 3 });
    expect(await most("anthropic/claude-haiku-9")).toMatchObject({ max_tokens: 2 });
    await client.registerCapabilities("anthropic/claude-opus-6", { maxOutput: 4 });
    expect(await most("anthropic/claude-opus-6")).toMatchObject({ max_tokens: 4 });
  });

  test("a forced endpoint does not make another model", async () => {
    const client = fresh();
    await client.registerCapabilities("openai/gpt-9", { params: { temperature: false } });
    for (const model of ["openai/gpt-9", "openai/chat/gpt-9", "openai/responses/gpt-9"]) {
      const { body } = await client.explain({ model, messages, temperature: 0.5 });
      expect(body).not.toHaveProperty("temperature");
    }
  });

  test("they are told by explain(), with layer and source", async () => {
    const client = fresh();
    await client.registerCapabilities("anthropic/claude-opus-4-6", { maxOutput: 9000 });
    const model = "anthropic/claude-opus-4-6";
    const { capabilities } = await client.explain({ model, messages });
    expect(capabilities.map(({ layer }) => layer)).toEqual([
      "provider",
      ...["family", "family", "family"],
      "user",
    ]);
    for (const { source, date } of capabilities.slice(0, -1)) {
      expect(source).toMatch(/^https:\/\/|@\d/);
      expect(date).toMatch(/^2026-\d\d-\d\d$/);
    }
    expect(capabilities.at(-1)).toMatchObject({
      of: model,
      facts: { maxOutput: 9000 },
      source: "registerCapabilities",
    });
  });

  test("one client's words are not another's; the default client has its own", async () => {
    const model = "anthropic/claude-opus-6";
    await polycall.registerCapabilities(model, { maxOutput: 77 });
    expect((await polycall.explain({ model, messages })).body).toMatchObject({ max_tokens: 77 });
    expect((await fresh().explain({ model, messages })).body).toMatchObject({ max_tokens: 32_000 });
  });
});

describe("a mistake is refused with the path and the reason, and the shipped facts stay", () => {
  const path = 'capabilities["anthropic/claude-opus-4-6"]';
  test.each([
    ["no object", "x", path, "must be an object of facts"],
    ["an unknown fact", { effort: ["low"] }, `${path}.effort`, 'Did you mean "efforts"'],
    [
      "an effort that there is not",
      { efforts: ["low", "hihg"] },
      `${path}.efforts[1]`,
      "must be one of",
    ],
    ["no list", { efforts: "low" }, `${path}.efforts`, "must be an array"],
    ["no integer", { maxOutput: 1.5 }, `${path}.maxOutput`, "integer"],
    ["less than nothing", { maxOutput: -1 }, `${path}.maxOutput`, "integer"],
    ["no boolean", { prefill: "yes" }, `${path}.prefill`, "true or false"],
    ["an unknown word", { thinking: "often" }, `${path}.thinking`, "must be one of none, budget"],
    ["params that are none", { params: [] }, `${path}.params`, "must be an object"],
    [
      "an unknown parameter",
      { params: { temprature: false } },
      `${path}.params.temprature`,
      'Did you mean "temperature"',
    ],
    [
      "a parameter that must be",
      { params: { messages: false } },
      `${path}.params.messages`,
      "cannot be said otherwise",
    ],
    ["a null", { params: { temperature: null } }, `${path}.params.temperature`, "not null"],
    [
      "an unknown limit",
      { params: { temperature: { most: 1 } } },
      `${path}.params.temperature.most`,
      'no limit "most"',
    ],
    [
      "a limit that is no number",
      { params: { temperature: { max: "1" } } },
      `${path}.params.temperature.max`,
      "must be a number",
    ],
    [
      "no number at all",
      { params: { temperature: { max: Number.NaN } } },
      `${path}.params.temperature.max`,
      "must be a number",
    ],
    [
      "limits that cross",
      { params: { temperature: { min: 2, max: 1 } } },
      `${path}.params.temperature`,
      "more than max",
    ],
    [
      "no values",
      { params: { temperature: { values: [] } } },
      `${path}.params.temperature.values`,
      "not empty",
    ],
    [
      "a value that is none",
      { params: { seed: { values: [1, {}] } } },
      `${path}.params.seed.values[1]`,
      "a text, a number",
    ],
    [
      "an empty name",
      { params: { seed: { name: "" } } },
      `${path}.params.seed.name`,
      "must be a name",
    ],
  ] as [string, unknown, string, string][])("%s", async (_, facts, param, reason) => {
    const client = fresh();
    const input = {
      model: "anthropic/claude-opus-4-6",
      messages,
      temperature: 0.5,
      reasoning_effort: "max",
    } as const;
    const before = await client.explain(input);
    const said = client.registerCapabilities(input.model, facts as CapabilityFacts);
    await expect(said).rejects.toMatchObject({
      name: "InvalidRequestError",
      param,
      message: expect.stringContaining(reason),
    });
    expect(await client.explain(input)).toEqual(before);
  });

  test("a provider that there is not, a pattern that is none", async () => {
    const client = fresh();
    await expect(client.registerCapabilities("antropic/x", {})).rejects.toThrow(/Did you mean/);
    await expect(client.registerCapabilities("anthropic/*-5", {})).rejects.toThrow(
      /at the end only/,
    );
    await expect(client.registerCapabilities("anthropic", {})).rejects.toThrow(/names no provider/);
  });

  test("what is said is copied: a later edit of it changes nothing", async () => {
    const client = fresh();
    const facts = { maxOutput: 5 };
    await client.registerCapabilities("anthropic/claude-opus-6", facts);
    facts.maxOutput = 6;
    const { body } = await client.explain({ model: "anthropic/claude-opus-6", messages });
    expect(body).toMatchObject({ max_tokens: 5 });
  });
});

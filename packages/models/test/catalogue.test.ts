/** What ships is well formed and sourced; what a user registers is checked and wins. */
import { InvalidRequestError } from "@polycall/core";
import { expect, test, vi } from "vitest";
import { checkPatch } from "../src/check.ts";
import { overlay } from "../src/data/overlay.ts";
import type { ModelEntry, ModelPatch } from "../src/index.ts";

/** A catalogue of this test's own: what it registers, no other sees. */
async function fresh() {
  vi.resetModules();
  const { modelsOf, providers } = await import("../src/catalogue.ts");
  return { modelsOf, providers, ...(await import("../src/index.ts")) };
}

const usage = { prompt_tokens: 1_000_000, completion_tokens: 0, total_tokens: 1_000_000 };
function reply(model: string) {
  return {
    id: "1",
    object: "chat.completion" as const,
    created: 0,
    model,
    choices: [],
    usage,
  };
}

test("every shipped entry is well formed and says where it is from", async () => {
  const { modelsOf, providers } = await fresh();
  let entries = 0;
  for (const provider of providers()) {
    for (const [id, entry] of modelsOf(provider)) {
      checkPatch(entry, `${provider}/${id}`);
      expect(entry.sources.length, `${provider}/${id}`).toBeGreaterThan(0);
      entries++;
    }
  }
  expect(entries).toBeGreaterThan(1000);
});

test("no entry says 0 for what is not known", async () => {
  const { modelsOf, providers } = await fresh();
  const zeros: string[] = [];
  for (const provider of providers()) {
    for (const { id, price } of modelsOf(provider).values()) {
      if (price?.input === 0 || price?.output === 0) zeros.push(`${provider}/${id}`);
    }
  }
  // Given away, and said to be.
  const free = /^openrouter\/.*:free$|^zai\/glm-4\.(?:5|6v|7)-flash$/;
  expect(zeros.filter((model) => !free.test(model))).toEqual([]);
});

test("every line of the overlay is well formed and has a source and a day", () => {
  for (const patch of overlay) {
    checkPatch(patch, `${patch.provider}/${patch.id}`);
    expect(patch.sources).toEqual([
      { url: expect.stringMatching(/^https:/), date: expect.stringMatching(/^2026-/) },
    ]);
  }
});

test("the overlay lies over the snapshot, and both are named as sources", async () => {
  const { models } = await fresh();
  expect(models.get("openai/gpt-5")).toMatchObject({
    name: "GPT-5",
    contextWindow: 400_000,
    shutdown: "2026-12-11",
    successor: "gpt-6.1-sol",
    sources: [
      { url: "https://models.dev/api.json", date: "2026-09-30" },
      { url: "https://developers.openai.com/api/docs/deprecations", date: "2026-11-23" },
    ],
  });
  expect(models.get("anthropic/claude-sonnet-5-5")?.price).toEqual({
    input: 2,
    output: 10,
    cacheRead: 0.1,
    cacheWrite: 2.5,
    cacheWrite1h: 4,
  });
});

test("a model of the user's own is found, and its replies are priced", async () => {
  const { models, pricing, registerModel } = await fresh();
  registerModel({ provider: "mycompany", id: "large", contextWindow: 8000, price: { input: 3 } });
  expect(models.get("mycompany/large")).toEqual({
    provider: "mycompany",
    id: "large",
    contextWindow: 8000,
    price: { input: 3 },
    sources: [],
  });
  expect(pricing.cost("mycompany", "large", reply("large"))?.total).toBe(3);
});

test("what is registered wins, from the next reply on", async () => {
  const { models, pricing, registerModel } = await fresh();
  expect(pricing.cost("openai", "gpt-4o-mini", reply("gpt-4o-mini"))?.total).toBe(0.15);
  registerModel({ provider: "openai", id: "gpt-4o-mini", price: { input: 9 } });
  expect(pricing.cost("openai", "gpt-4o-mini", reply("gpt-4o-mini"))?.total).toBe(9);
  expect(models.get("openai/gpt-4o-mini")).toMatchObject({
    name: "GPT-4o mini",
    contextWindow: 128_000,
  });
});

test("a later edit of what was handed in changes nothing", async () => {
  const { models, registerModel } = await fresh();
  const price = { input: 9, output: 9 };
  registerModel({ provider: "openai", id: "gpt-4o-mini", price });
  price.input = -1;
  expect(models.get("openai/gpt-4o-mini")?.price?.input).toBe(9);
});

const bad: [string, unknown][] = [
  ["registerModel must be an object", undefined],
  ["registerModel must be an object", "openai/gpt-4o-mini"],
  ["registerModel.id must be given", { provider: "openai" }],
  ["registerModel.provider must be given", { id: "x" }],
  ["registerModel.provider must be the prefix", { provider: "a/b", id: "x" }],
  [
    'registerModel has no field "contextwindow"; it has provider, id,',
    { provider: "openai", id: "x", contextwindow: 1 },
  ],
  [
    "registerModel.contextWindow must be a whole number of tokens above 0, not 0",
    { provider: "openai", id: "x", contextWindow: 0 },
  ],
  [
    'registerModel.price.input must be dollars per million tokens, from 0 to 1,000,000, not "3"',
    { provider: "openai", id: "x", price: { input: "3" } },
  ],
  [
    "registerModel.price.output must be dollars per million tokens, from 0 to 1,000,000, not -1",
    { provider: "openai", id: "x", price: { output: -1 } },
  ],
  [
    "registerModel.price.output must be dollars",
    { provider: "openai", id: "x", price: { output: Number.NaN } },
  ],
  ['registerModel.price has no field "in"', { provider: "openai", id: "x", price: { in: 1 } }],
  [
    "registerModel.price.tiers[1].above must be more than 9, the tier before it, not 9",
    { provider: "openai", id: "x", price: { tiers: [{ above: 9 }, { above: 9 }] } },
  ],
  [
    "registerModel.price.tiers[0].above must be given",
    { provider: "openai", id: "x", price: { tiers: [{ input: 1 }] } },
  ],
  [
    "registerModel.price.services.flex.input must be dollars",
    { provider: "openai", id: "x", price: { services: { flex: { input: null } } } },
  ],
  [
    'registerModel.shutdown must be a day such as 2026-12-31, not "soon"',
    { provider: "openai", id: "x", shutdown: "soon" },
  ],
  [
    'registerModel.kind must be one of chat, reasoning, hybrid, embedding, not "agent"',
    { provider: "openai", id: "x", kind: "agent" },
  ],
  [
    "registerModel.input[0] must be one of text,",
    { provider: "openai", id: "x", input: ["smell"] },
  ],
];

test.each(bad)("refused: %s", async (message, patch) => {
  const { models, registerModel } = await fresh();
  const before = models.get("openai/gpt-4o-mini") as ModelEntry;
  const given =
    patch && typeof patch === "object" && "id" in patch && patch.id === "x"
      ? { ...patch, id: "gpt-4o-mini" }
      : patch;
  let thrown: unknown;
  try {
    registerModel(given as ModelPatch);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(InvalidRequestError);
  expect((thrown as Error).message).toContain(message);
  // The shipped one stays in force.
  expect(models.get("openai/gpt-4o-mini")).toEqual(before);
});

/** Models that fit a need, ranked with reasons; models side by side. */
import { expect, test } from "vitest";
import { models } from "../src/index.ts";

const now = new Date("2026-11-25T12:00:00Z");

test("the cheapest of OpenAI's with tools and a million tokens", () => {
  const [first] = models.find({ provider: "openai", needs: ["tools"], minContext: 1e6, now });
  expect(first).toMatchObject({
    model: "openai/gpt-6-luna",
    price: 0.2, // (3 x 0.10 + 0.50) / 4
    reasons: ["hybrid", "tools", "context 1050000", "$0.2 per million tokens (3 read : 1 written)"],
  });
});

test("every part of the query is met by all that are found", () => {
  const found = models.find({
    provider: ["anthropic", "gemini"],
    needs: ["tools", "structuredOutput", "reasoning", "image", "pdf"],
    minContext: 500_000,
    maxPrice: 5,
    open: false,
    now,
  });
  expect(found.length).toBeGreaterThan(3);
  for (const { model, entry, price } of found) {
    expect(model).toMatch(/^(?:anthropic|gemini)\//);
    expect(entry).toMatchObject({ tools: true, structuredOutput: true, openWeights: false });
    expect(entry.kind).toMatch(/^(?:reasoning|hybrid)$/);
    expect(entry.input).toEqual(expect.arrayContaining(["image", "pdf"]));
    expect(entry.contextWindow).toBeGreaterThanOrEqual(500_000);
    expect(price).toBeLessThanOrEqual(5);
  }
  const prices = found.map(({ price }) => price!);
  expect(prices).toEqual(prices.toSorted((a, b) => a - b));
});

test("what is not known does not meet a bound, and goes last without one", () => {
  const bounded = models.find({ provider: "openai", maxPrice: 1e6, now });
  expect(bounded.filter(({ price }) => price === undefined)).toEqual([]);
  const all = models.find({ provider: "openai", now });
  expect(all.at(-1)?.price).toBeUndefined();
  expect(all.length).toBeGreaterThan(bounded.length);
});

test("a model that is off is not found; one that will be says when, and what comes after", () => {
  const at = (day: string) =>
    models
      .find({ provider: "openai", now: new Date(day) })
      .find(({ entry }) => entry.id === "gpt-5");
  expect(at("2026-12-10")?.reasons).toContain("shuts down on 2026-12-11; then gpt-6.1-sol");
  expect(at("2026-12-11")).toBeUndefined();
});

test.each([
  ["newest", ["claude-haiku-5-5", "claude-sonnet-5-5"]],
  ["price", ["claude-haiku-5-5", "claude-haiku-4-5"]],
] as const)("Anthropic's sorted by %s begin with %j", (sort, first) => {
  const found = models.find({ provider: "anthropic", needs: ["tools"], sort, now });
  expect(found.slice(0, 2).map(({ entry }) => entry.id)).toEqual(first);
});

test("sorted by context and by output, the largest is first", () => {
  const context = models.find({ provider: "gemini", sort: "context", now });
  expect(context[0]?.entry.contextWindow).toBe(1_048_576);
  const output = models.find({ provider: "anthropic", sort: "output", now });
  expect(output[0]?.entry.outputLimit).toBe(128_000);
});

test("embeddings by kind only, open weights by their flag", () => {
  const kind = models
    .find({ provider: "openai", kind: "embedding", now })
    .map(({ model }) => model);
  expect(kind).toEqual([
    "openai/text-embedding-3-large",
    "openai/text-embedding-3-small",
    "openai/text-embedding-ada-002",
  ]);
  const open = models.find({ open: true, now });
  expect(open.length).toBeGreaterThan(100);
  expect(open.every(({ entry }) => entry.openWeights)).toBe(true);
});

test.each([
  [{ provider: "nobody" }],
  [{ provider: [] }],
  [{ provider: "openai", maxPrice: 0 }],
  [{ provider: "openai", minContext: 1e12 }],
  [{ provider: "constructor" }],
])("%j: none, and no error", (query) => {
  expect(models.find({ ...query, now })).toEqual([]);
});

test("side by side, in the order given, the unknown among them", () => {
  const rows = models.compare(["anthropic/claude-opus-5", "openai/gpt-99", "openai/gpt-5"]);
  expect(rows).toEqual([
    {
      model: "anthropic/claude-opus-5",
      known: true,
      name: "Claude Opus 5",
      kind: "reasoning",
      open: false,
      released: "2026-07-24",
      knowledge: "2026-05",
      context: 1_000_000,
      maxOutput: 128_000,
      reads: "text, image, pdf",
      tools: true,
      structuredOutput: true,
      input: 5,
      output: 25,
      cacheRead: 0.5,
      cacheWrite: 6.25,
    },
    { model: "openai/gpt-99", known: false },
    expect.objectContaining({ shutdown: "2026-12-11", successor: "gpt-6.1-sol" }),
  ]);
});

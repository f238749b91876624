/** The catalogue's snapshot is what the generator makes of the source, and nothing else. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sharedData } from "@polycall/testing";
import { expect, test } from "vitest";
import { convert, providerNames } from "../../packages/models/src/refresh/convert.ts";
import type { SourceModel } from "../../packages/models/src/refresh/source.ts";
import { adapters } from "../../packages/polycall/src/providers.ts";
import { snapshotFile, snapshotText } from "../models/generate.ts";
import { knownFile, knownText } from "../models/known.ts";

const data = sharedData("models");
const date = "2026-09-30";

test.skipIf(!data)("the snapshot is made from the source of its day", () => {
  const text = readFileSync(join(data!, `models.dev.${date}.json`), "utf8");
  expect(readFileSync(snapshotFile, "utf8")).toBe(snapshotText(JSON.parse(text), date));
});

test("the models that an editor offers are those of the catalogue", () => {
  const text = readFileSync(knownFile, "utf8");
  expect(text).toBe(knownText());
  expect(text).toContain('| "openai/gpt-6-luna"');
  // Turned off on 11 December 2026; an embedding writes no text; Azure's names are the user's.
  for (const none of ['"openai/gpt-5-mini"', "text-embedding-3-small", '"azure/']) {
    expect(text).not.toContain(none);
  }
});

test("it is small", () => {
  expect(gzipSync(readFileSync(snapshotFile)).length).toBeLessThan(60_000);
});

test("it has providers of polycall only, under polycall's names", () => {
  expect(Object.keys(providerNames).filter((name) => !(name in adapters))).toEqual([]);
});

const model: SourceModel = {
  id: "m",
  name: "M",
  reasoning: false,
  tool_call: true,
  release_date: "2026-01-01",
  modalities: { input: ["text", "smell"], output: ["text"] },
  open_weights: false,
  limit: { context: 8000, output: 0 },
};

/** What becomes of one model of a provider; the others have none. */
function converted(more: Partial<SourceModel>, provider = "openai") {
  const none = Object.values(providerNames).map((name) => [name, { models: {} }]);
  const catalogue = {
    ...Object.fromEntries(none),
    [providerNames[provider]!]: { models: { m: { ...model, ...more } } },
  };
  return convert(catalogue)[provider]![0];
}

test("what the source lacks is left out, a zero among it", () => {
  expect(converted({ cost: { input: 0, output: 0 } })).toEqual({
    id: "m",
    name: "M",
    kind: "chat",
    openWeights: false,
    released: "2026-01-01",
    contextWindow: 8000,
    input: ["text"],
    output: ["text"],
    tools: true,
  });
});

test.each<[string, Partial<SourceModel>, string | undefined]>([
  ["no reasoning", {}, "chat"],
  ["reasoning", { reasoning: true }, "reasoning"],
  [
    "with efforts but no none",
    { reasoning: true, reasoning_options: [{ type: "effort", values: ["low"] }] },
    "reasoning",
  ],
  [
    "with effort none",
    { reasoning: true, reasoning_options: [{ type: "effort", values: ["none"] }] },
    "hybrid",
  ],
  ["with a switch", { reasoning: true, reasoning_options: [{ type: "toggle" }] }, "hybrid"],
  [
    "with a budget from 0",
    { reasoning: true, reasoning_options: [{ type: "budget_tokens", min: 0 }] },
    "hybrid",
  ],
  [
    "with a budget that cannot be 0",
    { reasoning: true, reasoning_options: [{ type: "budget_tokens", min: 128 }] },
    "reasoning",
  ],
  ["embedding", { family: "text-embedding" }, "embedding"],
  ["images only", { modalities: { input: ["text"], output: ["image"] } }, undefined],
])("kind, %s: %s", (_, more, kind) => {
  expect(converted(more)?.kind).toBe(kind);
});

test("prices: tiers in order, each from above its length; xAI's from its length on", () => {
  const cost = {
    input: 1,
    output: 2,
    cache_read: 0.1,
    reasoning: 2,
    input_audio: 5,
    tiers: [
      { input: 3, output: 6, tier: { size: 200_000 } },
      { input: 2, output: 4, tier: { size: 32_001 } },
    ],
  };
  const price = { input: 1, output: 2, cacheRead: 0.1, audioInput: 5 };
  expect(converted({ cost })?.price).toEqual({
    ...price,
    tiers: [
      { above: 32_000, input: 2, output: 4 },
      { above: 200_000, input: 3, output: 6 },
    ],
  });
  expect(converted({ cost }, "xai")?.price?.tiers?.[1]?.above).toBe(199_999);
});

test("a source without one of the providers is refused by name", () => {
  expect(() => snapshotText({}, date)).toThrow('The source has no provider "anthropic".');
});

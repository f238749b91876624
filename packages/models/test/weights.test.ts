/** Licence, size and rate limits: from the maker, from the name, and unknown where neither says. */
import { expect, test } from "vitest";
import { models } from "../src/index.ts";
import { sizeInName } from "../src/weights.ts";

test.each<[string, object | undefined]>([
  ["llama-3.3-70b-versatile", { total: 70, from: "name" }],
  ["qwen3-30b-a3b-instruct-2507", { total: 30, active: 3, from: "name" }],
  ["qwen3.8-2.4t-a95b", { total: 2400, active: 95, from: "name" }],
  ["hunyuan-a13b-instruct", { active: 13, from: "name" }],
  ["llama-4-scout-17b-16e-instruct", { active: 17, from: "name" }],
  ["llama-prompt-guard-2-86m", { total: 0.086, from: "name" }],
  ["solar-10.7b-instruct", { total: 10.7, from: "name" }],
  // Not sizes: shared experts, an effective size, a context, a version, a day.
  ["mixtral-8x7b-instruct", undefined],
  ["gemma-3n-e4b-it", undefined],
  ["some-text-1m", undefined],
  ["claude-3-5-sonnet-20241022", undefined],
  ["glm-4.5b2", undefined],
  ["", undefined],
])("the size that %j states", (name, size) => {
  expect(sizeInName(name)).toEqual(size);
});

test.each([
  // https://huggingface.co/openai/gpt-oss-20b: 117B parameters with 5.1B active, 21B with 3.6B active
  ["groq/openai/gpt-oss-120b", "Apache-2.0", { total: 117, active: 5.1, from: "maker" }],
  ["ollama/gpt-oss:20b", "Apache-2.0", { total: 21, active: 3.6, from: "maker" }],
  ["groq/llama-3.3-70b-versatile", "llama3.3", { total: 70, from: "name" }],
  // https://huggingface.co/zai-org/GLM-4.5: 355 billion, 32 billion active
  ["zai/glm-4.5", "MIT", { total: 355, active: 32, from: "maker" }],
  ["openrouter/qwen/qwen3-32b", "Apache-2.0", { total: 32, from: "name" }],
  ["nvidia/nvidia/llama-3.1-nemotron-70b-instruct", undefined, { total: 70, from: "name" }],
  ["zai/glm-5.3", undefined, undefined],
  ["openai/gpt-6-luna", undefined, undefined],
])("%s: %s, %j", (model, license, parameters) => {
  const entry = models.get(model);
  expect(entry?.name).toBeDefined();
  expect({ license: entry?.license, parameters: entry?.parameters }).toEqual({
    license,
    parameters,
  });
});

test("closed models are given neither, whatever they are called", () => {
  const closed = models.find({ open: false, now: new Date(0) });
  expect(closed.length).toBeGreaterThan(100);
  for (const { entry } of closed) {
    expect(entry.license).toBeUndefined();
    expect(entry.parameters).toBeUndefined();
  }
});

test("where a fact is from stands among the sources", () => {
  expect(models.get("zai/glm-4.5")?.sources).toEqual([
    { url: "https://models.dev/api.json", date: "2026-09-30" },
    { url: "https://huggingface.co/zai-org/GLM-4.5", date: "2026-11-25" },
  ]);
});

test("rate limits where a provider publishes them, by tier", () => {
  // https://console.groq.com/docs/rate-limits: 30 RPM, 1K RPD, 12K TPM, 100K TPD
  expect(models.get("groq/llama-3.3-70b-versatile")?.rateLimits).toEqual([
    {
      tier: "Free",
      requestsPerMinute: 30,
      requestsPerDay: 1000,
      tokensPerMinute: 12_000,
      tokensPerDay: 100_000,
    },
  ]);
  const tiers = models.get("anthropic/claude-fable-5")?.rateLimits?.map(({ tier }) => tier);
  expect(tiers).toEqual(["Start", "Scale"]);
  expect(models.get("openai/gpt-6-luna")?.rateLimits).toBeUndefined();
});

test("side by side, and as a reason", () => {
  const [row] = models.compare(["groq/openai/gpt-oss-120b"]);
  expect(row).toMatchObject({ license: "Apache-2.0", parameters: "117, 5.1 active" });
  const found = models.find({ provider: "groq", open: true, now: new Date("2026-11-25") });
  const reasons = (model: string) => found.find((one) => one.model === model)?.reasons;
  expect(reasons("groq/openai/gpt-oss-120b")).toContain("open weights (Apache-2.0)");
  expect(reasons("groq/allam-2-7b")).toContain("open weights");
});

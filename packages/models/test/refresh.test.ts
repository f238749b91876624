/** A newer catalogue: made of models.dev's, loaded, what wins over what, and refused when it is malformed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { InvalidRequestError } from "@polycall/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { providerNames } from "../src/refresh/convert.ts";
import type { SourceModel } from "../src/refresh/source.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "catalogue-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A catalogue of this test's own: what it loads, no other sees. */
async function fresh() {
  vi.resetModules();
  return import("../src/index.ts");
}

const model = (id: string, more: Partial<SourceModel> = {}): SourceModel => ({
  id,
  name: id.toUpperCase(),
  reasoning: false,
  tool_call: true,
  release_date: "2027-01-02",
  modalities: { input: ["text"], output: ["text"] },
  open_weights: false,
  limit: { context: 9000, output: 900 },
  cost: { input: 3, output: 6 },
  ...more,
});

/** models.dev's catalogue with as many models as it has; `more` come in place of a provider's. */
function source(more: Record<string, SourceModel[]> = {}) {
  const filler = Array.from({ length: 60 }, (_, i) => model(`filler-${i}`));
  const all = Object.values(providerNames).map((name) => [
    name,
    { models: Object.fromEntries((more[name] ?? filler).map((one) => [one.id, one])) },
  ]);
  return Object.fromEntries(all) as Record<string, { models: Record<string, SourceModel> }>;
}
const later = { url: "https://models.dev/api.json", date: "2027-02-01" };

test("models.dev's catalogue is taken: new models, new prices, and the old ones gone", async () => {
  const { catalogueFrom, models } = await fresh();
  expect(models.get("openai/gpt-7")).toBeUndefined();
  const file = catalogueFrom(source({ openai: [model("gpt-7"), model("gpt-6-luna")] }), later);
  expect(models.load(file)).toEqual({ models: 2 + 21 * 60, providers: 22, date: "2027-02-01" });
  expect(models.get("openai/gpt-7")).toEqual({
    provider: "openai",
    id: "gpt-7",
    name: "GPT-7",
    kind: "chat",
    openWeights: false,
    released: "2027-01-02",
    contextWindow: 9000,
    outputLimit: 900,
    input: ["text"],
    output: ["text"],
    tools: true,
    price: { input: 3, output: 6 },
    sources: [later],
  });
  expect(models.get("openai/gpt-6-luna")?.price).toEqual({ input: 3, output: 6 });
  expect(models.get("openai/gpt-5.6-sol")).toBeUndefined();
  models.load(undefined);
  expect(models.get("openai/gpt-7")).toBeUndefined();
  expect(models.get("openai/gpt-6-luna")?.price?.input).toBe(0.1);
});

test("the price of a reply is the loaded one's, from the next reply on", async () => {
  const { catalogueFrom, models, pricing } = await fresh();
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 0, total_tokens: 1_000_000 };
  const reply = { id: "1", object: "chat.completion" as const, created: 0, choices: [], usage };
  const cost = () => pricing.cost("openai", "gpt-6-luna", { ...reply, model: "gpt-6-luna" })?.total;
  expect(cost()).toBe(0.2); // beyond 272,000 tokens: 2 x 0.10
  models.load(catalogueFrom(source({ openai: [model("gpt-6-luna")] }), later));
  expect(cost()).toBe(3);
});

test("written by hand: an older fact only fills a gap, a shutdown among them; a later one wins", async () => {
  const { catalogueFrom, models } = await fresh();
  const openai = [model("gpt-4o"), model("gpt-6.1-terra", { cost: { input: 7, output: 8 } })];
  models.load(catalogueFrom(source({ openai }), later));
  expect(models.get("openai/gpt-4o")).toMatchObject({
    name: "GPT-4O",
    shutdown: "2027-01-14",
    successor: "gpt-6-luna",
  });
  expect(models.get("openai/gpt-6.1-terra")?.price).toEqual({ input: 7, output: 8 });
  const before = { ...later, date: "2026-10-31" };
  models.load(catalogueFrom(source({ openai }), before));
  expect(models.get("openai/gpt-6.1-terra")?.price).toMatchObject({ input: 1, output: 5 });
});

test("a rate written by hand goes with the price it was written for", async () => {
  const { catalogueFrom, models } = await fresh();
  const cost = { input: 5, output: 25, cache_read: 0.5, cache_write: 6.25 };
  const load = (more: object) => {
    const anthropic = [model("claude-opus-5", { cost: { ...cost, ...more } })];
    models.load(catalogueFrom(source({ anthropic }), later));
    return models.get("anthropic/claude-opus-5")?.price;
  };
  expect(load({})).toEqual({
    input: 5,
    output: 25,
    cacheRead: 0.5,
    cacheWrite: 6.25,
    cacheWrite1h: 10,
  });
  expect(load({ input: 4 })?.cacheWrite1h).toBeUndefined();
});

test("what is registered wins over what is loaded, before and after", async () => {
  const { catalogueFrom, models, registerModel } = await fresh();
  registerModel({ provider: "openai", id: "gpt-7", contextWindow: 1 });
  models.load(catalogueFrom(source({ openai: [model("gpt-7"), model("gpt-8")] }), later));
  registerModel({ provider: "openai", id: "gpt-8", contextWindow: 2 });
  expect(models.get("openai/gpt-7")).toMatchObject({ contextWindow: 1, outputLimit: 900 });
  expect(models.get("openai/gpt-8")).toMatchObject({ contextWindow: 2, outputLimit: 900 });
});

test("a provider that the source no longer has stays as it ships", async () => {
  const { catalogueFrom, models } = await fresh();
  const { openai: _, ...others } = source();
  models.load(catalogueFrom(others, later));
  expect(models.get("openai/gpt-6-luna")?.sources).toEqual([
    { url: "https://models.dev/api.json", date: "2026-09-30" },
  ]);
});

test("from a path, from a file: URL, and as POLYCALL_MODELS says", async () => {
  const path = join(folder, "models.json");
  const { catalogueFrom, models } = await fresh();
  const file = catalogueFrom(source({ openai: [model("gpt-7")] }), later);
  writeFileSync(path, JSON.stringify(file));
  models.load(path);
  expect(models.get("openai/gpt-7")).toBeDefined();
  models.load(undefined);
  models.load(pathToFileURL(path));
  expect(models.get("openai/gpt-7")).toBeDefined();
  vi.stubEnv("POLYCALL_MODELS", path);
  const { models: others } = await fresh();
  expect(others.get("openai/gpt-7")?.contextWindow).toBe(9000);
});

test("POLYCALL_MODELS that names nothing is told of once, and what ships answers", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.stubEnv("POLYCALL_MODELS", join(folder, "none.json"));
  const { models } = await fresh();
  expect(warn).not.toHaveBeenCalled();
  expect(models.get("openai/gpt-6-luna")?.contextWindow).toBe(1_050_000);
  models.get("openai/gpt-5");
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        /^polycall: POLYCALL_MODELS: .*none\.json: .*The shipped catalogue stays/,
      ),
    ],
  ]);
});

const good = { format: "polycall-models/1", source: later, providers: {} };
test.each<[string, unknown]>([
  ["$ must be JSON:", "{ nope"],
  ["$ must be an object, not null", "null"],
  ["$.format must be given", {}],
  ['$.format must be "polycall-models/1", not "2"', { ...good, format: "2" }],
  ["$.source.date must be a day", { ...good, source: { ...later, date: "soon" } }],
  ["$.providers.openai must be an array", { ...good, providers: { openai: {} } }],
  ["$.providers.openai[0].id must be given", { ...good, providers: { openai: [{}] } }],
  [
    "$.providers.openai[0].price.input must be dollars per million tokens, from 0 to 1,000,000, not -1",
    { ...good, providers: { openai: [{ id: "gpt-6-luna", price: { input: -1 } }] } },
  ],
  [
    '$.providers.openai[0] has no field "constructor"',
    '{"format":"polycall-models/1","source":{"url":"x","date":"2027-01-01"},"providers":{"openai":[{"id":"x","constructor":1}]}}',
  ],
])("a malformed file is refused and nothing changes: %s", async (message, given) => {
  const { models } = await fresh();
  const before = models.get("openai/gpt-6-luna");
  const path = join(folder, "models.json");
  writeFileSync(path, typeof given === "string" ? given : JSON.stringify(given));
  const thrown = caught(() => models.load(path));
  expect(thrown).toBeInstanceOf(InvalidRequestError);
  expect((thrown as Error).message).toContain(`${path}: ${message}`);
  expect(models.get("openai/gpt-6-luna")).toEqual(before);
});

test("one that is malformed leaves the one that was loaded in force", async () => {
  const { catalogueFrom, models } = await fresh();
  models.load(catalogueFrom(source({ openai: [model("gpt-7")] }), later));
  expect(caught(() => models.load({} as never))).toBeInstanceOf(InvalidRequestError);
  expect(models.get("openai/gpt-7")).toBeDefined();
});

test.each<[string, unknown, string]>([
  [
    "a provider without models",
    { ...good, providers: { openai: [] } },
    "$.providers.openai must be an array of at least one model, not 0",
  ],
  [
    "a model twice",
    { ...good, providers: { groq: [{ id: "a" }, { id: "b" }, { id: "a" }] } },
    '$.providers.groq[2].id must be given once, not "a"',
  ],
  ["models.dev's own", { openai: { models: {} } }, "polycall models update"],
  ["its text", JSON.stringify({ ...good, note: "x".repeat(9000) }), "pass JSON.parse() of it"],
  ["a file descriptor", 0, "models.load must be a path, a file: URL or what a file holds, not 0"],
  ["a function", () => good, "models.load must be a path"],
])("%s is refused in a short line, and nothing changes", async (_name, given, message) => {
  const { models } = await fresh();
  const before = models.get("openai/gpt-6-luna");
  const thrown = caught(() => models.load(given as never));
  expect(thrown).toBeInstanceOf(InvalidRequestError);
  expect((thrown as Error).message).toContain(message);
  expect((thrown as Error).message.length).toBeLessThan(400);
  expect(models.get("openai/gpt-6-luna")).toEqual(before);
});

test("a provider that models.dev has emptied stays as it ships", async () => {
  const { catalogueFrom, models } = await fresh();
  models.load(catalogueFrom(source({ openai: [] }), later));
  expect(models.get("openai/gpt-6-luna")?.price?.input).toBe(0.1);
});

test("a model that is gone is not known for the rate or the limit that was written of it", async () => {
  const { models } = await fresh();
  for (const date of ["2026-10-31", later.date]) {
    const gone = { groq: [{ id: "a" }], anthropic: [{ id: "b" }] };
    models.load({ format: "polycall-models/1", source: { ...later, date }, providers: gone });
    expect(models.get("groq/openai/gpt-oss-120b")).toBeUndefined();
    expect(models.get("anthropic/claude-opus-5")).toBeUndefined();
    // What is told of it being off is a fact of its own.
    expect(models.get("anthropic/claude-opus-4-1")?.shutdown).toBe("2026-08-05");
  }
});

test("a rate alone is no price", async () => {
  const { models } = await fresh();
  const providers = { anthropic: [{ id: "claude-opus-5" }] };
  models.load({ format: "polycall-models/1", source: later, providers });
  expect(models.get("anthropic/claude-opus-5")).toMatchObject({ id: "claude-opus-5" });
  expect(models.get("anthropic/claude-opus-5")?.price).toBeUndefined();
});

test.each(["error", "off"])("POLYCALL_LOG=%s keeps the console quiet", async (level) => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.stubEnv("POLYCALL_LOG", level);
  vi.stubEnv("POLYCALL_MODELS", join(folder, "none.json"));
  const { models } = await fresh();
  expect(models.get("openai/gpt-6-luna")?.contextWindow).toBe(1_050_000);
  expect(warn).not.toHaveBeenCalled();
});

/** models.dev's catalogue with one model of OpenAI's spoilt. */
const spoilt = (more: object) => source({ openai: [{ ...model("gpt.7"), ...more }] });
test.each<[string | RegExp, unknown]>([
  ["$ must be JSON:", "<html>"],
  ["$ must be an object", []],
  ["$.openai must be an object, not null", { openai: null }],
  ["$.openai.models must be given", { openai: {} }],
  ['$.openai.models["gpt.7"].limit must be an object, not "none"', spoilt({ limit: "none" })],
  [
    '$.openai.models["gpt.7"].limit.context must be a number from 0, not "9k"',
    spoilt({ limit: { context: "9k" } }),
  ],
  [
    '$.openai.models["gpt.7"].cost.input must be a number from 0, not -3',
    spoilt({ cost: { input: -3 } }),
  ],
  ['$.openai.models["gpt.7"].cost.tiers[0].tier must be given', spoilt({ cost: { tiers: [{}] } })],
  [
    '$.openai.models["gpt.7"].modalities.output must be given',
    spoilt({ modalities: { input: [] } }),
  ],
  ["[0].price.input must be dollars", spoilt({ cost: { input: 1e9, output: 1 } })],
  ["[0].contextWindow must be a whole number of tokens", spoilt({ limit: { context: 0.5 } })],
  [
    /\$ must be models\.dev's catalogue with at least \d{3} models .*, not 1/,
    { openai: source({ openai: [model("gpt-7")] }).openai },
  ],
] as [string, unknown][])(
  "what is not models.dev's catalogue makes none: %s",
  async (message, given) => {
    const { catalogueFrom } = await fresh();
    const thrown = caught(() => catalogueFrom(given, later));
    expect(thrown).toBeInstanceOf(InvalidRequestError);
    const { message: said } = thrown as Error;
    if (message instanceof RegExp) expect(said).toMatch(message);
    else expect(said).toContain(message);
  },
);

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

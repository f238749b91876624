/** Rerankings of every wire format: against the simulator, as strict as the services, and against what their pages print. */
import { describe, expect, expectTypeOf, test } from "vitest";
import { type RerankInput, type Reranking, rerank as usual } from "../src/index.ts";
import { simulated } from "./support/simulated.ts";

const { sim, rerank } = await simulated();

const documents = [
  "Carson City is the capital city of Nevada.",
  "Bread is baked from flour.",
  "Washington is the capital of the United States.",
];
const query = "What is the capital of the United States?";

const rerankers = [
  { model: "cohere/rerank-v4.0-pro", path: "/cohere/v2/rerank", usage: { search_units: 1 } },
  { model: "voyage/rerank-2.5", path: "/voyage/v1/rerank" },
  { model: "jina/jina-reranker-v3", path: "/jina/v1/rerank" },
  { model: "openrouter/cohere/rerank-v3.5", path: "/openrouter/api/v1/rerank" },
  { model: "together/Salesforce/Llama-Rank-V1", path: "/together/v1/rerank" },
  { model: "fireworks/qwen3-reranker-8b", path: "/fireworks/inference/v1/rerank" },
  { model: "vllm/BAAI/bge-reranker-v2-m3", path: "/vllm/v1/rerank" },
  { model: "custom_openai/m", path: "/custom_openai/v1/rerank" },
  { model: "tei/BAAI/bge-reranker-v2-m3", path: "/tei/rerank", usage: null },
];

describe.each(rerankers)("$model", ({ model, path, usage }) => {
  test("the best first, with its document", async () => {
    let read = "";
    const listening: typeof fetch = async (...request) => {
      const response = await fetch(...request);
      read = await response.clone().text();
      return response;
    };
    const wanted = { top_n: 2, return_documents: true, fetch: listening };
    const reply = await rerank({ model, query, documents, ...wanted });
    const [first, second] = reply.results;
    expect(reply.results.map(({ index }) => index)).toEqual([2, 0]);
    expect(first!.document).toEqual({ text: documents[2] });
    expect(first!.relevance_score).toBeGreaterThan(second!.relevance_score);
    expect(sim.requests.map((one) => [one.path, one.status])).toEqual([[path, 200]]);
    expect(sim.requests[0]!.text).not.toContain('"return_documents":true');
    expect([read.includes('"index":2'), read.includes("Washington")]).toEqual([true, false]);
    if (usage) expect(reply.usage).toEqual(usage);
    else if (usage === null) expect(reply.usage).toBeUndefined();
    else expect(reply.usage!.total_tokens).toBeGreaterThan(documents.length);
    expect(reply.warnings).toEqual([]);
  });

  test("all of them, where nobody says how many", async () => {
    const { results } = await rerank({ model, query, documents });
    expect(results.map(({ index }) => index).sort()).toEqual([0, 1, 2]);
  });

  test("a failure names provider and model", async () => {
    sim.fault({ status: 429 });
    const provider = model.split("/")[0]!;
    await expect(rerank({ model, query, documents })).rejects.toMatchObject({
      name: "RateLimitError",
      provider,
      model: model.slice(provider.length + 1),
    });
  });
});

test("more documents than a request holds are several", async () => {
  const many = Array.from({ length: 70 }, (_, i) => (i === 69 ? documents[2]! : `number ${i}`));
  const { results } = await rerank({ model: "tei/m", query, documents: many, top_n: 3 });
  expect(results[0]!.index).toBe(69);
  expect(results).toHaveLength(3);
  expect(sim.requests.map(({ status }) => status)).toEqual([200, 200, 200]);
});

test("costs what the catalogue says, by the unit or by the token", async () => {
  const units = await rerank({ model: "cohere/rerank-v3.5", query, documents });
  expect(units.cost).toMatchObject({
    total: 0.002,
    parts: [{ kind: "searchUnit", count: 1, rate: 2, cost: 0.002 }],
  });
  const read = { model: "rerank-2.5", data: [{ index: 0, relevance_score: 0.5 }] };
  const tokens = await rerank({
    ...{ model: "voyage/rerank-2.5", query, documents: ["a"] },
    fetch: async () => Response.json({ ...read, usage: { total_tokens: 2_000_000 } }),
  });
  expect(tokens.cost).toMatchObject({
    total: 0.1,
    parts: [{ kind: "input", tokens: 2_000_000, rate: 0.05 }],
  });
  // Whose price two sources do not agree on has none.
  expect(
    (await rerank({ model: "cohere/rerank-v4.0-pro", query, documents })).cost,
  ).toBeUndefined();
});

test("a host that is not told how much to read says so; Cohere is told", async () => {
  const asked = { query, documents, max_tokens_per_doc: 512 };
  const { warnings } = await rerank({ model: "jina/jina-reranker-v3", ...asked });
  expect(warnings).toEqual([
    {
      param: "max_tokens_per_doc",
      action: "dropped",
      from: 512,
      reason: "Jina AI takes no max_tokens_per_doc",
    },
  ]);
  await rerank({ model: "cohere/rerank-v3.5", ...asked });
  expect(
    sim.requests.map(({ body }) => (body as { max_tokens_per_doc?: 1 }).max_tokens_per_doc),
  ).toEqual([undefined, 512]);
  const strict = rerank({ model: "voyage/rerank-2.5", ...asked, onUnsupported: "error" });
  await expect(strict).rejects.toMatchObject({
    name: "UnsupportedParamsError",
    param: "max_tokens_per_doc",
  });
});

test("a provider without reranking, a key that is none, a model that is not there", async () => {
  const asked = { query, documents };
  await expect(rerank({ model: "anthropic/claude-haiku-5-5", ...asked })).rejects.toThrow(
    "anthropic/claude-haiku-5-5: Anthropic has no reranking endpoint.",
  );
  expect(sim.requests).toEqual([]);
  await expect(
    rerank({ model: "cohere/rerank-v3.5", ...asked, apiKey: "bad-key" }),
  ).rejects.toMatchObject({ name: "AuthenticationError" });
  await expect(rerank({ model: "jina/missing-model", ...asked })).rejects.toMatchObject({
    name: "NotFoundError",
  });
});

test("what is asked for is a ranking", () => {
  const check = () => {
    expectTypeOf(
      usual({ model: "cohere/rerank-v3.5", query, documents }),
    ).resolves.toEqualTypeOf<Reranking>();
    expectTypeOf<Reranking["results"][number]["relevance_score"]>().toEqualTypeOf<number>();
    expectTypeOf<RerankInput["documents"]>().toEqualTypeOf<readonly string[]>();
    // @ts-expect-error no query
    usual({ model: "cohere/rerank-v3.5", documents });
    // @ts-expect-error Voyage's name
    usual({ model: "voyage/rerank-2.5", query, documents, top_k: 3 });
    // @ts-expect-error documents are texts
    usual({ model: "cohere/rerank-v3.5", query, documents: [{ text: "a" }] });
  };
  expectTypeOf(check).toBeFunction();
});

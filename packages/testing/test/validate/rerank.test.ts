/** What rerankers refuse of a request, each in its own words. */
import { afterAll, describe, expect, test } from "vitest";
import { simulator } from "../../src/index.ts";
import { poster } from "./ask.ts";

const sim = await simulator();
afterAll(() => sim.close());
const post = poster(sim);

const asked = { model: "m", query: "q", documents: ["a", "b"] };
const many = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

describe("rerankers refuse", () => {
  test.each<[string, string, string, object, number]>([
    ["cohere", "/v2/rerank", "no query", { ...asked, query: "" }, 400],
    ["cohere", "/v2/rerank", "no documents", { ...asked, documents: [] }, 400],
    [
      "jina",
      "/rerank",
      "a document that is no text",
      { ...asked, documents: [{ text: "a" }] },
      400,
    ],
    ["jina", "/rerank", "none of none", { ...asked, top_n: 0 }, 400],
    ["voyage", "/rerank", "Cohere's name", { ...asked, top_n: 1 }, 400],
    ["voyage", "/rerank", "more than it takes", { ...asked, documents: many(1001) }, 400],
    ["tei", "/rerank", "another's name", asked, 400],
    ["tei", "/rerank", "more than it takes", { query: "q", texts: many(33) }, 413],
  ])("%s %s: %s", async (provider, path, _, body, status) => {
    expect((await post(provider, path, body)).status).toBe(status);
  });
});

test("what they take, they answer in their own shape, best first", async () => {
  const query = "bread";
  const documents = ["a train", "bread and butter"];
  const cohere = await post("cohere", "/v2/rerank", { model: "m", query, documents, top_n: 1 });
  expect(cohere.body).toMatchObject({
    results: [{ index: 1, relevance_score: expect.any(Number) }],
    meta: { billed_units: { search_units: 1 } },
  });
  const own = { model: "m", query, documents, top_k: 1, return_documents: true };
  expect((await post("voyage", "/rerank", own)).body).toMatchObject({
    object: "list",
    data: [{ index: 1, document: "bread and butter" }],
    // "bread" with each of "a train" and "bread and butter": 1 + 2 and 1 + 3.
    usage: { total_tokens: 7 },
  });
  const jina = { model: "m", query, documents, return_documents: true };
  expect((await post("jina", "/rerank", jina)).body).toMatchObject({
    results: [{ index: 1, document: { text: "bread and butter" } }, { index: 0 }],
    usage: { total_tokens: 7 },
  });
  expect((await post("tei", "/rerank", { query, texts: documents })).body).toMatchObject([
    { index: 1, score: expect.any(Number) },
    { index: 0, score: expect.any(Number) },
  ]);
});

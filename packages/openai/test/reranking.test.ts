/** Rerankings as the services' own pages print them, and the requests that ask for them. */
import {
  createClient,
  type Provider,
  ReplyFailure,
  type RerankRequest,
  rerank,
} from "@polycall/core";
import { describe, expect, test } from "vitest";
import { host, hosts, openai, reranking } from "../src/index.ts";
import { contextOf } from "./recorded.ts";

const request: RerankRequest = { model: "x/m", query: "q", documents: ["a", "b"] };
const planOf = (provider: Provider, more: Partial<RerankRequest> = {}) =>
  provider.rerank!.plan({ ...request, ...more }, contextOf(provider.info.name, "m"));

describe("requests", () => {
  const full = { top_n: 1, max_tokens_per_doc: 9, return_documents: true };
  const base = { model: "m", query: "q", documents: ["a", "b"] };
  test.each<[string, Provider, string, object, string[]]>([
    ["Cohere", hosts.cohere, "/v2/rerank", { ...base, top_n: 1, max_tokens_per_doc: 9 }, []],
    ["Voyage", hosts.voyage, "/rerank", { ...base, top_k: 1 }, ["max_tokens_per_doc"]],
    ...(["jina", "fireworks"] as const).map(
      (name): [string, Provider, string, object, string[]] => [
        `${name}, which sends documents back unless told`,
        hosts[name],
        "/rerank",
        { ...base, top_n: 1, return_documents: false },
        ["max_tokens_per_doc"],
      ],
    ),
    ["vLLM", hosts.vllm, "/rerank", { ...base, top_n: 1, max_tokens_per_doc: 9 }, []],
    [
      "TEI, which gives all of them",
      hosts.tei,
      "/rerank",
      { model: "m", query: "q", texts: ["a", "b"], truncate: true },
      ["max_tokens_per_doc"],
    ],
  ])("%s", (_, provider, path, body, dropped) => {
    const plan = planOf(provider, full);
    expect([plan.path, plan.body]).toEqual([path, body]);
    expect(plan.changes.map(({ param, action }) => [param, action])).toEqual(
      dropped.map((param) => [param, "dropped"]),
    );
    const bare = planOf(provider, { top_n: null, max_tokens_per_doc: null });
    expect(Object.values(bare.body)).not.toContain(null);
    expect(bare.changes).toEqual([]);
  });

  test("extra_body wins, what nobody knows is passed on", () => {
    const more = { priority: 3, extra_body: { truncation: false, top_k: 5 }, top_n: 2 };
    expect(planOf(hosts.voyage, more).body).toMatchObject({
      priority: 3,
      truncation: false,
      top_k: 5,
    });
  });

  test("a server that refuses a document that is too long can be told to cut it", () => {
    const more = { extra_body: { truncate_prompt_tokens: -1 } };
    expect(planOf(hosts.vllm, more).body).toEqual({ ...base, truncate_prompt_tokens: -1 });
  });

  test("who has none", () => {
    expect([openai.rerank, hosts.groq.rerank]).toEqual([undefined, undefined]);
  });
});

/** What the services' pages print as a reply, 2026-11, with as many documents as it speaks of. */
const printed: [string, Provider, number, unknown, [number, number][], object | undefined][] = [
  [
    "docs.cohere.com/reference/rerank",
    hosts.cohere,
    5,
    {
      results: [
        { index: 3, relevance_score: 0.999071 },
        { index: 4, relevance_score: 0.7867867 },
        { index: 0, relevance_score: 0.32713068 },
      ],
      id: "07734bd2-2473-4f07-94e1-0d9f0e6843cf",
      meta: {
        api_version: { version: "2", is_experimental: false },
        billed_units: { search_units: 1 },
      },
    },
    [
      [3, 0.999071],
      [4, 0.7867867],
      [0, 0.32713068],
    ],
    { search_units: 1 },
  ],
  [
    "docs.voyageai.com/reference/reranker-api",
    hosts.voyage,
    2,
    {
      object: "list",
      data: [
        { relevance_score: 0.4375, index: 0 },
        { relevance_score: 0.421875, index: 1 },
      ],
      model: "rerank-lite-1",
      usage: { total_tokens: 26 },
    },
    [
      [0, 0.4375],
      [1, 0.421875],
    ],
    { total_tokens: 26 },
  ],
  [
    "jina.ai/reranker",
    hosts.jina,
    7,
    {
      results: [
        { document: { text: "Organic" }, index: 0, relevance_score: 0.8783142566680908 },
        { document: { text: "Cuidado" }, index: 2, relevance_score: 0.7624675869941711 },
      ],
      usage: { prompt_tokens: 815, completion_tokens: 0, total_tokens: 815 },
    },
    [
      [0, 0.8783142566680908],
      [2, 0.7624675869941711],
    ],
    { total_tokens: 815 },
  ],
  [
    "openrouter.ai/docs/api/api-reference/rerank",
    hosts.openrouter,
    2,
    {
      model: "cohere/rerank-v3.5",
      results: [{ document: { text: "Paris" }, index: 0, relevance_score: 0.98 }],
      id: "gen-rerank-1234567890-abc",
      usage: { search_units: 1, total_tokens: 150 },
    },
    [[0, 0.98]],
    { search_units: 1, total_tokens: 150 },
  ],
  [
    "text-embeddings-inference, which sorts and does not cut",
    hosts.tei,
    2,
    [
      { index: 1, score: 0.99 },
      { index: 0, score: 0.02 },
    ],
    [[1, 0.99]],
    undefined,
  ],
  [
    "llama.cpp's server, in the order that it was given",
    hosts.llamacpp,
    3,
    {
      model: "bge-reranker",
      object: "list",
      usage: { prompt_tokens: 30, total_tokens: 30 },
      results: [
        { index: 0, relevance_score: -8.1 },
        { index: 1, relevance_score: -7.5 },
        { index: 2, relevance_score: 6.2 },
      ],
    },
    [[2, 6.2]],
    { total_tokens: 30 },
  ],
];

test.each(printed)("the reply of %s", async (_, provider, count, body, order, usage) => {
  const { name } = provider.info;
  const client = createClient({
    adapters: { [name]: provider },
    providers: { [name]: { apiKey: "k", baseURL: "http://127.0.0.1:1" } },
    logLevel: "off",
  });
  const reply = await rerank(client, {
    model: `${name}/m`,
    query: "q",
    documents: Array.from({ length: count }, (_, i) => `document ${i}`),
    top_n: order.length,
    fetch: async () => Response.json(body),
  });
  expect(reply.results.map((one) => [one.index, one.relevance_score])).toEqual(order);
  expect(reply.usage).toEqual(usage);
});

test("what is no success", () => {
  const { parse } = hosts.cohere.rerank!;
  const plan = planOf(hosts.cohere);
  expect(() => parse({ message: "invalid request" }, plan)).toThrow(ReplyFailure);
  expect(() => parse({ error: "batch size 40", error_type: "Validation" }, plan)).toThrow(
    ReplyFailure,
  );
  expect(() => parse({ id: "x" }, plan)).toThrow("no results");
  expect(() => parse({ results: ["a"] }, plan)).toThrow("a result is no object");
});

test("a host of a user's own", () => {
  const mine = host({
    name: "mine",
    label: "Mine",
    baseURL: "https://mine.example/v1",
    rerank: reranking({ label: "Mine", path: "/score", names: { query: "question" } }),
  });
  expect(planOf(mine)).toMatchObject({
    path: "/score",
    body: { model: "m", question: "q", documents: ["a", "b"] },
  });
});

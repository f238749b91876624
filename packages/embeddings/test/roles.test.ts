/** What texts are for, and how much fits, at each service: strict simulators, and the models' own words. */
import { type Simulator, simulator } from "@polycall/testing";
import { createClient, type PolycallClient } from "polycall";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type EmbeddingRole, embed, encoder } from "../src/index.ts";
import { lengths, served } from "./support/served.ts";

let sim: Simulator;
let client: PolycallClient;
beforeAll(async () => {
  sim = await simulator();
  client = createClient({ providers: sim.providers, logLevel: "off" });
});
beforeEach(() => sim.reset());
afterAll(() => sim.close());

describe.each<[string, number, { [role in EmbeddingRole]: object }]>([
  [
    "gemini/gemini-embedding-001",
    100,
    {
      document: { requests: [{ taskType: "RETRIEVAL_DOCUMENT" }] },
      query: { requests: [{ taskType: "RETRIEVAL_QUERY" }] },
    },
  ],
  [
    "gemini/gemini-embedding-2",
    100,
    {
      document: { requests: [{ content: { parts: [{ text: "title: none | text: t0" }] } }] },
      query: {
        requests: [{ content: { parts: [{ text: "task: search result | query: t0" }] } }],
      },
    },
  ],
  [
    "voyage/voyage-4",
    1000,
    { document: { input_type: "document" }, query: { input_type: "query" } },
  ],
  [
    "cohere/embed-v4.0",
    96,
    { document: { input_type: "search_document" }, query: { input_type: "search_query" } },
  ],
  [
    "jina/jina-embeddings-v3",
    512,
    { document: { task: "retrieval.passage" }, query: { task: "retrieval.query" } },
  ],
  [
    "openai/text-embedding-3-small",
    2048,
    { document: { input: ["t0"] }, query: { input: ["t0"] } },
  ],
  ["mistral/mistral-embed", 128, { document: { input: ["t0"] }, query: { input: ["t0"] } }],
  [
    "ollama/nomic-embed-text",
    64,
    { document: { input: ["search_document: t0"] }, query: { input: ["search_query: t0"] } },
  ],
])("%s", (model, batch, told) => {
  test.each(["document", "query"] as const)("a %s", async (role) => {
    const { warnings, requests, vectors } = await embed(["t0"], { model, client, role });
    expect(sim.requests.at(-1)!.body).toMatchObject(told[role]);
    expect([warnings, requests, vectors.length]).toEqual([[], 1, 1]);
  });

  test(`${batch} texts go at a time, one more goes by itself`, async () => {
    const texts = Array.from({ length: batch + 1 }, (_, i) => `t${i}`);
    const reply = await embed(texts, { model, client, dimensions: 8 });
    expect(sim.requests.map(({ status }) => status)).toEqual([200, 200]);
    expect([reply.vectors.length, reply.dimensions, reply.requests]).toEqual([batch + 1, 8, 2]);
  });
});

describe("prefixes of open models, wherever they are served", () => {
  const instruct =
    "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:";
  const searches = "Represent this sentence for searching relevant passages: ";
  test.each([
    ["nomic-ai/nomic-embed-text-v1.5", "search_document: a", "search_query: a"],
    ["intfloat/multilingual-e5-small", "passage: a", "query: a"],
    ["intfloat/multilingual-e5-large-instruct", "a", `${instruct} a`],
    ["BAAI/bge-small-en-v1.5", "a", `${searches}a`],
    ["BAAI/bge-base-zh-v1.5", "a", "为这个句子生成表示以用于检索相关文章：a"],
    ["BAAI/bge-m3", "a", "a"],
    ["mixedbread-ai/mxbai-embed-large-v1", "a", `${searches}a`],
    ["Snowflake/snowflake-arctic-embed-m", "a", `${searches}a`],
    ["Snowflake/snowflake-arctic-embed-l-v2.0", "a", "query: a"],
    ["google/embeddinggemma-300m", "title: none | text: a", "task: search result | query: a"],
    ["Qwen/Qwen3-Embedding-0.6B", "a", `${instruct}a`],
    ["sentence-transformers/all-MiniLM-L6-v2", "a", "a"],
  ])("%s", async (name, document, query) => {
    const { client, inputs } = served(lengths);
    const model = `custom_openai/${name}`;
    await embed(["a"], { model, client, role: "document" });
    await embed(["a"], { model, client, role: "query" });
    await embed(["a"], { model, client });
    expect(inputs()).toEqual([[document], [query], ["a"]]);
  });

  test("the caller's own come first", async () => {
    const { client, inputs } = served(lengths);
    const prefixes = { query: "q: " };
    const own = encoder({ model: "custom_openai/nomic-embed-text", client, prefixes });
    await own.encode(["a"], { role: "query" });
    await own.encode(["a"], { role: "document" });
    expect(inputs()).toEqual([["q: a"], ["a"]]);
  });
});

test("what a service would cut in silence is refused, or cut and said", async () => {
  const model = "gemini/gemini-embedding-001";
  const long = "word ".repeat(4000);
  const call = embed(["a", long], { model, client });
  await expect(call).rejects.toMatchObject({
    name: "ContextWindowExceededError",
    param: "texts[1]",
  });
  expect(sim.requests).toEqual([]);
  const { truncated, vectors } = await embed(["a", long], { model, client, truncate: true });
  expect([truncated, vectors.length]).toEqual([[1], 2]);
  const body = sim.requests[0]!.body as {
    requests: { content: { parts: { text: string }[] } }[];
  };
  const sent = body.requests[1]!.content.parts[0]!.text;
  // 2,048 tokens of words of one token each.
  expect(sent.split(" ").length).toBeGreaterThan(1500);
  expect(sent.split(" ").length).toBeLessThan(2600);
});

test("an encoder is its model with the options bound", async () => {
  const replies: number[] = [];
  const bound = encoder({
    model: "openai/text-embedding-3-small",
    client,
    dimensions: 8,
    onReply: ({ usage }) => replies.push(usage!.total_tokens),
  });
  expect([bound.model, bound.dimensions]).toEqual(["openai/text-embedding-3-small", 8]);
  const vectors = await bound.encode(["one cat", "two cats"]);
  expect(vectors.map(({ length }) => length)).toEqual([8, 8]);
  expect(vectors[0]).toBeInstanceOf(Float32Array);
  expect(replies).toHaveLength(1);
  expect(encoder("voyage/voyage-4")).toMatchObject({ model: "voyage/voyage-4" });
});

test("an encoder whose options make other vectors has another name", () => {
  const model = "ollama/all-minilm";
  const named = (more: object) => encoder({ model, client, ...more }).model;
  const names = [
    named({}),
    named({ prefixes: { query: "q: " } }),
    named({ prefixes: { query: "q: ", document: "d: " } }),
    named({ extra_body: { pooling: "cls" } }),
  ];
  expect(new Set(names).size).toBe(4);
  expect(names[0]).toBe(model);
  // In whatever order they are said; and what changes no vector changes no name.
  expect(named({ prefixes: { document: "d: ", query: "q: " } })).toBe(names[2]);
  expect(named({ concurrency: 1, batchSize: 2, truncate: true })).toBe(model);
});

/** The stores that speak HTTP: on a live server where its URL is in the environment, else on a loopback one. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { APIUserAbortError } from "@polycall/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IndexMismatchError, type Store, StoreError } from "../src/index.ts";
import { elasticsearchStore } from "../src/stores/elasticsearch.ts";
import { pineconeStore } from "../src/stores/pinecone.ts";
import { freshness } from "../src/stores/pinecone-fresh.ts";
import { qdrantStore } from "../src/stores/qdrant.ts";
import { storeContract } from "./contract.ts";
import { sourceOf } from "./corpus.ts";
import { elasticsearchServer } from "./elasticsearch-server.ts";
import { filterContract } from "./filter-contract.ts";
import { type Loopback, serve } from "./loopback.ts";
import { pineconeServer } from "./pinecone-server.ts";
import { qdrantServer } from "./qdrant-server.ts";

const local = process.env.POLYCALL_LONG ? 2000 : 100;
const key = "the-key";
const index = { model: "m", dimensions: 16 };
const run = Date.now().toString(36);

interface Vendor {
  vendor: string;
  /** Its indexes are made elsewhere, with one length of vectors: 16 for the contract. */
  dimensions?: number;
  live: string | undefined;
  liveKey: string | undefined;
  loopback(key: string): Promise<Loopback>;
  connect(url: string, apiKey: string | undefined, name: string, own?: typeof fetch): Store;
}

const vendors: Vendor[] = [
  {
    vendor: "Qdrant",
    live: process.env.QDRANT_URL,
    liveKey: process.env.QDRANT_API_KEY,
    loopback: qdrantServer,
    connect: (url, apiKey, collection, own) => qdrantStore({ url, apiKey, collection, fetch: own }),
  },
  {
    vendor: "Elasticsearch",
    live: process.env.ELASTICSEARCH_URL,
    liveKey: process.env.ELASTICSEARCH_API_KEY,
    loopback: elasticsearchServer,
    connect: (url, apiKey, index, own) => elasticsearchStore({ url, apiKey, index, fetch: own }),
  },
  {
    vendor: "Pinecone",
    dimensions: 16,
    live: process.env.PINECONE_API_KEY && process.env.PINECONE_INDEX_HOST,
    liveKey: process.env.PINECONE_API_KEY,
    loopback: pineconeServer,
    connect: (host, apiKey = "", namespace, own) =>
      pineconeStore({ host, apiKey, namespace, fetch: own }),
  },
];

describe.each(vendors)("$vendor", ({ live, liveKey, loopback, connect, dimensions }) => {
  let server: Loopback | undefined;
  beforeAll(async () => {
    if (!live) server = await loopback(key);
  });
  afterAll(() => server?.stop());
  const apiKey = live ? liveKey : key;
  const open = async (name: string) => connect(live ?? server!.url, apiKey, `t${run}-${name}`);

  storeContract(open, { big: 700, tolerance: live ? 1e-3 : 1e-5 });
  filterContract(open, { numRuns: live ? 50 : local, dimensions });

  test.skipIf(live)("a refusal says what was asked and answered, and no key", async () => {
    const store = connect(server!.url, "wrong-key", "refused");
    const error = await store.open(index).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(StoreError);
    expect(String(error)).toMatch(/answered with 401/);
    expect(JSON.stringify(error)).not.toMatch(/wrong-key/);
  });

  test("what is no JSON, and nobody at all, is a StoreError", async () => {
    const nobody = connect("http://127.0.0.1:1", "k", "x");
    await expect(nobody.open(index)).rejects.toThrow(StoreError);
    const portal = connect("http://db", "k", "x", async () => new Response("<html>"));
    await expect(portal.open(index)).rejects.toThrow(/without JSON/);
  });
});

describe("a database that is busy", () => {
  const soon = { "retry-after": "0" };
  /** Answers each request by the next of these, and the last time and again. */
  function answering(...answers: [status: number, headers?: Record<string, string>][]) {
    const asked: number[] = [];
    const fetch = async () => {
      const [status, headers] = answers[Math.min(asked.length, answers.length - 1)]!;
      asked.push(status);
      const body = { result: { payload: index } };
      return new Response(JSON.stringify(body), { status, headers });
    };
    const store = qdrantStore({ url: "http://db", collection: "x", fetch });
    return { store, asked };
  }

  test.each([429, 502, 503, 504])("is asked again where it says %i", async (status) => {
    const { store, asked } = answering([status, soon], [status, soon], [200]);
    await store.open(index);
    expect(asked.slice(0, 3)).toEqual([status, status, 200]);
  });

  test("is left when it goes on to be, or asks for more than 30 s", async () => {
    const { store, asked } = answering([503, soon]);
    await expect(store.open(index)).rejects.toThrow(/answered with 503/);
    expect(asked).toHaveLength(5);
    const slow = answering([429, { "retry-after": "31" }]);
    await expect(slow.store.open(index)).rejects.toThrow(/answered with 429/);
    expect(slow.asked).toHaveLength(1);
  });

  test("is not asked again for what it will not take", async () => {
    const { store, asked } = answering([400]);
    await expect(store.open(index)).rejects.toThrow(/answered with 400/);
    expect(asked).toHaveLength(1);
  });

  test("is not waited for by a caller who has left", async () => {
    const server = await qdrantServer(key);
    let busy = false;
    const leave = new AbortController();
    const own: typeof fetch = async (url, init) => {
      if (!busy) return fetch(url, init);
      leave.abort();
      return new Response("later", { status: 503, headers: { "retry-after": "29" } });
    };
    const store = qdrantStore({ url: server.url, apiKey: key, collection: "left", fetch: own });
    await store.open({ model: "m", dimensions: 2 });
    busy = true;
    const search = store.searchVector(Float32Array.of(1, 0), { k: 1, signal: leave.signal });
    await expect(search).rejects.toBeInstanceOf(APIUserAbortError);
    await server.stop();
  });
});

test("a redirect is not followed: the key is for this database alone", async () => {
  const elsewhere: string[] = [];
  const other = await serve(({ path }) => {
    elsewhere.push(path);
    return {};
  });
  const here = createServer((_, response) => {
    response.writeHead(307, { location: `${other.url}/stolen` }).end();
  }).listen(0, "127.0.0.1");
  await once(here, "listening");
  const { port } = here.address() as AddressInfo;
  for (const { connect } of vendors) {
    const store = connect(`http://127.0.0.1:${port}`, key, "x");
    await expect(store.open(index)).rejects.toThrow(/answered with 307/);
  }
  expect(elsewhere).toEqual([]);
  here.closeAllConnections();
  here.close();
  await other.stop();
});

test("a source that was left half done is not listed, and the next replacement mends it", async () => {
  const server = await qdrantServer(key);
  let failing = false;
  const broken: typeof fetch = async (url, init) => {
    if (failing && init?.method === "PUT" && String(url).includes("-sources"))
      throw new Error("killed");
    return fetch(url, init);
  };
  const store = qdrantStore({ url: server.url, apiKey: key, collection: "half", fetch: broken });
  await store.open({ model: "m", dimensions: 2 });
  const chunk = {
    id: "a#0",
    source: "a",
    index: 0,
    text: "x",
    raw: "x",
    start: 0,
    end: 1,
    headings: [],
    metadata: {},
  };
  const put = (id: string) => [{ chunk: { ...chunk, id }, vector: Float32Array.of(1, 0) }];
  await store.replace("a", "1", put("a#0"));
  failing = true;
  await expect(store.replace("a", "2", put("a#1"))).rejects.toThrow(/killed/);
  const sources = async () => {
    const all = [];
    for await (const one of store.sources()) all.push(one);
    return all;
  };
  expect(await sources()).toEqual([]);
  failing = false;
  await store.replace("a", "3", put("a#2"));
  expect(await sources()).toEqual([{ source: "a", hash: "3" }]);
  expect((await store.chunks("a")).map(({ id }) => id)).toEqual(["a#2"]);
  await server.stop();
});

describe("Pinecone's own ways", () => {
  const connect = (server: Loopback, namespace: string) =>
    pineconeStore({ host: server.url, apiKey: key, namespace });

  test("what was written is waited for, in searches, lists and counts", async () => {
    const server = await pineconeServer(key, { lagging: true });
    const store = connect(server, "lag");
    await store.open(index);
    const put = sourceOf("a", ["one", "two"], { dimensions: 16, seed: 1 });
    await store.replace("a", "1", put);
    expect(await store.searchVector(put[0]!.vector, { k: 5 })).toHaveLength(2);
    await store.replace("a", "2", put.slice(1));
    expect((await store.chunks("a")).map(({ id }) => id)).toEqual(["a#1"]);
    expect(await store.sources()[Symbol.asyncIterator]().next()).toMatchObject({
      value: { source: "a", hash: "2" },
    });
    await store.remove(["a"]);
    expect(await store.count()).toBe(0);
    await server.stop();
  });

  test("what is never shown is a StoreError, and the caller may leave before", async () => {
    const blind = freshness(async () => {}, 120);
    blind.wrote("docs")(new Headers({ "x-pinecone-request-lsn": "7" }));
    await expect(blind.settle("docs")).rejects.toThrow(/does not show after 0.12 s .* to docs/);
    await blind.settle("others");
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(), 20);
    await expect(blind.settle("docs", leaving.signal)).rejects.toThrow(/abort/i);
  });

  test("long vectors go in requests and come in replies that Pinecone takes", async () => {
    const dimension = 3072;
    const server = await pineconeServer(key, { dimension });
    const store = connect(server, "long");
    await store.open({ model: "m", dimensions: dimension });
    const texts = Array.from({ length: 50 }, (_, i) => `passage ${i}`);
    const put = sourceOf("a", texts, { dimensions: dimension, seed: 1 });
    await store.replace("a", "1", put);
    expect(await store.count()).toBe(50);
    const hits = await store.searchVector(put[3]!.vector, { k: 60, vectors: true });
    expect(hits).toHaveLength(50);
    expect(hits[0]!.chunk).toEqual(put[3]!.chunk);
    expect(hits.every(({ vector }) => vector?.length === dimension)).toBe(true);
    expect(await store.chunks("a")).toHaveLength(50);
    await server.stop();
  });

  test("an index of another length or metric is refused", async () => {
    const short = await pineconeServer(key, { dimension: 8 });
    const error = await connect(short, "x")
      .open(index)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(IndexMismatchError);
    expect(error).toMatchObject({ stored: { dimensions: 8 } });
    const far = await pineconeServer(key, { metric: "euclidean" });
    await expect(connect(far, "x").open(index)).rejects.toThrow(/metric "cosine"/);
    await short.stop();
    await far.stop();
  });
});

test("the loopback servers hold requests to their shape", async () => {
  const server = await qdrantServer(key);
  const post = (path: string, body: unknown) =>
    fetch(server.url + path, {
      method: "PUT",
      headers: { "api-key": key },
      body: JSON.stringify(body),
    });
  expect((await post("/collections/x", { vectors: { size: 2, distance: "Cosine" } })).status).toBe(
    200,
  );
  expect((await post("/collections/y", { vectors: { sizes: 2 } })).status).toBe(400);
  expect(
    (
      await post("/collections/x/points?wait=true", {
        points: [{ id: "1", vector: [1, 2], payload: {} }],
      })
    ).status,
  ).toBe(400);
  await server.stop();
  const odd = await serve(() => ({}));
  await odd.stop();
});

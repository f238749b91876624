/** The stores that speak HTTP: on a live server where its URL is in the environment, else on a loopback one. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Store, StoreError } from "../src/index.ts";
import { elasticsearchStore } from "../src/stores/elasticsearch.ts";
import { qdrantStore } from "../src/stores/qdrant.ts";
import { storeContract } from "./contract.ts";
import { elasticsearchServer } from "./elasticsearch-server.ts";
import { filterContract } from "./filter-contract.ts";
import { type Loopback, serve } from "./loopback.ts";
import { qdrantServer } from "./qdrant-server.ts";

const key = "the-key";
const run = Date.now().toString(36);

interface Vendor {
  vendor: string;
  live: string | undefined;
  liveKey: string | undefined;
  loopback(key: string): Promise<Loopback>;
  connect(url: string, apiKey: string | undefined, name: string): Store;
}

const vendors: Vendor[] = [
  {
    vendor: "Qdrant",
    live: process.env.QDRANT_URL,
    liveKey: process.env.QDRANT_API_KEY,
    loopback: qdrantServer,
    connect: (url, apiKey, collection) => qdrantStore({ url, apiKey, collection }),
  },
  {
    vendor: "Elasticsearch",
    live: process.env.ELASTICSEARCH_URL,
    liveKey: process.env.ELASTICSEARCH_API_KEY,
    loopback: elasticsearchServer,
    connect: (url, apiKey, index) => elasticsearchStore({ url, apiKey, index }),
  },
];

describe.each(vendors)("$vendor", ({ vendor, live, liveKey, loopback, connect }) => {
  let server: Loopback | undefined;
  beforeAll(async () => {
    if (!live) server = await loopback(key);
  });
  afterAll(() => server?.stop());
  const apiKey = live ? liveKey : key;
  const open = async (name: string) => connect(live ?? server!.url, apiKey, `t${run}-${name}`);

  storeContract(open, { big: 700, tolerance: live ? 1e-3 : 1e-5 });
  filterContract(open, live ? 50 : 200);

  test.skipIf(live)("a refusal says what was asked and answered, and no key", async () => {
    const store = connect(server!.url, "wrong-key", "refused");
    const error = await store.open({ model: "m", dimensions: 3 }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(StoreError);
    expect(String(error)).toMatch(/answered with 401/);
    expect(JSON.stringify(error)).not.toMatch(/wrong-key/);
  });

  test("what is no JSON, and nobody at all, is a StoreError", async () => {
    const index = { model: "m", dimensions: 3 };
    const nobody = connect("http://127.0.0.1:1", "k", "x");
    await expect(nobody.open(index)).rejects.toThrow(StoreError);
    const page = { ok: true, status: 200, text: async () => "<html>" } as Response;
    const options = { url: "http://db", fetch: async () => page };
    const portal = vendor === "Qdrant" ? qdrantStore({ ...options, collection: "x" }) : elasticsearchStore({ ...options, index: "x" }); // biome-ignore format: a row
    await expect(portal.open(index)).rejects.toThrow(/without JSON/);
  });
});

test("a source that was left half done is not listed, and the next replacement mends it", async () => {
  const server = await qdrantServer(key);
  let failing = false;
  const broken: typeof fetch = async (url, init) => {
    if (failing && init?.method === "PUT" && String(url).includes("-sources")) throw new Error("killed"); // biome-ignore format: a row
    return fetch(url, init);
  };
  const store = qdrantStore({ url: server.url, apiKey: key, collection: "half", fetch: broken });
  await store.open({ model: "m", dimensions: 2 });
  const chunk = { id: "a#0", source: "a", index: 0, text: "x", raw: "x", start: 0, end: 1, headings: [], metadata: {} }; // biome-ignore format: a row
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

test("the loopback servers hold requests to their shape", async () => {
  const server = await qdrantServer(key);
  const post = (path: string, body: unknown) =>
    fetch(server.url + path, { method: "PUT", headers: { "api-key": key }, body: JSON.stringify(body) }); // biome-ignore format: a row
  expect((await post("/collections/x", { vectors: { size: 2, distance: "Cosine" } })).status).toBe(200); // biome-ignore format: a row
  expect((await post("/collections/y", { vectors: { sizes: 2 } })).status).toBe(400);
  expect((await post("/collections/x/points?wait=true", { points: [{ id: "1", vector: [1, 2], payload: {} }] })).status).toBe(400); // biome-ignore format: a row
  await server.stop();
  const odd = await serve(() => ({}));
  await odd.stop();
});

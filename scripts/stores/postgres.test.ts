/** The pgvector store: on the server at POSTGRES_VECTOR_URL, else on PGlite behind a socket. */
import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresStore } from "../../packages/rag/src/stores/postgres.ts";
import { storeContract } from "../../packages/rag/test/contract.ts";
import { sourceOf } from "../../packages/rag/test/corpus.ts";
import { filterContract } from "../../packages/rag/test/filter-contract.ts";
import { freePort } from "./free-port.ts";
import { installed } from "./installed.ts";

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const { PGlite } = await import("@electric-sql/pglite");
  const { vector } = await import("@electric-sql/pglite-pgvector");
  const { PGLiteSocketServer } = await import("@electric-sql/pglite-socket");
  const db = await PGlite.create({ extensions: { vector } });
  const port = await freePort();
  const server = new PGLiteSocketServer({ db, port, host: "127.0.0.1", maxConnections: 10 });
  await server.start();
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop();
      await db.close();
    },
  };
}

describe.skipIf(!installed("@electric-sql/pglite"))("pgvector", () => {
  let pool: Pool;
  let stop = async () => {};
  beforeAll(async () => {
    const { default: pg } = await import("pg");
    let url = process.env.POSTGRES_VECTOR_URL;
    if (!url) ({ url, stop } = await startServer());
    // PGlite has one session behind all connections: one transaction at a time.
    pool = new pg.Pool({ connectionString: url, max: process.env.POSTGRES_VECTOR_URL ? 10 : 1 });
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await stop();
  });
  const run = Date.now().toString(36);
  const connect = async (name: string) =>
    postgresStore({ pool, prefix: `t${run}_${name.replaceAll("-", "_")}` });

  storeContract(connect);
  filterContract(connect);

  test("with the index, a filter that few pass still gives k rows", async () => {
    const store = await connect("few");
    await store.open({ model: "test/few", dimensions: 16 });
    const texts = Array.from({ length: 3000 }, (_, i) => `passage ${i}`);
    const put = sourceOf("a", texts, { dimensions: 16, seed: 1 }).map(({ chunk, vector }, i) => ({
      chunk: { ...chunk, metadata: { rare: i % 200 === 0 } },
      vector,
    }));
    await store.replace("a", "h", put);
    await store.optimize!();
    const { rows } = await pool.query("select indexdef from pg_indexes where indexname = $1", [
      `t${run}_few_nearest`,
    ]);
    expect(rows[0].indexdef).toMatch(/USING hnsw/);
    for (let i = 0; i < 5; i++) {
      const hits = await store.searchVector(put[i]!.vector, { k: 10, filter: { rare: true } });
      expect(hits).toHaveLength(10);
      const [near] = await store.searchVector(put[i]!.vector, { k: 10 });
      expect(near!.chunk.id).toBe(put[i]!.chunk.id);
    }
    await store.close();
  });

  test.each([2500, 5000])("keeps vectors of %i numbers", async (dimensions) => {
    const store = await connect(`long_${dimensions}`);
    await store.open({ model: "test/long", dimensions });
    const put = sourceOf("a", ["one", "two", "three"], { dimensions, seed: 1 });
    await store.replace("a", "h", put);
    await store.optimize!();
    const [hit] = await store.searchVector(put[1]!.vector, { k: 1 });
    expect(hit!.chunk.id).toBe("a#1");
    expect(hit!.score).toBeCloseTo(1, 3);
    await store.close();
  });
});

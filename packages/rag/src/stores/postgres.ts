/** The store in PostgreSQL with pgvector 0.8 or newer, through a pool of `pg`. */
import { InvalidRequestError } from "@polycall/core";
import {
  checkDescription,
  checkPlaces,
  checkReplace,
  checkSearch,
  opened,
  unitVector,
} from "./check.ts";
import { cleanMetadata, decodeChunk, encodeChunk, inOrder } from "./encoded.ts";
import { checkAborted, checkSameIndex, StoreError, storeError } from "./errors.ts";
import { readFilter } from "./filter.ts";
import { postgresFilter } from "./postgres-filter.ts";
import type { IndexDescription, Store } from "./store.ts";

type Query = (text: string, values?: unknown[]) => Promise<{ rows: unknown[] }>;

/** What the store asks of a pool: `new Pool()` of `pg`, or what does as it does. */
export interface PostgresPool {
  connect(): Promise<{ query: Query; release(error?: boolean): void }>;
}

export interface PostgresStoreOptions {
  pool: PostgresPool;
  /** How the names of its tables begin. Default "polycall". */
  prefix?: string;
}

const batch = 500;

/**
 * Keeps chunks in the tables PREFIX_chunks, PREFIX_sources and PREFIX_index, which `open` makes where they
 * are missing. Searches are exact until `optimize()` has built an HNSW index. The pool stays yours:
 * `close()` does not end it.
 * @throws StoreError, from each method, when the database refuses or cannot be reached
 */
export function postgresStore({ pool, prefix = "polycall" }: PostgresStoreOptions): Store {
  if (!/^[a-z_][a-z0-9_]{0,39}$/.test(prefix))
    throw new InvalidRequestError(
      `prefix is ${JSON.stringify(prefix)}; use up to 40 small letters, digits and "_".`,
      { param: "prefix" },
    );
  const [chunkTable, sourceTable] = [`${prefix}_chunks`, `${prefix}_sources`];
  let index: IndexDescription | undefined;
  let closed = false;

  /** All of the work on one connection, in one transaction. */
  async function transaction<T>(doing: string, work: (query: Query) => Promise<T>): Promise<T> {
    if (closed) throw new StoreError("The store is closed.");
    let broken = false;
    try {
      const client = await pool.connect();
      try {
        await client.query("begin");
        const result = await work((text, values) => client.query(text, values));
        await client.query("commit");
        return result;
      } catch (error) {
        await client.query("rollback").catch(() => {
          broken = true;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    } catch (error) {
      throw storeError(doing, error);
    }
  }
  const rows = <Row>(doing: string, text: string, values: unknown[] = []): Promise<Row[]> =>
    transaction(doing, async (query) => (await query(text, values)).rows as Row[]);

  /** Pages of a table, by what orders it. */
  async function* pages<Row>(doing: string, text: string, keyOf: (row: Row) => string) {
    for (let after = ""; ; ) {
      const page = await rows<Row>(doing, text, [after]);
      yield* page;
      if (page.length === 0) return;
      after = keyOf(page.at(-1)!);
    }
  }

  return {
    async open(asked) {
      checkDescription(asked);
      await transaction("open it", async (query) => {
        // Two processes that make the same tables at once would fail otherwise.
        await query("select pg_advisory_xact_lock(hashtext($1))", [chunkTable]);
        const { rows: found } = await query(
          "select to_regclass($1) is not null as made, to_regtype('vector') is not null as able",
          [chunkTable],
        );
        const { made, able } = found[0] as { made: boolean; able: boolean };
        if (!able) await query("create extension vector");
        if (!made) await query(tables(prefix, asked.dimensions));
        await query(`insert into ${prefix}_index values (1, $1, $2) on conflict do nothing`, [
          asked.model,
          asked.dimensions,
        ]);
        const stored = await query(`select model, dimensions from ${prefix}_index`);
        const known = stored.rows[0] as IndexDescription;
        checkSameIndex(`The table ${chunkTable}`, known, asked, "give another prefix");
      });
      index = asked;
    },

    async *sources() {
      opened(index);
      yield* pages<{ source: string; hash: string }>(
        "list its sources",
        `select source, hash from ${sourceTable} where source > $1 order by source limit 500`,
        ({ source }) => source,
      );
    },

    async replace(source, hash, chunks, { signal } = {}) {
      const checked = checkReplace(source, hash, chunks, opened(index).dimensions);
      checkAborted(signal);
      await transaction(`replace "${source}"`, async (query) => {
        // Who replaces the same source waits here.
        await query(
          `insert into ${sourceTable} values ($1, $2) on conflict (source) do update set hash = $2`,
          [source, hash],
        );
        await query(`delete from ${chunkTable} where source = $1`, [source]);
        for (let i = 0; i < checked.length; i += batch) {
          checkAborted(signal);
          const part = checked.slice(i, i + batch);
          await query(
            `insert into ${chunkTable} (id, source, place, page, metadata, body, vector)
             select id, $1, place, page, metadata, body, vector::vector
             from unnest($2::text[], $3::int[], $4::float8[], $5::jsonb[], $6::text[], $7::text[])
               as part (id, place, page, metadata, body, vector)`,
            [
              source,
              part.map(({ chunk }) => chunk.id),
              part.map(({ chunk }) => chunk.index),
              part.map(({ chunk }) => chunk.page ?? null),
              part.map(({ chunk }) => JSON.stringify(cleanMetadata(chunk.metadata))),
              part.map(({ chunk }) => encodeChunk(chunk)),
              part.map(({ vector }) => literal(vector)),
            ],
          );
        }
      });
    },

    async remove(sources) {
      opened(index);
      await transaction("remove sources", async (query) => {
        await query(`delete from ${sourceTable} where source = any($1)`, [sources]);
        await query(`delete from ${chunkTable} where source = any($1)`, [sources]);
      });
    },

    async searchVector(vector, options) {
      const k = checkSearch(options);
      const query = unitVector(vector, opened(index).dimensions, "vector");
      const values: unknown[] = [query && literal(query), k];
      const filter = options.filter && readFilter(options.filter);
      const { sql, values: bound } = filter ? postgresFilter(filter) : { sql: "true", values: [] };
      const where = sql.replaceAll("?", () => `$${values.push(bound[values.length - 2])}`);
      if (!query || k === 0) return [];
      const nearness = compared(opened(index).dimensions, "$1");
      const text = `select body, 1 - (vector <=> $1::vector) as score${options.vectors ? ", vector::text" : ""}
        from ${chunkTable} where ${where} order by ${nearness} limit $2`;
      const found = await transaction("search it", async (ask) => {
        await ask("set local hnsw.iterative_scan = strict_order");
        await ask(`set local hnsw.ef_search = ${Math.min(1000, Math.max(100, k))}`);
        const { rows: first } = await ask(text, values);
        if (first.length === k) return first;
        // The index gives up at some time; who looks at every row does not.
        await ask("set local enable_indexscan = off");
        return (await ask(text, values)).rows;
      });
      return inOrder(
        (found as { body: string; score: number; vector?: string }[]).map((row) => ({
          chunk: decodeChunk(row.body),
          score: Number(row.score),
          ...(row.vector && { vector: Float32Array.from(JSON.parse(row.vector) as number[]) }),
        })),
      );
    },

    async chunks(source, from, to) {
      opened(index);
      const places = checkPlaces(from, to);
      const found = await rows<{ body: string }>(
        `read "${source}"`,
        `select body from ${chunkTable} where source = $1 and place >= $2::float8 and place < $3::float8
         order by place, id`,
        [source, places.from, places.to],
      );
      return found.map(({ body }) => decodeChunk(body));
    },

    async *all() {
      opened(index);
      const text = `select id, body from ${chunkTable} where id > $1 order by id limit 200`;
      for await (const { body } of pages<{ id: string; body: string }>(
        "read it",
        text,
        ({ id }) => id,
      )) {
        yield decodeChunk(body);
      }
    },

    async count() {
      opened(index);
      const [row] = await rows<{ n: string }>(
        "count it",
        `select count(*) as n from ${chunkTable}`,
      );
      return Number(row!.n);
    },

    async optimize({ signal } = {}) {
      const { dimensions } = opened(index);
      checkAborted(signal);
      if (dimensions > indexable) return;
      const how = dimensions > halfFrom ? "halfvec_cosine_ops" : "vector_cosine_ops";
      await rows(
        "build its index",
        `create index if not exists ${prefix}_nearest on ${chunkTable}
         using hnsw ((${indexed(dimensions)}) ${how})`,
      );
    },

    async close() {
      closed = true;
    },
  };
}

/** pgvector indexes vectors up to this length, and half precision up to that. */
const halfFrom = 2000;
const indexable = 4000;

/** What the index holds. */
function indexed(dimensions: number): string {
  return dimensions > halfFrom && dimensions <= indexable
    ? `vector::halfvec(${dimensions})`
    : "vector";
}

/** The distance that the index knows. */
function compared(dimensions: number, query: string): string {
  const half = dimensions > halfFrom && dimensions <= indexable;
  return `${indexed(dimensions)} <=> ${query}::${half ? `halfvec(${dimensions})` : "vector"}`;
}

const literal = (vector: Float32Array) => `[${vector.join(",")}]`;

/** Sources and ids compare by their bytes. */
const tables = (prefix: string, dimensions: number) => `
  create table ${prefix}_index (
    one integer primary key check (one = 1), model text not null, dimensions integer not null
  );
  create table ${prefix}_sources (source text collate "C" primary key, hash text not null);
  create table ${prefix}_chunks (
    id text collate "C" primary key, source text collate "C" not null, place integer not null,
    page float8, metadata jsonb not null, body text not null, vector vector(${dimensions}) not null
  );
  create index ${prefix}_places on ${prefix}_chunks (source, place);
  create index ${prefix}_metadata on ${prefix}_chunks using gin (metadata jsonb_path_ops);`;

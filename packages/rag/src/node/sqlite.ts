/** The store in one SQLite file, through the `node:sqlite` that Node has: rows, metadata, vectors, words. */
import { resolve } from "node:path";
import {
  type CheckedChunk,
  checkDescription,
  checkPlaces,
  checkReplace,
  checkSearch,
  opened,
  unitVector,
} from "../stores/check.ts";
import { decodeChunk, encodeBody, inOrder } from "../stores/encoded.ts";
import { checkAborted, checkSameIndex } from "../stores/errors.ts";
import { readFilter } from "../stores/filter.ts";
import type { SqlPart } from "../stores/sql.ts";
import type { Filter, Hit, Store, StoredChunk } from "../stores/store.ts";
import { Matrix, packed } from "./matrix.ts";
import { type Near, nearestRows } from "./nearest.ts";
import { Sidecar, type SidecarOptions, sidecarSchema } from "./sidecar.ts";
import { type Row, type Sql, SqliteFile } from "./sqlite-file.ts";
import { sqlFilter } from "./sqlite-filter.ts";
import { searchedWords, storedWords } from "./sqlite-words.ts";

export type { SidecarOptions } from "./sidecar.ts";

export interface SqliteStoreOptions {
  /** Where the file is; made with its folder on first use. */
  path: string;
  /** ms to wait for another process that is writing. Default 10,000. */
  busyTimeout?: number;
  /**
   * Bytes of vectors that searches keep in memory; what is beyond is read from the file each time.
   * Default 1 GiB: 700,000 vectors of 384 numbers.
   */
  cacheBytes?: number;
  /**
   * The index that `optimize()` builds for large stores, in a file beside the database, by the package
   * usearch. Default: built where that is installed; false: never, and searches stay exact.
   */
  index?: SidecarOptions | false;
}

/** So many of the last writes are remembered, for the searches that keep up with them. */
const remembered = 1000;

const schema = `
  create table if not exists polycall_index (
    one integer primary key check (one = 1), model text, dimensions integer,
    version integer not null default 0, forgotten integer not null default 0
  ) strict;
  create table if not exists polycall_sources (
    source text primary key, hash text not null, first integer, last integer
  ) strict, without rowid;
  create table if not exists polycall_metadata (
    id integer primary key, json text not null unique
  ) strict;
  create table if not exists polycall_chunks (
    n integer primary key autoincrement, id text not null unique, source text not null,
    place integer not null, page any, metadata integer not null, body text not null
  ) strict;
  create index if not exists polycall_places on polycall_chunks (source, place);
  create index if not exists polycall_kinds on polycall_chunks (metadata);
  create table if not exists polycall_vectors (n integer primary key, vectors blob not null) strict;
  create virtual table if not exists polycall_words using fts5 (
    text, content = '', tokenize = 'porter unicode61'
  );
  create table if not exists polycall_gone (
    version integer not null, first integer not null, last integer not null
  ) strict;
  create index if not exists polycall_gone_versions on polycall_gone (version);
  insert or ignore into polycall_index (one) values (1);
  ${sidecarSchema}`;

const columns =
  "c.body, m.json from polycall_chunks c join polycall_metadata m on m.id = c.metadata";

const toChunk = ([body, metadata]: Row): StoredChunk => decodeChunk(String(body), String(metadata));

/**
 * Keeps all in the SQLite file at `path`; several processes may use it. Vectors are searched exactly, until
 * there are many and `optimize()` has built an index.
 * @throws StoreError, from each method, when the file cannot be read or written
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  return store(resolve(options.path), options);
}

/** The same without a file: gone with the process. */
export function memoryStore(): Store {
  return store(":memory:", {});
}

function store(
  path: string,
  { busyTimeout = 10_000, cacheBytes = 2 ** 30, index: indexing }: Partial<SqliteStoreOptions>,
): Store {
  const file = new SqliteFile({ path, busyTimeout, schema });
  let dimensions: number | undefined;
  let matrix: Matrix | undefined;
  let sidecar: Sidecar | undefined;
  /** Where the matrix begins. */
  let from = 0;

  function matrixAfter(upto: number): Matrix {
    if (!matrix || from !== upto) matrix = new Matrix(dimensions!, cacheBytes, upto);
    from = upto;
    return matrix;
  }

  function hits(sql: Sql, found: readonly Near[], vectors?: boolean) {
    return inOrder(
      found.map(({ key, score }): Hit => {
        const chunk = toChunk(sql.first(`select ${columns} where n = ?`, key)!);
        if (!vectors) return { chunk, score };
        return { chunk, score, vector: vectorOf(sql, key, dimensions!) };
      }),
    );
  }

  return {
    async open(index) {
      checkDescription(index);
      await file.write("open it", (sql) => {
        const [model, stored] = sql.first("select model, dimensions from polycall_index")!;
        if (model === null) {
          sql.run(
            "update polycall_index set model = ?, dimensions = ?",
            index.model,
            index.dimensions,
          );
        } else {
          const known = { model: String(model), dimensions: Number(stored) };
          checkSameIndex(`The store ${path}`, known, index, "give another path");
        }
      });
      dimensions = index.dimensions;
      if (path !== ":memory:" && indexing !== false) {
        sidecar ??= new Sidecar(path, file, dimensions, indexing);
      }
    },

    async *sources() {
      opened(dimensions);
      for (let after = ""; ; ) {
        const rows = await file.read("list its sources", (sql) =>
          sql.all(
            "select source, hash from polycall_sources where source > ? order by source limit 500",
            after,
          ),
        );
        for (const [source, hash] of rows) yield { source: String(source), hash: String(hash) };
        if (rows.length === 0) return;
        after = String(rows.at(-1)![0]);
      }
    },

    async replace(source, hash, chunks, { signal } = {}) {
      const checked = checkReplace(source, hash, chunks, opened(dimensions));
      checkAborted(signal);
      await file.write(`replace "${source}"`, (sql) => {
        const version = nextVersion(sql);
        removeSource(sql, source, version);
        let first: number | null = null;
        let last: number | null = null;
        for (const { chunk } of checked) {
          last = insert(sql, chunk);
          first ??= last;
        }
        if (first !== null) insertVectors(sql, first, checked);
        sql.run("insert into polycall_sources values (?, ?, ?, ?)", source, hash, first, last);
        forget(sql, version);
      });
    },

    async remove(sources) {
      opened(dimensions);
      await file.write("remove sources", (sql) => {
        const version = nextVersion(sql);
        for (const source of sources) removeSource(sql, source, version);
        forget(sql, version);
      });
    },

    async searchVector(vector, options) {
      const k = checkSearch(options);
      const query = unitVector(vector, opened(dimensions), "vector");
      const filter = compiled(options.filter);
      if (!query || k === 0) return [];
      for (;;) {
        const found = await file.read("search it", (sql) => {
          const open = sidecar?.current(sql);
          if (open === "stale") return undefined;
          const only = filter && keysOf(sql, filter);
          const near = nearestRows(sql, query, k, matrixAfter(open?.upto ?? 0), open, only);
          return hits(sql, near, options.vectors);
        });
        if (found) return found;
        await sidecar!.renew();
      }
    },

    async searchText(query, options) {
      const k = checkSearch(options);
      opened(dimensions);
      const filter = compiled(options.filter);
      const match = searchedWords(query);
      if (match === "" || k === 0) return [];
      return file.read("search it", (sql) => {
        const rows = sql.all(
          `select rowid, -bm25(polycall_words) as score from polycall_words where polycall_words match ?
           ${filter ? `and rowid in (select n from polycall_chunks c where ${filter.sql})` : ""}
           order by score desc, rowid limit ?`,
          match,
          ...((filter?.values ?? []) as string[]),
          k,
        );
        const found = rows.map(([key, score]) => ({ key: Number(key), score: Number(score) }));
        return hits(sql, found, options.vectors);
      });
    },

    async chunks(source, from, to) {
      opened(dimensions);
      const places = checkPlaces(from, to);
      return file.read(`read "${source}"`, (sql) =>
        sql
          .all(
            `select ${columns} where source = ? and place >= ? and place < ? order by place, n`,
            source,
            places.from,
            places.to,
          )
          .map(toChunk),
      );
    },

    async *all() {
      opened(dimensions);
      for (let after = 0; ; ) {
        const rows = await file.read("read it", (sql) =>
          sql.all(`select n, ${columns} where n > ? order by n limit 200`, after),
        );
        for (const [, ...row] of rows) yield toChunk(row);
        if (rows.length === 0) return;
        after = Number(rows.at(-1)![0]);
      }
    },

    async count() {
      opened(dimensions);
      return file.read("count its chunks", (sql) =>
        Number(sql.first("select count(*) from polycall_chunks")![0]),
      );
    },

    async optimize(options = {}) {
      opened(dimensions);
      checkAborted(options.signal);
      await sidecar?.build(options);
    },

    async close() {
      matrix = undefined;
      file.close();
    },
  };
}

const compiled = (filter: Filter | undefined) => filter && sqlFilter(readFilter(filter));

function keysOf(sql: Sql, filter: SqlPart): number[] {
  return sql
    .all(
      `select n from polycall_chunks c where ${filter.sql} order by n`,
      ...(filter.values as string[]),
    )
    .map(([n]) => Number(n));
}

function nextVersion(sql: Sql): number {
  return Number(sql.first("update polycall_index set version = version + 1 returning version")![0]);
}

function insert(sql: Sql, chunk: StoredChunk): number {
  const json = JSON.stringify(chunk.metadata);
  const known = sql.first("select id from polycall_metadata where json = ?", json);
  const metadata = known?.[0] ?? sql.run("insert into polycall_metadata (json) values (?)", json);
  const n = sql.run(
    "insert into polycall_chunks (id, source, place, page, metadata, body) values (?, ?, ?, ?, ?, ?)",
    chunk.id,
    chunk.source,
    chunk.index,
    chunk.page ?? null,
    metadata,
    encodeBody(chunk),
  );
  sql.run("insert into polycall_words (rowid, text) values (?, ?)", n, storedWords(chunk.text));
  return n;
}

/** @param first the chunks of one source have rows that follow one another, from this one on */
function insertVectors(sql: Sql, first: number, chunks: readonly CheckedChunk[]): void {
  for (let i = 0; i < chunks.length; i += packed) {
    const vectors = chunks.slice(i, i + packed).map(({ vector }) => vector);
    const pack = new Float32Array(vectors.length * vectors[0]!.length);
    for (const [place, vector] of vectors.entries()) pack.set(vector, place * vector.length);
    const bytes = new Uint8Array(pack.buffer);
    sql.run("insert into polycall_vectors values (?, ?)", first + i, bytes);
  }
}

function vectorOf(sql: Sql, n: number, dimensions: number): Float32Array {
  const width = dimensions * 4;
  const [bytes] = sql.first(
    `select substr(vectors, (?1 - n) * ?2 + 1, ?2) from polycall_vectors
     where n <= ?1 order by n desc limit 1`,
    n,
    width,
  )!;
  return new Float32Array((bytes as Uint8Array).slice().buffer);
}

function removeSource(sql: Sql, source: string, version: number): void {
  const known = sql.first("select first, last from polycall_sources where source = ?", source);
  if (!known) return;
  sql.run("delete from polycall_sources where source = ?", source);
  const [first, last] = known;
  if (typeof first !== "number" || typeof last !== "number") return;
  const kinds = sql.all(
    "select distinct metadata from polycall_chunks where n between ? and ?",
    first,
    last,
  );
  // By their words: with contentless_delete FTS5 would go on to count the chunk, and rank by numbers that drift.
  const bodies = "select n, body from polycall_chunks where n between ? and ?";
  for (const [n, body] of sql.each(bodies, first, last)) {
    const { text } = decodeChunk(String(body), "{}");
    sql.run(
      "insert into polycall_words (polycall_words, rowid, text) values ('delete', ?, ?)",
      ...[n as number, storedWords(text)],
    );
  }
  sql.run("delete from polycall_vectors where n between ? and ?", first, last);
  sql.run("delete from polycall_chunks where n between ? and ?", first, last);
  for (const [kind] of kinds) {
    sql.run(
      `delete from polycall_metadata where id = ?1
       and not exists (select 1 from polycall_chunks where metadata = ?1)`,
      kind as number,
    );
  }
  sql.run("insert into polycall_gone values (?, ?, ?)", version, first, last);
}

/** A search that has seen none of the last writes reads all vectors anew. */
function forget(sql: Sql, version: number): void {
  if (version <= remembered) return;
  sql.run("delete from polycall_gone where version <= ?", version - remembered);
  sql.run("update polycall_index set forgotten = ?", version - remembered);
}

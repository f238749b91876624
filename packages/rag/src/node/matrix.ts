/** The vectors of a SQLite store in memory, for exact search: read when first searched, then kept in step. */
import { TopK } from "@polycall/embeddings";
import { rowsAtOnce } from "./dots.ts";
import { Rows } from "./rows.ts";
import type { Row, Sql } from "./sqlite-file.ts";

/**
 * So many vectors at most are kept in one row of the table. Read together they are read faster, and read
 * one by one, behind an index, slower.
 */
export const packed = 4;

/** WebAssembly's 4 GiB, with room for what is beside the vectors. */
const maxBytes = 2 ** 32 - 2 ** 26;

export class Matrix {
  readonly #dimensions: number;
  readonly #maxRows: number;
  #kept: Rows;
  /** Vectors beyond what is kept pass through here. */
  #passing: Rows | undefined;
  #version = -1;
  /** There is more than is kept. */
  #full = false;

  /** Rows up to this one are somebody else's. */
  readonly #from: number;

  /** @param cacheBytes how much is kept; the rest is read from the file by each search */
  constructor(dimensions: number, cacheBytes: number, from = 0) {
    this.#from = from;
    this.#dimensions = dimensions;
    this.#maxRows = Math.floor(Math.min(cacheBytes, maxBytes) / (Math.ceil(dimensions / 16) * 64));
    this.#kept = new Rows(dimensions);
  }

  /**
   * The `k` nearest by cosine, as rows of the store.
   * @param query of length 1
   * @param only the keys to look at, ascending; absent: all
   */
  search(sql: Sql, query: Float32Array, k: number, only?: ArrayLike<number>) {
    this.#keepUp(sql);
    const best = new TopK(k);
    let place = 0;
    const look = (rows: Rows) => {
      if (only) place = rows.searchOnly(query, best, only, place);
      else rows.searchAll(query, best);
    };
    look(this.#kept);
    if (this.#full) {
      this.#passing ??= new Rows(this.#dimensions);
      const passing = this.#passing;
      for (const [first, bytes] of packsAfter(sql, Math.max(this.#kept.lastKey, this.#from))) {
        passing.push(first as number, bytes as Uint8Array);
        if (passing.size < rowsAtOnce) continue;
        look(passing);
        passing.empty();
      }
      look(passing);
      passing.empty();
    }
    return best.take();
  }

  /** Forgets all that it holds. */
  clear(): void {
    this.#kept = new Rows(this.#dimensions);
    this.#passing = undefined;
    this.#version = -1;
    this.#full = false;
  }

  /** Takes in what was written since the last search, by this process or another. */
  #keepUp(sql: Sql): void {
    const state = sql.first("select version, forgotten from polycall_index");
    const [version, forgotten] = state as readonly [number, number];
    if (version === this.#version) return;
    if (this.#version < forgotten || this.#kept.goneCount > this.#kept.size / 4) this.clear();
    if (this.#version >= 0) {
      const removed = sql.all(
        "select first, last from polycall_gone where version > ?",
        this.#version,
      );
      for (const [first, last] of removed) this.#kept.drop(Number(first), Number(last));
    }
    if (!this.#full) {
      for (const [first, bytes] of packsAfter(sql, Math.max(this.#kept.lastKey, this.#from))) {
        this.#full = this.#kept.size + packed > this.#maxRows;
        if (this.#full) break;
        this.#kept.push(first as number, bytes as Uint8Array);
      }
    }
    this.#version = version;
  }
}

/** Rows of vectors that follow one another, as key of the first and bytes. */
export function* packsAfter(sql: Sql, after: number): Generator<Row> {
  for (let last = after; ; ) {
    const rows = sql.all(
      "select n, vectors from polycall_vectors where n > ? order by n limit 64",
      last,
    );
    yield* rows;
    if (rows.length === 0) return;
    last = Number(rows.at(-1)![0]);
  }
}

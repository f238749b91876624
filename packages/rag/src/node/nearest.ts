/** The nearest rows of a SQLite store: through its index where it has one, else by looking at all. */
import { TopK } from "@polycall/embeddings";
import { type Matrix, packed } from "./matrix.ts";
import type { Rows } from "./rows.ts";
import type { OpenSidecar } from "./sidecar.ts";
import type { Sql } from "./sqlite-file.ts";

export interface Near {
  key: number;
  score: number;
}

/** A filter that so few pass is quicker looked through than over-fetched. */
const listed = 5000;

/** usearch's own scores are rough: of the true 10 nearest 9.75 were among its first 10, all among 16. */
const candidates = (k: number) => k + Math.max(5, k >> 1);

/**
 * @param matrix holds what is not in the index
 * @param only the keys of rows that pass the filter, ascending; absent: all
 */
export function nearestRows(
  sql: Sql,
  query: Float32Array,
  k: number,
  matrix: Matrix,
  sidecar: OpenSidecar | undefined,
  only: readonly number[] | undefined,
): Near[] {
  const fresh = matrix.search(sql, query, k, only);
  if (!sidecar) return fresh;
  const old = only?.slice(0, countUpTo(only, sidecar.upto));
  const found = old ? filtered(sql, query, k, sidecar, old) : indexed(sql, query, k, sidecar);
  return [...found, ...fresh].sort((a, b) => b.score - a.score || a.key - b.key).slice(0, k);
}

/** Asks for more until there are candidates enough: rows that are gone may be among those found. */
function indexed(sql: Sql, query: Float32Array, k: number, sidecar: OpenSidecar): Near[] {
  const size = sidecar.index.size();
  const enough = (k + candidates(k)) >> 1;
  for (let wanted = candidates(k); ; wanted *= 2) {
    const { keys } = sidecar.index.search(query, Math.min(wanted, size), 1);
    const near = scored(sql, query, Array.from(keys, Number), wanted, sidecar.scratch);
    if (near.length >= enough || wanted >= size) return near;
  }
}

function filtered(
  sql: Sql,
  query: Float32Array,
  k: number,
  sidecar: OpenSidecar,
  old: readonly number[],
): Near[] {
  const size = sidecar.index.size();
  // As many as hold k that pass, were they spread evenly, and as many again.
  let wanted = Math.ceil((2 * candidates(k) * size) / Math.max(1, old.length));
  for (; old.length > listed && wanted < size / 10; wanted *= 4) {
    const { keys } = sidecar.index.search(query, wanted, 1);
    const passing = Array.from(keys, Number).filter((key) => includes(old, key));
    if (passing.length >= candidates(k)) return scored(sql, query, passing, k, sidecar.scratch);
  }
  return scored(sql, query, old, k, sidecar.scratch);
}

/** The exact scores of rows, as far as they are still there; the best `k`. */
function scored(
  sql: Sql,
  query: Float32Array,
  keys: readonly number[],
  k: number,
  rows: Rows,
): Near[] {
  rows.empty();
  const best = new TopK(k);
  const ordered = Float64Array.from(keys).sort();
  const width = query.byteLength;
  let place = 0;
  for (let i = 0; i < ordered.length; i++) {
    if (ordered[i]! <= rows.lastKey) continue;
    const pack = sql.first(
      "select n, vectors from polycall_vectors where n <= ? order by n desc limit 1",
      ordered[i]!,
    );
    if (!pack) continue;
    const [first, bytes] = pack as unknown as readonly [number, Uint8Array];
    // Its own pack is gone, and this is the one before.
    if (first <= rows.lastKey || first + bytes.length / width <= ordered[i]!) continue;
    rows.push(first, bytes);
    if (rows.size < 256 * packed) continue;
    place = rows.searchOnly(query, best, ordered, place);
    rows.empty();
  }
  rows.searchOnly(query, best, ordered, place);
  return best.take();
}

/** How many of ascending keys are at most `last`. */
function countUpTo(keys: readonly number[], last: number): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! <= last) low = middle + 1;
    else high = middle;
  }
  return low;
}

const includes = (keys: readonly number[], key: number) => keys[countUpTo(keys, key) - 1] === key;

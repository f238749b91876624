/** Vectors that belong together, in groups small enough for one summary. */
import { kMeans, type Partition } from "./k-means.ts";
import { type Matrix, reduced } from "./reduce.ts";

export interface ClusterOptions {
  /** How much of `most` each vector takes. */
  sizes: readonly number[];
  /** What a group may take at most; one vector alone may take more. */
  most: number;
  seed: number;
}

/** Principal components that a set is divided along; of few points fewer tell something. */
const dimensionsOf = (rows: number) => Math.max(2, Math.min(10, Math.floor(rows / 3)));
const mostParts = 50;

/**
 * Groups of indices; each index is in one of them. What does not fit is divided, into as many parts as Schwarz's
 * criterion says, until all fits. The same seed gives the same groups.
 */
export function clusters(
  vectors: readonly Float32Array[],
  { sizes, most, seed }: ClusterOptions,
): number[][] {
  if (vectors.length === 0) return [];
  const groups: number[][] = [];
  const points = rowsOf(vectors);
  const waiting = [vectors.map((_, i) => i)];
  for (let at = 0; at < waiting.length; at++) {
    const members = waiting[at]!;
    const size = members.reduce((sum, i) => sum + sizes[i]!, 0);
    if (members.length === 1 || size <= most) groups.push(members);
    else {
      // Parts that are half full on average, at least.
      const few = reduced(chosen(points, members), dimensionsOf(members.length), seed);
      const parts = divided(few, (2 * size) / most, seed);
      waiting.push(...parts.map((part) => part.map((i) => members[i]!)));
    }
  }
  return groups;
}

function rowsOf(vectors: readonly Float32Array[]): Matrix {
  const columns = vectors[0]!.length;
  const data = new Float64Array(vectors.length * columns);
  for (const [row, vector] of vectors.entries()) data.set(vector, row * columns);
  return { data, rows: vectors.length, columns };
}

function chosen({ data, columns }: Matrix, members: readonly number[]): Matrix {
  const rows = new Float64Array(members.length * columns);
  for (const [row, i] of members.entries()) {
    rows.set(data.subarray(i * columns, (i + 1) * columns), row * columns);
  }
  return { data: rows, rows: members.length, columns };
}

/** At least two parts, none of them empty. */
function divided(points: Matrix, parts: number, seed: number): number[][] {
  const { rows } = points;
  let best: Partition | undefined;
  for (const count of counts(Math.min(mostParts, Math.ceil(parts), Math.ceil(rows / 2)))) {
    const one = kMeans(points, count, seed);
    if (!best || one.bic < best.bic) best = one;
  }
  const found = Array.from({ length: best!.count }, (): number[] => []);
  for (const [row, part] of best!.of.entries()) found[part]!.push(row);
  const full = found.filter(({ length }) => length > 0);
  if (full.length > 1) return full;
  // All of them are the same.
  const all = [...best!.of.keys()];
  return [all.slice(0, rows >> 1), all.slice(rows >> 1)];
}

/** From 2, ever fewer. */
function counts(most: number): number[] {
  const tried = [2];
  for (let next = 3; next <= most; next = Math.round(next * 1.4)) tried.push(next);
  return tried;
}

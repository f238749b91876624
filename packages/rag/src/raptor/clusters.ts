/** Vectors that belong together, in groups small enough for one summary. */
import { principalComponents } from "@polycall/embeddings";
import { kMeans, type Matrix, type Partition } from "./k-means.ts";

export interface ClusterOptions {
  /** How much of `most` each vector takes. */
  sizes: readonly number[];
  /** What a group may take at most; one vector alone may take more. */
  most: number;
  seed: number;
  signal?: AbortSignal;
}

/** Principal components that a set is divided along; of few points fewer tell something. */
const componentsOf = (rows: number) => Math.max(2, Math.min(10, Math.floor(rows / 3)));
const mostParts = 50;

/**
 * Groups of indices; each index is in one of them. What does not fit is divided, into as many parts as Schwarz's
 * criterion says, until all fits. The same seed gives the same groups.
 */
export async function clusters(
  vectors: readonly Float32Array[],
  { sizes, most, seed, signal }: ClusterOptions,
): Promise<number[][]> {
  if (vectors.length === 0) return [];
  const groups: number[][] = [];
  const waiting = [vectors.map((_, i) => i)];
  for (let at = 0; at < waiting.length; at++) {
    const members = waiting[at]!;
    const size = members.reduce((sum, i) => sum + sizes[i]!, 0);
    if (members.length === 1 || size <= most) groups.push(members);
    else {
      // Parts that are half full on average, at least.
      const own = members.map((i) => vectors[i]!);
      const { matrix, dimensions } = await principalComponents(own, {
        ...{ components: componentsOf(own.length), seed },
        ...(signal && { signal }),
      });
      const points = { data: matrix, rows: own.length, columns: dimensions };
      const parts = divided(points, (2 * size) / most, seed);
      waiting.push(...parts.map((part) => part.map((i) => members[i]!)));
    }
  }
  return groups;
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

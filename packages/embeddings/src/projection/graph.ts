/** Who is joined to whom and how strongly, the same both ways. */
import type { Neighbourhood } from "./neighbours.ts";
import type { Pace } from "./pace.ts";

export interface Graph {
  count: number;
  /** Where each point's edges begin; one number more than points. */
  starts: Int32Array;
  ends: Int32Array;
  weights: Float64Array;
}

/**
 * Edges to the nearest, made the same both ways.
 * @param weights of the edges to the nearest
 * @param join the two weights of a pair, the one that is not there as 0
 */
export async function bothWays(
  { count, k, indexes }: Neighbourhood,
  weights: Float64Array,
  join: (one: number, other: number) => number,
  pace: Pace,
): Promise<Graph> {
  // The edges that come in, each point's by where they come from.
  const inStarts = new Int32Array(count + 1);
  for (const index of indexes) inStarts[index + 1]!++;
  for (let i = 0; i < count; i++) inStarts[i + 1]! += inStarts[i]!;
  const from = new Int32Array(indexes.length);
  const inWeights = new Float64Array(indexes.length);
  const next = inStarts.slice();
  for (let i = 0; i < count; i++) {
    for (let n = i * k; n < (i + 1) * k; n++) {
      const at = next[indexes[n]!]!++;
      from[at] = i;
      inWeights[at] = weights[n]!;
    }
    if (pace.due) await pace.pause();
  }
  const starts = new Int32Array(count + 1);
  const ends = new Int32Array(2 * indexes.length);
  const joined = new Float64Array(2 * indexes.length);
  /** Where in the row under way the edge to a point stands. */
  const place = new Int32Array(count).fill(-1);
  let size = 0;
  for (let i = 0; i < count; i++) {
    const start = size;
    for (let n = i * k; n < (i + 1) * k; n++) {
      place[indexes[n]!] = size;
      ends[size] = indexes[n]!;
      joined[size++] = weights[n]!;
    }
    const own = size;
    const seen = new Uint8Array(own - start);
    for (let n = inStarts[i]!; n < inStarts[i + 1]!; n++) {
      const at = place[from[n]!]!;
      if (at >= start && at < own && ends[at] === from[n]) {
        joined[at] = join(joined[at]!, inWeights[n]!);
        seen[at - start] = 1;
      } else {
        ends[size] = from[n]!;
        joined[size++] = join(0, inWeights[n]!);
      }
    }
    for (let at = start; at < own; at++) {
      if (!seen[at - start]) joined[at] = join(joined[at]!, 0);
    }
    starts[i + 1] = size;
    if (pace.due) await pace.pause();
  }
  return { count, starts, ends: ends.slice(0, size), weights: joined.slice(0, size) };
}

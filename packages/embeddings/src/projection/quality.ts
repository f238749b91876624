/** `projectionQuality()`: how much of the vectors' neighbourhoods is left in the picture. */
import { InvalidRequestError } from "@polycall/core";
import type { Vectors } from "../arithmetic.ts";
import { Pace, type PaceOptions } from "./pace.ts";
import { type Metric, Rows } from "./rows.ts";

export interface QualityOptions extends PaceOptions {
  /** Neighbours that are compared. Default: 15, at most half of the others */
  k?: number;
  /** How near vectors are, as it was for `project()`. Default: "cosine" */
  metric?: Metric;
  /** What each vector is: then `purity` is told. */
  labels?: readonly unknown[];
}

export interface ProjectionQuality {
  k: number;
  /** The part of the k nearest vectors that are among the k nearest points. Chance alone: k / (n - 1) */
  kept: number;
  /** 1 when no point has a neighbour that is none among the vectors; chance gives some 0.5. */
  trustworthiness: number;
  /** The part of the points whose nearest other point has their label. */
  purity?: number;
}

/**
 * Compares the neighbours of every point with those of its vector. Looks at all pairs.
 * @see Venna and Kaski, Neighborhood preservation in nonlinear projection methods, ICANN 2001
 * @throws InvalidRequestError, DimensionError, APIUserAbortError
 */
export async function projectionQuality(
  vectors: Vectors,
  points: Vectors,
  options: QualityOptions = {},
): Promise<ProjectionQuality> {
  const { metric = "cosine", labels } = options;
  const pace = new Pace(options);
  const far = new Distances(new Rows(vectors, metric));
  const near = new Distances(new Rows(points, "euclidean"));
  const { count } = far;
  const most = Math.floor((count - 1) / 2);
  const k = Math.min(options.k ?? 15, most);
  const wrong = (param: string, message: string) => new InvalidRequestError(message, { param });
  if (near.count !== count) {
    throw wrong("points", `There are ${near.count} points for ${count} vectors.`);
  }
  if (labels && labels.length !== count) {
    throw wrong("labels", `There are ${labels.length} labels for ${count} vectors.`);
  }
  if (!Number.isInteger(k) || k < 1) {
    throw wrong(
      "k",
      "Neighbours are compared among three vectors or more, and one or more of each.",
    );
  }
  let kept = 0;
  let strangers = 0;
  let pure = 0;
  for (let i = 0; i < count; i++) {
    const [own, drawn] = [far.from(i), near.from(i)];
    const closest = firstOf(own, i, k);
    const shown = firstOf(drawn, i, k);
    if (labels?.[shown[0]!] === labels?.[i]) pure++;
    const bound = own[closest.at(-1)!]!;
    for (const one of shown) {
      if (closest.includes(one)) kept++;
      else strangers += rankOf(own, i, one, bound, k) - k;
    }
    if (pace.due) await pace.rest("neighbours", i, count);
  }
  pace.done("neighbours", count);
  return {
    k,
    kept: kept / count / k,
    trustworthiness: 1 - (2 * strangers) / (count * k * (2 * count - 3 * k - 1)),
    ...(labels && { purity: pure / count }),
  };
}

class Distances {
  readonly count: number;
  readonly #dimensions: number;
  readonly #rows: Float64Array[];
  readonly #squares: Float64Array;

  constructor(rows: Rows) {
    this.count = rows.count;
    this.#dimensions = rows.dimensions;
    this.#squares = new Float64Array(rows.count);
    this.#rows = Array.from({ length: rows.count }, (_, i) => {
      const row = new Float64Array(rows.dimensions);
      rows.read(i, row);
      return row;
    });
  }

  /** The squared distances of one to all, until the next are asked for. */
  from(index: number): Float64Array {
    const own = this.#rows[index]!;
    const dimensions = this.#dimensions;
    for (let n = 0; n < this.count; n++) {
      const other = this.#rows[n]!;
      let s0 = 0;
      let s1 = 0;
      let j = 0;
      for (; j + 1 < dimensions; j += 2) {
        const a = own[j]! - other[j]!;
        const b = own[j + 1]! - other[j + 1]!;
        s0 += a * a;
        s1 += b * b;
      }
      if (j < dimensions) s0 += (own[j]! - other[j]!) ** 2;
      this.#squares[n] = s0 + s1;
    }
    return this.#squares;
  }
}

/** The k smallest but the one at `self`; of equals the earlier. */
function firstOf(squares: Float64Array, self: number, k: number): number[] {
  const best: number[] = [];
  for (let n = 0; n < squares.length; n++) {
    if (n === self || (best.length === k && squares[n]! >= squares[best[k - 1]!]!)) continue;
    let at = best.length === k ? k - 1 : best.length;
    for (; at > 0 && squares[best[at - 1]!]! > squares[n]!; at--) best[at] = best[at - 1]!;
    best[at] = n;
  }
  return best;
}

/** Its place among the neighbours, from 1. One as far as the last of the k comes after that. */
function rankOf(
  squares: Float64Array,
  self: number,
  one: number,
  bound: number,
  k: number,
): number {
  const own = squares[one]!;
  if (own <= bound) return k + 1;
  let rank = 1;
  for (let n = 0; n < squares.length; n++) {
    if (n !== self && n !== one && (squares[n]! < own || (squares[n] === own && n < one))) rank++;
  }
  return rank;
}

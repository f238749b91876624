/** Vector arithmetic: similarity, neighbours, analogies, centroids, diversity. Pure. */
import { DimensionError } from "./errors.ts";
import { TopK } from "./top-k.ts";

export type Vector = Float32Array | readonly number[];

/** Vectors one after another, or each by itself. */
export type Vectors = readonly Vector[] | { matrix: Float32Array; dimensions: number };

export interface Neighbour {
  /** Its place among the vectors. */
  index: number;
  /** Cosine similarity, in [-1, 1]. */
  score: number;
}

/**
 * Sum of the products.
 * @throws DimensionError naming both lengths
 */
export function dot(a: Vector, b: Vector): number {
  if (a.length !== b.length) throw new DimensionError(a.length, b.length);
  return dotAt(a, b, 0);
}

/** @param offset where the second vector begins in its matrix */
function dotAt(a: Vector, b: Vector, offset: number): number {
  // Four sums: the processor need not wait for one to add the next.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const { length } = a;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    const j = offset + i;
    s0 += a[i]! * b[j]!;
    s1 += a[i + 1]! * b[j + 1]!;
    s2 += a[i + 2]! * b[j + 2]!;
    s3 += a[i + 3]! * b[j + 3]!;
  }
  for (; i < length; i++) s0 += a[i]! * b[offset + i]!;
  return s0 + s1 + s2 + s3;
}

/** Euclidean length. */
export function norm(vector: Vector): number {
  return Math.sqrt(dotAt(vector, vector, 0));
}

/** The vector brought to length 1, as a new one; one of zeros stays so. */
export function normalize(vector: Vector): Float32Array {
  const unit = Float32Array.from(vector);
  const length = norm(vector);
  if (length) for (let i = 0; i < unit.length; i++) unit[i]! /= length;
  return unit;
}

/**
 * Cosine similarity, in [-1, 1]; 0 where one of the two is all zeros.
 * @throws DimensionError naming both lengths
 * @see Manning et al., Introduction to Information Retrieval, 6.3
 */
export function cosine(a: Vector, b: Vector): number {
  const product = dot(a, b);
  const lengths = Math.sqrt(dotAt(a, a, 0) * dotAt(b, b, 0));
  return lengths ? clamp(product / lengths) : 0;
}

/** What rounding leaves beyond the ends. */
const clamp = (score: number) => Math.min(1, Math.max(-1, score));

export interface NearestOptions {
  /** Default 10. */
  k?: number;
  /** Places that are not looked at. */
  exclude?: Iterable<number>;
}

/**
 * The vectors most similar to a query by cosine, best first; of equals the earlier one. Exact: every
 * vector is looked at.
 * @throws DimensionError for a vector that is not as long as the query
 */
export function nearest(
  query: Vector,
  vectors: Vectors,
  { k = 10, exclude = [] }: NearestOptions = {},
): Neighbour[] {
  const unit = normalize(query);
  const left = new Set(exclude);
  const rows = rowsOf(vectors, unit.length);
  const best = new TopK(Math.min(k, rows.count));
  for (let index = 0; index < rows.count; index++) {
    if (left.size && left.has(index)) continue;
    const { data, offset } = rows.at(index);
    const length = Math.sqrt(squareAt(data, offset, unit.length));
    best.add(index, length ? clamp(dotAt(unit, data, offset) / length) : 0);
  }
  return best.take().map(({ key, score }) => ({ index: key, score }));
}

function squareAt(data: Vector, offset: number, length: number): number {
  let sum = 0;
  for (let i = offset; i < offset + length; i++) sum += data[i]! * data[i]!;
  return sum;
}

interface Rows {
  count: number;
  at(index: number): { data: Vector; offset: number };
}

function rowsOf(vectors: Vectors, dimensions: number): Rows {
  if (!("matrix" in vectors)) {
    return {
      count: vectors.length,
      at(index) {
        const data = vectors[index]!;
        if (data.length !== dimensions) throw new DimensionError(dimensions, data.length);
        return { data, offset: 0 };
      },
    };
  }
  if (vectors.dimensions !== dimensions) throw new DimensionError(dimensions, vectors.dimensions);
  const { matrix: data } = vectors;
  return {
    count: Math.floor(data.length / dimensions),
    at: (index) => ({ data, offset: index * dimensions }),
  };
}

/**
 * Their mean.
 * @throws DimensionError; RangeError for no vectors
 */
export function centroid(vectors: readonly Vector[]): Float32Array {
  return combine(vectors.map((vector) => [vector, 1 / vectors.length]));
}

/**
 * What is to `plus` as nothing is to `minus`: king - man + woman. Each is brought to length 1 before.
 * @throws DimensionError; RangeError for no vectors
 */
export function analogy(terms: {
  plus: readonly Vector[];
  minus?: readonly Vector[];
}): Float32Array {
  const { plus, minus = [] } = terms;
  return combine([
    ...plus.map((vector) => [normalize(vector), 1] as const),
    ...minus.map((vector) => [normalize(vector), -1] as const),
  ]);
}

function combine(terms: readonly (readonly [Vector, number])[]): Float32Array {
  const [first] = terms;
  if (!first) throw new RangeError("There is no vector to work with.");
  const { length } = first[0];
  const sum = new Float64Array(length);
  for (const [vector, weight] of terms) {
    if (vector.length !== length) throw new DimensionError(length, vector.length);
    for (let i = 0; i < length; i++) sum[i]! += weight * vector[i]!;
  }
  return Float32Array.from(sum);
}

export interface MmrOptions {
  /** How many to choose. Default 10. */
  k?: number;
  /** 1 is nearness to the query alone, 0 difference from each other alone. Default 0.5. */
  lambda?: number;
}

/**
 * Maximal marginal relevance: candidates near the query and unlike those chosen before, in the order of
 * choice. `score` is the similarity to the query.
 * @throws DimensionError
 * @see Carbonell and Goldstein, The use of MMR, SIGIR 1998
 */
export function mmr(
  query: Vector,
  candidates: readonly Vector[],
  { k = 10, lambda = 0.5 }: MmrOptions = {},
): Neighbour[] {
  const unit = normalize(query);
  const units = candidates.map(normalize);
  const near = units.map((vector) => clamp(dot(unit, vector)));
  /** How like each is to the most like of the chosen. */
  const like = new Float64Array(units.length).fill(-1);
  const open = new Set(units.keys());
  const chosen: Neighbour[] = [];
  while (chosen.length < k && open.size) {
    let best = -1;
    let bestValue = -Infinity;
    for (const index of open) {
      const value = lambda * near[index]! - (1 - lambda) * (chosen.length ? like[index]! : 0);
      if (value > bestValue) {
        best = index;
        bestValue = value;
      }
    }
    open.delete(best);
    chosen.push({ index: best, score: near[best]! });
    for (const index of open) {
      like[index] = Math.max(like[index]!, dotAt(units[best]!, units[index]!, 0));
    }
  }
  return chosen;
}

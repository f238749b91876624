/** `project()`: vectors to places that can be drawn. */
import { InvalidRequestError } from "@polycall/core";
import type { Vectors } from "../arithmetic.ts";
import { Pace, type ProjectProgress } from "./pace.ts";
import { principal } from "./pca.ts";
import { randomBy } from "./random.ts";
import { type Metric, Rows } from "./rows.ts";
import type { Reduced } from "./start.ts";
import { tsne } from "./tsne.ts";
import { umap } from "./umap.ts";

interface CommonOptions {
  /** The same seed, the same picture. A whole number. Default: 1 */
  seed?: number;
  /** "cosine" brings every vector to length 1 first; "euclidean" takes them as they are. Default: "cosine" */
  metric?: Metric;
  signal?: AbortSignal;
  /** Told some twenty times a second, and at the end of each phase. */
  onProgress?: (progress: ProjectProgress) => void;
}

/** Principal components: fast and exact; shows the largest differences, seldom the groups. */
export interface PcaOptions extends CommonOptions {
  method: "pca";
  /** Default: 2 */
  dimensions?: number;
}

interface NeighbourOptions extends CommonOptions {
  /** Default: 2 */
  dimensions?: 2 | 3;
  /** Who is near whom is judged by so many principal components, up to 100, or by "all" numbers. Default: 50 */
  components?: number | "all";
}

/** t-SNE: neighbours stay neighbours; distances between groups mean little. */
export interface TsneOptions extends NeighbourOptions {
  method?: "tsne";
  /** How many neighbours count, roughly; at most a third of the others. Default: 30 */
  perplexity?: number;
  /** Default: 750 */
  iterations?: number;
}

/** UMAP: neighbours stay together, and groups keep more of their places than with t-SNE. */
export interface UmapOptions extends NeighbourOptions {
  method: "umap";
  /** At most all others. Default: 15 */
  neighbours?: number;
  /** How close points may come in the picture, between 0 and 2. Default: 0.1 */
  minDist?: number;
  /** Default: 500, beyond 10,000 points 200 */
  iterations?: number;
}

export type ProjectOptions = TsneOptions | UmapOptions | PcaOptions;

/** So few points have no groups: they are laid out by their principal components. */
const few = 5;

/**
 * Places in two or three dimensions, one for each vector and in their order. It lets others run meanwhile.
 * The same vectors, options and seed give the same places.
 * @example const points = await project(vectors, { method: "umap", dimensions: 3 });
 * @throws InvalidRequestError for an option that cannot be, and for a vector that holds something other than
 *   finite numbers; DimensionError for vectors of different lengths; APIUserAbortError
 */
export async function project(
  vectors: Vectors,
  options: ProjectOptions = {},
): Promise<Float32Array[]> {
  const { dimensions = 2, seed = 1, metric = "cosine" } = options;
  check(options);
  const pace = new Pace(options);
  const rows = new Rows(vectors, metric);
  const random = randomBy(seed);
  if (options.method === "pca" || rows.count < few) {
    const places = await principal(rows, { wanted: dimensions, for: "picture", random, pace });
    return inRows(places, rows.count, dimensions, dimensions);
  }
  const reduced = await reduce(rows, options, { random, pace });
  const flat = dimensions as 2 | 3;
  if (options.method === "umap") {
    const { neighbours = 15, minDist = 0.1 } = options;
    const { iterations = rows.count > 10_000 ? 200 : 500 } = options;
    const settings = { dimensions: flat, neighbours, minDist, iterations, random, pace };
    return inRows(await umap(reduced, settings), rows.count, 3, dimensions);
  }
  const perplexity = Math.min(options.perplexity ?? 30, (rows.count - 1) / 3);
  const { iterations = 750 } = options;
  const settings = { dimensions: flat, perplexity, iterations, random, pace };
  return inRows(await tsne(reduced, settings), rows.count, 3, dimensions);
}

/** What the neighbours are found in, and where the picture starts from. */
async function reduce(
  rows: Rows,
  { components = 50, dimensions = 2 }: NeighbourOptions,
  by: { random: () => number; pace: Pace },
): Promise<Reduced> {
  const { count } = rows;
  if (components === "all") {
    const start = await principal(rows, { ...by, wanted: dimensions, for: "reduction" });
    return { count, points: rows.centred(), width: rows.dimensions, start, startWidth: dimensions };
  }
  const width = Math.min(rows.dimensions, count, Math.max(dimensions, components));
  const points = await principal(rows, { ...by, wanted: width, for: "reduction" });
  return { count, points, width, start: points, startWidth: width };
}

function inRows(places: Float64Array, count: number, width: number, wanted: number) {
  const all = new Float32Array(count * wanted);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < wanted; c++) all[i * wanted + c] = places[i * width + c]!;
  }
  return Array.from({ length: count }, (_, i) => all.subarray(i * wanted, (i + 1) * wanted));
}

const whole = (from: number) => (value: number) => Number.isInteger(value) && value >= from;

/** What each number may be, in words too. */
const bounds: Record<string, [(value: number) => boolean, string]> = {
  seed: [Number.isSafeInteger, "a whole number"],
  components: [
    (value) => whole(2)(value) && value <= 100,
    'a whole number between 2 and 100, or "all"',
  ],
  perplexity: [(value) => value >= 1 && value < Infinity, "a number from 1"],
  iterations: [whole(1), "a whole number from 1"],
  neighbours: [whole(2), "a whole number from 2"],
  minDist: [(value) => value >= 0 && value <= 2, "a number between 0 and 2"],
};

function check(options: ProjectOptions): void {
  const { method = "tsne", metric = "cosine", dimensions = 2 } = options;
  const refuse = (param: string, must: string, value: unknown) => {
    const message = `${param} must be ${must}, not ${typeof value === "string" ? JSON.stringify(value) : String(value)}.`;
    throw new InvalidRequestError(message, { param });
  };
  if (!["tsne", "umap", "pca"].includes(method)) {
    refuse("method", '"tsne", "umap" or "pca"', method);
  }
  if (!["cosine", "euclidean"].includes(metric)) {
    refuse("metric", '"cosine" or "euclidean"', metric);
  }
  if (method === "pca" ? !whole(1)(dimensions) : dimensions !== 2 && dimensions !== 3) {
    refuse("dimensions", method === "pca" ? "a whole number from 1" : "2 or 3", dimensions);
  }
  for (const [param, [fits, must]] of Object.entries(bounds)) {
    const value = (options as Record<string, unknown>)[param];
    if (value === undefined || (param === "components" && value === "all")) continue;
    if (typeof value !== "number" || !fits(value)) refuse(param, must, value);
  }
}

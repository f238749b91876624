/** Vectors laid out in two and three dimensions: what is kept, what repeats, what is refused. */
import { APIUserAbortError, InvalidRequestError } from "@polycall/core";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { DimensionError, principalComponents } from "../src/index.ts";
import {
  type ProjectOptions,
  type ProjectProgress,
  project,
  projectionQuality,
} from "../src/plot.ts";
import { randomBy } from "../src/projection/random.ts";
import { RepulsionTree } from "../src/projection/tree.ts";
import { curve } from "../src/projection/umap.ts";
import { clusters } from "./support/clusters.ts";

const layouts = [
  { method: "tsne", dimensions: 2, iterations: 300 },
  { method: "tsne", dimensions: 3, iterations: 300 },
  { method: "umap", dimensions: 2, iterations: 200 },
  { method: "umap", dimensions: 3, iterations: 200 },
] as const;
const methods: ProjectOptions[] = [...layouts, { method: "pca" }, { method: "pca", dimensions: 3 }];
const named = methods.map((options) => ({
  ...{ options, dimensions: options.dimensions ?? 2 },
  name: `${options.method} in ${options.dimensions ?? 2}D`,
}));

describe("principal components", () => {
  // Along (3, 4) / 5 they reach to 10 on both sides, along (4, -3) / 5 to 5, around (100, 200).
  const cross = [
    [106, 208],
    [94, 192],
    [104, 197],
    [96, 203],
  ];
  const expected = [
    [10, 0],
    [-10, 0],
    [0, 5],
    [0, -5],
  ];
  const flat = (points: readonly ArrayLike<number>[]) => points.map((point) => Array.from(point));
  const closeTo = (points: readonly number[][]) =>
    points.map((point) => point.map((value) => expect.closeTo(value, 4)));

  test("a cross that is turned and moved is laid straight", async () => {
    const options = { method: "pca", metric: "euclidean" } as const;
    expect(flat(await project(cross, options))).toEqual(closeTo(expected));
    const matrix = { matrix: Float32Array.from(cross.flat()), dimensions: 2 };
    expect(flat(await project(matrix, options))).toEqual(closeTo(expected));
  });

  test.each([
    ["fewer vectors than dimensions", 4, 9],
    ["more vectors than dimensions", 40, 9],
    ["too large for a matrix", 1040, 1030],
  ])("%s: the same cross, padded", async (_, count, dimensions) => {
    const vectors = Array.from({ length: count }, (_, i) => {
      const vector = new Float32Array(dimensions);
      vector.set(cross[i % 4]!, dimensions - 2);
      return vector;
    });
    const places = await project(vectors, { method: "pca", metric: "euclidean", dimensions: 3 });
    expect(flat(places.slice(0, 4))).toEqual(closeTo(expected.map((point) => [...point, 0])));
  });

  test("for clusters: the same places, no more than there are, and what cannot be is refused", async () => {
    const { matrix, dimensions } = await principalComponents(cross, { components: 10 });
    expect(dimensions).toBe(2);
    expect(Array.from(matrix)).toEqual(expected.flat().map((value) => expect.closeTo(value, 3)));
    expect(await principalComponents([[3, 4, 5]], { components: 2 })).toEqual({
      ...{ matrix: new Float64Array(1), dimensions: 1 },
    });
    expect((await principalComponents([], { components: 2 })).matrix).toHaveLength(0);
    await expect(principalComponents(cross, { components: 0 })).rejects.toThrow(
      "components must be a whole number from 1",
    );
    await expect(principalComponents([[1, 2], [3]], { components: 1 })).rejects.toThrow(
      DimensionError,
    );
    const signal = AbortSignal.abort();
    await expect(principalComponents(cross, { components: 1, signal })).rejects.toThrow(
      APIUserAbortError,
    );
  });

  test("by cosine the length of a vector does not matter", async () => {
    const { vectors } = clusters(2, 10, 6);
    const longer = vectors.map((vector, i) => vector.map((value) => value * (i + 1)));
    const [one, other] = [
      await project(vectors, { method: "pca" }),
      await project(longer, { method: "pca" }),
    ];
    expect(flat(other)).toEqual(closeTo(flat(one)));
  });
});

describe.each(layouts)("$method in $dimensions D", (options) => {
  const { vectors, labels } = clusters(6, 30, 64);

  test("groups stay groups, and neighbours neighbours", async () => {
    const points = await project(vectors, options);
    expect(points.map(({ length }) => length)).toEqual(vectors.map(() => options.dimensions));
    const { purity, kept, trustworthiness } = await projectionQuality(vectors, points, { labels });
    expect(purity).toBe(1);
    // Within a group all are as near: chance keeps 15 of 29.
    expect(kept).toBeGreaterThan(0.55);
    expect(trustworthiness).toBeGreaterThan(0.95);
  });

  test("the same seed, the same picture", async () => {
    const [one, same, other] = [
      await project(vectors, { ...options, seed: 3 }),
      await project(vectors, { ...options, seed: 3 }),
      await project(vectors, { ...options, seed: 4 }),
    ];
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });
});

describe.each(named)("$name", ({ options, dimensions }) => {
  const spots = [
    [1, 0, 2],
    [0, 1, 0],
    [1, 1, 5],
    [0, 0, 1],
    [2, 0, 1],
    [3, 1, 1],
  ];
  test.each([0, 1, 2, 3, 4, 5, 6])("%d vectors", async (count) => {
    const points = await project(spots.slice(0, count), options);
    expect(points).toHaveLength(count);
    for (const point of points) {
      expect(point).toHaveLength(dimensions);
      expect(point.every(Number.isFinite)).toBe(true);
    }
    const places = new Set(points.map(String));
    expect(places.size).toBe(count);
  });

  const lone = Array.from({ length: 12 }, () => [1, 2, 3]);
  const pairs = Array.from({ length: 24 }, (_, i) => spots[i % 6]!);
  const zeros = Array.from({ length: 8 }, () => [0, 0, 0]);
  test.each([
    ["all the same", lone],
    ["each four times", pairs],
    ["nothing but zeros", zeros],
    ["of one number", Array.from({ length: 20 }, (_, i) => [i])],
  ])("vectors that are %s", async (_, vectors) => {
    const points = await project(vectors, { ...options, metric: "euclidean" });
    expect(points).toHaveLength(vectors.length);
    expect(points.every((point) => point.every(Number.isFinite))).toBe(true);
  });
});

test("equal vectors come to lie together, others do not", async () => {
  const { vectors } = clusters(8, 10, 16);
  const twice = [...vectors, ...vectors];
  for (const options of layouts) {
    const points = await project(twice, options);
    const far = (a: number, b: number) =>
      Math.hypot(...points[a]!.map((value, c) => value - points[b]![c]!));
    const size = Math.max(...points.map((_, i) => far(0, i)));
    expect(far(5, 85)).toBeLessThan(0.05 * size);
  }
});

test("all numbers in place of components", async () => {
  const { vectors, labels } = clusters(4, 20, 80);
  const points = await project(vectors, { method: "umap", components: "all" });
  expect((await projectionQuality(vectors, points, { labels })).purity).toBe(1);
});

test.each([
  [{ method: "lda" }, "method", '"tsne", "umap" or "pca", not "lda"'],
  [{ metric: "manhattan" }, "metric", '"cosine" or "euclidean"'],
  [{ dimensions: 4 }, "dimensions", "2 or 3, not 4"],
  [{ method: "pca", dimensions: 0 }, "dimensions", "a whole number from 1, not 0"],
  [{ seed: 0.5 }, "seed", "a whole number, not 0.5"],
  [{ perplexity: Number.NaN }, "perplexity", "a number from 1, not NaN"],
  [{ perplexity: "30" }, "perplexity", 'a number from 1, not "30"'],
  [{ iterations: 0 }, "iterations", "a whole number from 1"],
  [{ method: "umap", neighbours: 1 }, "neighbours", "a whole number from 2"],
  [{ method: "umap", minDist: -1 }, "minDist", "between 0 and 2"],
  [{ components: 1000 }, "components", "between 2 and 100"],
])("refused: %j", async (options, param, message) => {
  const failure = project([[1, 2]], options as ProjectOptions);
  await expect(failure).rejects.toBeInstanceOf(InvalidRequestError);
  await expect(failure).rejects.toMatchObject({ param, message: expect.stringContaining(message) });
});

test("vectors that are none are refused with their place", async () => {
  const refused = (vectors: unknown) => expect(project(vectors as number[][])).rejects;
  await refused([
    [1, 2],
    [1, Number.NaN],
  ]).toThrow("vectors[1] holds NaN at 1");
  await refused([
    [1, 2],
    [Infinity, 0],
  ]).toThrow("vectors[1] holds Infinity at 0");
  await refused([
    [1, 2],
    ["a", 0],
  ]).toThrow("vectors[1] holds a at 0");
  await refused([[1e200, 0]]).toThrow("vectors[0] is too long");
  const far = project([[1e38, 0]], { method: "pca", metric: "euclidean" });
  await expect(far).rejects.toThrow("vectors[0] is too long");
  await refused([[1, 2], "ab"]).toThrow("vectors[1] must be a list of numbers");
  await refused([[1, 2], undefined]).toThrow("vectors[1] must be a list of numbers");
  await refused("vectors").toThrow("vectors must be a list of vectors");
  await refused(undefined).toThrow("vectors must be a list of vectors");
  await refused({}).toThrow("vectors must be a list of vectors");
  await refused([
    [1, 2],
    [1, 2, 3],
  ]).toBeInstanceOf(DimensionError);
  const matrix = new Float32Array(5);
  await refused({ matrix, dimensions: 2 }).toThrow("A matrix of 5 numbers has no rows of 2");
});

test("others run meanwhile, and may abort it", async () => {
  const { vectors } = clusters(10, 60, 32);
  const controller = new AbortController();
  // It takes many minutes; only a timer can end it.
  const work = project(vectors, { iterations: 1e6, signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 20);
  await expect(work).rejects.toMatchObject({
    name: "AbortError",
    cause: expect.objectContaining({ message: "enough" }),
  });
  await expect(project(vectors, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(
    APIUserAbortError,
  );
});

test.each(["tsne", "umap"] as const)("%s hears an abort between two phases", async (method) => {
  const { vectors } = clusters(4, 10, 8);
  const controller = new AbortController();
  // Each look at the clock finds that its turn is over.
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => {
    now += 100;
    return now;
  });
  const phases = new Set<string>();
  const work = project(vectors, {
    ...{ method, signal: controller.signal },
    onProgress({ phase, done, total }) {
      phases.add(phase);
      if (phase === "neighbours" && done === total) controller.abort();
    },
  });
  await expect(work).rejects.toBeInstanceOf(APIUserAbortError);
  clock.mockRestore();
  expect([...phases]).toEqual(["reduce", "neighbours"]);
});

test("progress: each phase to its end, and no phase back", async () => {
  const { vectors } = clusters(10, 60, 32);
  const told: ProjectProgress[] = [];
  await project(vectors, { iterations: 100, onProgress: (progress) => told.push(progress) });
  expect(told.filter(({ done, total }) => done === total)).toEqual([
    { phase: "reduce", done: 600, total: 600 },
    { phase: "neighbours", done: 600, total: 600 },
    { phase: "layout", done: 100, total: 100 },
  ]);
  const places = told.map(
    ({ phase, done }) => ["reduce", "neighbours", "layout"].indexOf(phase) * 1000 + done,
  );
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test.each([2, 3] as const)("points push each other as pair by pair, in %d D", (dimensions) => {
  const random = randomBy(5);
  const count = 400;
  const points = new Float64Array(count * 3).map((_, i) =>
    i % 3 < dimensions ? 20 * random() - 10 : 0,
  );
  const force = new Float64Array(count * 3);
  const sum = new RepulsionTree(count, dimensions).repel(points, force);
  let exactSum = 0;
  let missed = 0;
  let whole = 0;
  for (let i = 0; i < count; i++) {
    const own = [0, 0, 0];
    for (let j = 0; j < count; j++) {
      if (i === j) continue;
      const apart = [0, 1, 2].map((c) => points[3 * i + c]! - points[3 * j + c]!);
      const q = 1 / (1 + apart[0]! ** 2 + apart[1]! ** 2 + apart[2]! ** 2);
      exactSum += q;
      for (const c of [0, 1, 2]) own[c]! += q * q * apart[c]!;
    }
    for (const c of [0, 1, 2]) {
      missed += (force[3 * i + c]! - own[c]!) ** 2;
      whole += own[c]! ** 2;
    }
  }
  expect(Math.abs(sum - exactSum) / exactSum).toBeLessThan(0.02);
  expect(Math.sqrt(missed / whole)).toBeLessThan(0.05);
});

test("UMAP's curve is the published one", () => {
  // umap-learn's documentation for min_dist 0.1: a = 1.577, b = 0.895.
  expect(curve(0.1)).toEqual({ a: expect.closeTo(1.577, 2), b: expect.closeTo(0.895, 2) });
});

describe("quality", () => {
  // On a line: the nearest two of each are its neighbours.
  const line = Array.from({ length: 9 }, (_, i) => [i, 0]);

  test("a picture that is the vectors keeps all", async () => {
    const labels = [0, 0, 0, 0, 0, 1, 1, 1, 1];
    expect(await projectionQuality(line, line, { k: 2, metric: "euclidean", labels })).toEqual({
      ...{ k: 2, kept: 1, trustworthiness: 1 },
      // Of equals the earlier: the first of the ones, at 5, is told by the zero at 4.
      purity: 8 / 9,
    });
  });

  test("two that change places, counted by hand", async () => {
    // 0 1 2 3 4 5 6 7 8 as 8 1 2 3 4 5 6 7 0, nearest 1.
    const swapped = line.map(([x]) => [x === 0 ? 8 : x === 8 ? 0 : x!, 0]);
    const quality = await projectionQuality(line, swapped, { k: 1, metric: "euclidean" });
    // Drawn nearest, and its rank: 0 has 7 (7th), 8 has 1 (7th), 7 has 0 (8th), 1 has 2 (2nd, as near as 0).
    expect(quality.kept).toBeCloseTo(5 / 9, 10);
    expect(quality.trustworthiness).toBeCloseTo(1 - (2 * (6 + 6 + 7 + 1)) / (9 * (18 - 3 - 1)), 10);
  });

  test("what does not fit is refused", async () => {
    await expect(projectionQuality(line, line.slice(1))).rejects.toThrow("8 points for 9 vectors");
    await expect(projectionQuality(line, line, { labels: [] })).rejects.toThrow("0 labels for 9");
    await expect(projectionQuality([[1]], [[1]])).rejects.toThrow("three vectors or more");
  });
});

test("only its own options fit a method", () => {
  expectTypeOf(project).returns.resolves.toEqualTypeOf<Float32Array[]>();
  // @ts-expect-error a perplexity is t-SNE's
  const umap: ProjectOptions = { method: "umap", perplexity: 3 };
  // @ts-expect-error only principal components have more than three
  const tsne: ProjectOptions = { dimensions: 5 };
  expect([umap, tsne]).toHaveLength(2);
});

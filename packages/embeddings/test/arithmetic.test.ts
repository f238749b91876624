/** Vector arithmetic against sums worked out by hand, and against a plain sort. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  analogy,
  centroid,
  cosine,
  DimensionError,
  dot,
  mmr,
  nearest,
  norm,
  normalize,
} from "../src/index.ts";

const f = (...values: number[]) => Float32Array.from(values);

test("dot, norm, normalize, cosine", () => {
  expect(dot([1, 2, 3, 4, 5], [2, 0, 1, 1, 3])).toBe(2 + 3 + 4 + 15);
  expect(norm([3, 4])).toBe(5);
  expect([...normalize([3, 4])]).toEqual([...f(0.6, 0.8)]);
  expect([...normalize([0, 0])]).toEqual([0, 0]);
  expect(cosine([1, 0], [0, 2])).toBe(0);
  expect(cosine([1, 1], [2, 2])).toBeCloseTo(1, 12);
  expect(cosine([1, 2], [-2, -4])).toBeCloseTo(-1, 12);
  // 3*4 + 4*3 = 24, both of length 5.
  expect(cosine([3, 4], f(4, 3))).toBeCloseTo(24 / 25, 12);
  expect(cosine([0, 0], [1, 1])).toBe(0);
  // Rounding alone would make more than 1 of it.
  expect(cosine([0.1, 0.2, 0.3], [0.1, 0.2, 0.3])).toBeLessThanOrEqual(1);
});

test("the centroid and an analogy", () => {
  expect([...centroid([f(1, 2), f(3, 6)])]).toEqual([2, 4]);
  // (0.6, 0.8) + (0, 1) - (1, 0), whatever their lengths were.
  const found = analogy({ plus: [f(3, 4), f(0, 9)], minus: [f(7, 0)] });
  expect(found[0]).toBeCloseTo(-0.4, 6);
  expect(found[1]).toBeCloseTo(1.8, 6);
  expect([...analogy({ plus: [f(2, 0)] })]).toEqual([1, 0]);
  expect(() => centroid([])).toThrow(RangeError);
});

test.each([
  ["dot", () => dot([1, 2], [1, 2, 3])],
  ["cosine", () => cosine([1, 2], [1, 2, 3])],
  ["nearest", () => nearest([1, 2], [[1, 2, 3]])],
  ["nearest in a matrix", () => nearest([1, 2], { matrix: f(1, 2, 3), dimensions: 3 })],
  ["mmr", () => mmr([1, 2], [[1, 2, 3]])],
  ["centroid", () => centroid([f(1, 2), f(1, 2, 3)])],
])("%s says which lengths do not go together", (_, run) => {
  expect(run).toThrow(DimensionError);
  expect(run).toThrow("Vectors of 2 and 3 dimensions do not compare.");
});

describe("nearest", () => {
  const vectors = [f(1, 0), f(0, 1), f(1, 1), f(-1, 0), f(2, 0)];

  test("best first, of equals the earlier one", () => {
    const found = nearest([1, 0], vectors, { k: 3 });
    expect(found.map(({ index }) => index)).toEqual([0, 4, 2]);
    expect(found.map(({ score }) => score)).toEqual([1, 1, expect.closeTo(Math.SQRT1_2, 6)]);
  });

  test("what is excluded, more than there are, none", () => {
    const found = nearest([1, 0], vectors, { k: 9, exclude: [0, 4] });
    expect(found.map(({ index }) => index)).toEqual([2, 1, 3]);
    expect(nearest([1, 0], vectors, { k: 0 })).toEqual([]);
    expect(nearest([1, 0], [])).toEqual([]);
  });

  const rows = fc.integer({ min: 1, max: 6 }).chain((dimensions) => {
    const row = fc.array(fc.integer({ min: -3, max: 3 }), {
      minLength: dimensions,
      maxLength: dimensions,
    });
    return fc.record({
      query: row,
      vectors: fc.array(row, { maxLength: 40 }),
      k: fc.integer({ min: 0, max: 12 }),
      exclude: fc.array(fc.integer({ min: 0, max: 39 }), { maxLength: 5 }),
    });
  });

  test("is what a sort of all finds, in a matrix and apart", () => {
    fc.assert(
      fc.property(rows, ({ query, vectors, k, exclude }) => {
        const scored = vectors
          .map((vector, index) => ({ index, score: cosine(normalize(query), vector) }))
          .filter(({ index }) => !exclude.includes(index))
          .sort((a, b) => b.score - a.score || a.index - b.index)
          .slice(0, k);
        const apart = nearest(query, vectors, { k, exclude });
        const matrix = Float32Array.from(vectors.flat());
        const together = nearest(query, { matrix, dimensions: query.length }, { k, exclude });
        expect(together).toEqual(apart);
        expect(apart.map(({ score }) => score)).toEqual(
          scored.map(({ score }) => expect.closeTo(score, 6)),
        );
        expect(new Set(apart.map(({ index }) => index)).size).toBe(scored.length);
        for (const { index, score } of apart) {
          expect(cosine(query, vectors[index]!)).toBeCloseTo(score, 6);
        }
      }),
    );
  });
});

describe("mmr", () => {
  // Two that say the same, near the query; one less near that says something else.
  const query = f(1, 0, 0);
  const candidates = [f(0.9, 0.4, 0), f(0.9, 0.41, 0), f(0.7, 0, 0.7)];

  test.each([
    [1, [0, 1, 2]],
    [0.5, [0, 2, 1]],
    // 1: 0.6 * 0.91 - 0.4 * 1.00 = 0.15; 2: 0.6 * 0.71 - 0.4 * 0.65 = 0.17. With 0.7: 0.34 and 0.30.
    [0.6, [0, 2, 1]],
    [0.7, [0, 1, 2]],
  ])("lambda %d", (lambda, order) => {
    expect(mmr(query, candidates, { lambda }).map(({ index }) => index)).toEqual(order);
  });

  test("the score is the nearness to the query", () => {
    const [first] = mmr(query, candidates, { k: 1 });
    // 0.9 / sqrt(0.81 + 0.16)
    expect(first!.score).toBeCloseTo(0.9 / Math.sqrt(0.97), 6);
  });

  test("each once, and no more than there are", () => {
    expect(mmr(query, candidates, { k: 10 })).toHaveLength(3);
    expect(mmr(query, [], { k: 3 })).toEqual([]);
    expect(mmr(query, candidates, { k: 0 })).toEqual([]);
  });

  test("by hand: 0.5 * sim(query) - 0.5 * the most like chosen", () => {
    // Unit vectors at 0, 30, 60 and 180 degrees from the query.
    const at = (degrees: number) => {
      const radians = (degrees * Math.PI) / 180;
      return f(Math.cos(radians), Math.sin(radians));
    };
    // After 30: 60 has 0.5*0.5 - 0.5*cos 30 = -0.18; 180 has -0.5 - 0.5*cos 150 = -0.07; 35 has -0.09.
    const found = mmr(f(1, 0), [at(30), at(60), at(180), at(35)], { k: 2 });
    expect(found.map(({ index }) => index)).toEqual([0, 2]);
  });
});

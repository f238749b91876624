/** The metrics beside arithmetic by hand, with trec_eval 9.0.8's rules. */
import { hitRate, map, mrr, ndcg, precision, type Ranking, recall } from "@polycall/rag";
import { expect, test } from "vitest";

const judged = new Map([
  ["a", 3],
  ["b", 2],
  ["c", 1],
  ["d", 0],
  ["e", -1],
]);

// Ranks 1 to 5: d is judged 0, x not judged, a 3, e -1 (counts as 0), c 1. b, of 2, is missing.
const ranking = ["d", "x", "a", "e", "c"];

test("graded judgements, one relevant document missing, one not judged", () => {
  // DCG@5 = 3/log2(4) + 1/log2(6) = 1.5 + 0.386853 = 1.886853
  // ideal = 3/log2(2) + 2/log2(3) + 1/log2(4) = 3 + 1.261860 + 0.5 = 4.761860
  expect(ndcg(ranking, judged, 5)).toBeCloseTo(1.886853 / 4.76186, 6);
  // @3: DCG 1.5, the same ideal. @2: nothing. @1: nothing, ideal 3.
  expect(ndcg(ranking, judged, 3)).toBeCloseTo(1.5 / 4.76186, 6);
  expect(ndcg(ranking, judged, 2)).toBe(0);
  // @1 of the best: the ideal is cut too.
  expect(ndcg(["a"], judged, 1)).toBe(1);
  // First relevant at rank 3.
  expect(mrr(ranking, judged, 5)).toBeCloseTo(1 / 3, 12);
  expect(mrr(ranking, judged, 2)).toBe(0);
  // Precisions 1/3 at rank 3 and 2/5 at rank 5, over 3 relevant.
  expect(map(ranking, judged, 5)).toBeCloseTo((1 / 3 + 2 / 5) / 3, 12);
  expect(map(ranking, judged, 3)).toBeCloseTo(1 / 9, 12);
  expect(recall(ranking, judged, 5)).toBeCloseTo(2 / 3, 12);
  expect(precision(ranking, judged, 5)).toBeCloseTo(2 / 5, 12);
  // Five were found; P@10 is over 10 all the same.
  expect(precision(ranking, judged, 10)).toBeCloseTo(2 / 10, 12);
  expect([hitRate(ranking, judged, 2), hitRate(ranking, judged, 3)]).toEqual([0, 1]);
});

test("equal scores are ordered by id, descending, as trec_eval orders them", () => {
  const scored: Ranking = [
    { id: "a", score: 1 },
    { id: "z", score: 1 },
    { id: "b", score: 2 },
  ];
  // b, z, a: a is third.
  expect(mrr(scored, new Map([["a", 1]]), 3)).toBeCloseTo(1 / 3, 12);
  expect(mrr(scored, new Map([["z", 1]]), 3)).toBeCloseTo(1 / 2, 12);
  expect(precision(scored, new Map([["b", 1]]), 1)).toBe(1);
});

test("what stands there twice counts once", () => {
  const twice = ["a", "a", "b"];
  // a, b: DCG = 3 + 2/log2(3) = 4.26186; ideal 4.76186.
  expect(ndcg(twice, judged, 10)).toBeCloseTo(4.26186 / 4.76186, 6);
  expect(recall(twice, judged, 2)).toBeCloseTo(2 / 3, 12);
  expect(map(twice, judged, 10)).toBeCloseTo((1 + 1) / 3, 12);
});

test.each([
  ["no judgements", new Map<string, number>()],
  ["only irrelevant ones", new Map([["d", 0]])],
])("a query with %s has 0 of everything", (_, none) => {
  const all = [ndcg, mrr, map, recall, precision, hitRate].map((metric) =>
    metric(ranking, none, 10),
  );
  expect(all).toEqual([0, 0, 0, 0, 0, 0]);
});

test("nothing retrieved is 0 of everything", () => {
  const all = [ndcg, mrr, map, recall, precision, hitRate].map((metric) => metric([], judged, 10));
  expect(all).toEqual([0, 0, 0, 0, 0, 0]);
});

test("ids like those of Object's own are ids", () => {
  expect(recall(["constructor", "__proto__"], new Map([["__proto__", 1]]), 5)).toBe(1);
  expect(recall(["constructor"], judged, 5)).toBe(0);
});

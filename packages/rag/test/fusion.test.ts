/** `fuse()`: weights, duplicates, what a ranking lacks. */
import { fuse } from "@polycall/rag";
import { expect, test } from "vitest";

const scoresOf = (...args: Parameters<typeof fuse<string>>) =>
  Object.fromEntries(fuse(...args).map(({ id, score }) => [id, score]));

test("sums 1 / (60 + rank), ranks from 1; an absent document adds nothing", () => {
  expect(
    scoresOf([
      ["a", "b"],
      ["b", "c"],
    ]),
  ).toEqual({
    b: 1 / 62 + 1 / 61,
    a: 1 / 61,
    c: 1 / 62,
  });
});

test("a duplicate within a ranking counts once, and pushes nobody down", () => {
  expect(fuse([["a", "a", "b"]]).map(({ id, score }) => [id, score])).toEqual([
    ["a", 1 / 61],
    ["b", 1 / 62],
  ]);
});

test("weights weigh, and one of 0 leaves its ranking out", () => {
  const rankings = [
    ["a", "b"],
    ["c", "b"],
  ];
  expect(fuse(rankings, { weights: [1, 0] }).map(({ id }) => id)).toEqual(["a", "b"]);
  expect(fuse(rankings, { weights: [0, 1] }).map(({ id }) => id)).toEqual(["c", "b"]);
  expect(scoresOf(rankings, { weights: [1, 3], constant: 1 })).toEqual({
    b: 1 / 3 + 3 / 3,
    c: 3 / 2,
    a: 1 / 2,
  });
});

test("tells each ranking's rank, and gives the first's item", () => {
  const rankings = [
    [{ id: "a", from: "dense" }],
    [
      { id: "b", from: "words" },
      { id: "a", from: "words" },
    ],
  ];
  expect(fuse(rankings, { k: 1 })).toEqual([
    { id: "a", score: 1 / 61 + 1 / 62, item: { id: "a", from: "dense" }, ranks: [1, 2] },
  ]);
  expect(fuse(rankings)[1]!.ranks).toEqual([undefined, 1]);
});

test("equals come in the order of the rankings", () => {
  expect(fuse([["a"], ["b"], ["c"]]).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect(fuse([])).toEqual([]);
});

test.each([
  [{ weights: [1] }, "There are 1 weights for 2 rankings."],
  [{ weights: [1, -1] }, "A weight is a number from 0, not -1."],
  [{ weights: [1, Number.NaN] }, "not NaN"],
  [{ constant: -61 }, "constant is a number from 0, not -61."],
])("refuses %j", (options, message) => {
  expect(() => fuse([["a"], ["b"]], options)).toThrow(message);
});

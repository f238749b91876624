/** What a filter means, row by row. */
import { describe, expect, test } from "vitest";
import { type Filter, FilterError, matches } from "../src/index.ts";

const chunk = {
  source: "docs/a.md",
  page: 4,
  metadata: {
    text: "beta",
    n: 5,
    yes: true,
    tags: ["news", "eu"],
    none: [],
    source: "of the metadata",
    one: "1",
    grin: "\u{1F600}",
    "a.b": "dotted",
  },
};

test.each<[Filter, boolean]>([
  [{}, true],
  [{ text: "beta" }, true],
  [{ text: "Beta" }, false],
  [{ text: "beta", n: 6 }, false],
  [{ n: { $eq: 5 } }, true],
  [{ n: "5" }, false],
  [{ one: 1 }, false],
  [{ yes: 1 }, false],
  [{ yes: "true" }, false],
  [{ yes: true }, true],
  [{ missing: "x" }, false],
  [{ n: { $ne: 6 } }, true],
  [{ n: { $ne: 5 } }, false],
  [{ n: { $ne: "5" } }, true],
  [{ missing: { $ne: "x" } }, true],
  [{ missing: { $nin: ["x"] } }, true],
  [{ missing: { $gt: 0 } }, false],
  [{ $not: { missing: { $gt: 0 } } }, true],
  [{ n: { $gt: 5 } }, false],
  [{ n: { $gte: 5, $lt: 6 } }, true],
  [{ n: { $gte: 5, $lt: 5 } }, false],
  [{ n: { $lte: 4 } }, false],
  [{ n: { $gt: "0" } }, false],
  [{ one: { $gt: 0 } }, false],
  [{ yes: { $gte: 1 } }, false],
  [{ text: { $gt: "alpha", $lt: "gamma" } }, true],
  [{ text: { $gte: "betas" } }, false],
  [{ text: { $lt: "betas" } }, true],
  [{ text: { $gt: "" } }, true],
  // By code points: U+1F600 is beyond U+FF5E, though its first half is not.
  [{ grin: { $gt: "\uFF5E" } }, true],
  [{ grin: { $lt: "\u{1F601}" } }, true],
  [{ n: { $in: [4, 5] } }, true],
  [{ n: { $in: ["5"] } }, false],
  [{ n: { $in: [] } }, false],
  [{ n: { $nin: [] } }, true],
  [{ tags: { $contains: "news" } }, true],
  [{ tags: { $contains: "new" } }, false],
  [{ text: { $contains: "beta" } }, false],
  [{ none: { $contains: "" } }, false],
  [{ tags: "news" }, false],
  [{ tags: { $ne: "news" } }, true],
  [{ tags: { $exists: true } }, true],
  [{ none: { $exists: true } }, true],
  [{ missing: { $exists: true } }, false],
  [{ missing: { $exists: false } }, true],
  [{ constructor: { $exists: true } } as Filter, false],
  [{ "a.b": "dotted" }, true],
  [{ source: "docs/a.md" }, true],
  [{ source: "of the metadata" }, false],
  [{ page: 4 }, true],
  [{ page: { $gte: 4, $lte: 4 } }, true],
  [{ page: "4" }, false],
  [{ $and: [] }, true],
  [{ $or: [] }, false],
  [{ $or: [{ n: 6 }, { text: "beta" }] }, true],
  [{ $and: [{ n: 5 }, { text: "x" }] }, false],
  [{ n: 5, $or: [{ text: "x" }, { text: "y" }] }, false],
  [{ $not: { n: 5, text: "x" } }, true],
  [{ $not: { n: 5, text: "beta" } }, false],
  [{ $not: {} }, false],
  [{ $not: { $or: [{ n: 6 }, { $not: { text: "beta" } }] } }, true],
])("%j is %s", (filter, expected) => {
  expect(matches(chunk, filter)).toBe(expected);
});

test("a page that is not there is as any key that is missing", () => {
  const bare = { source: "a", metadata: {} };
  expect(matches(bare, { page: { $exists: true } })).toBe(false);
  expect(matches(bare, { page: { $lt: 100 } })).toBe(false);
  expect(matches(bare, { page: { $ne: 1 } })).toBe(true);
});

describe("what is wrong is named with its place", () => {
  const deep = (levels: number): Filter => (levels === 0 ? {} : { $not: deep(levels - 1) });
  const round: Filter = {};
  round.$not = round;
  test.each<[string, unknown, RegExp]>([
    ["an unknown test", { $or: [{ a: 1 }, { b: { $near: 1 } }] }, /filter\.\$or\[1\]\.b\.\$near.*\$contains/],
    ["an unknown joint", { $nor: [] }, /filter\.\$nor: there is no \$nor/],
    ["a forgotten value", { user: undefined }, /filter\.user is undefined.*Leave the key out/],
    ["a forgotten filter", { $not: undefined }, /filter\.\$not is undefined/],
    ["null", { a: null }, /filter\.a is null/],
    ["NaN", { a: Number.NaN }, /filter\.a is NaN/],
    ["NaN in a list", { a: { $in: [Number.NaN] } }, /filter\.a\.\$in/],
    ["a list", { a: ["x"] }, /filter\.a is \["x"\]/],
    ["no test", { a: {} }, /filter\.a tests nothing/],
    ["a boolean in an order", { a: { $gt: true } }, /filter\.a\.\$gt is true/],
    ["a number in a list of texts", { a: { $contains: 1 } }, /filter\.a\.\$contains is 1, no text/],
    ["a text that should say yes or no", { a: { $exists: "yes" } }, /filter\.a\.\$exists/],
    ["one filter where a list is", { $and: { a: 1 } }, /filter\.\$and is no list/],
    ["a text as a filter", "a = 1", /filter is no filter but "a = 1"/],
    ["no filter in a list", { $or: [1] }, /filter\.\$or\[0\] is no filter/],
    ["too deep a nest", deep(100), /nested more than 64 deep/],
    ["a filter in itself", round, /nested more than 64 deep/],
  ])("%s", (_, filter, message) => {
    const judge = () => matches(chunk, filter as Filter);
    expect(judge).toThrow(FilterError);
    expect(judge).toThrow(message);
  }); // biome-ignore format: a table
  test("a nest that is deep enough", () => {
    expect(matches(chunk, deep(60))).toBe(true);
  });
});

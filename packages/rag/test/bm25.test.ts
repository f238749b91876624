/** `bm25Index()`: its arithmetic, its words, its changes, and how well it ranks real collections. */
import { join } from "node:path";
import { bm25Index, evaluateRetriever } from "@polycall/rag";
import { beirTestSet } from "@polycall/rag/beir";
import { sharedData } from "@polycall/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numRuns } from "./cutting.ts";

function indexOf(
  texts: { readonly [id: string]: string },
  options?: Parameters<typeof bm25Index>[0],
) {
  const index = bm25Index(options);
  for (const [id, text] of Object.entries(texts)) index.add(id, text);
  return index;
}
const found = (index: ReturnType<typeof bm25Index>, query: string) =>
  index.search(query).map(({ id }) => id);

test("scores as Lucene does", () => {
  const index = indexOf(
    { a: "red red fox", b: "red dog", c: "blue bird sings" },
    { k1: 1, b: 0.5 },
  );
  // N = 3, average length 8/3. "fox": n = 1, idf = ln(1 + 2.5/1.5) = 0.98083; "red": n = 2, idf = ln(1 + 1.5/2.5) = 0.47000.
  // a: length 3, norm = 1 * (0.5 + 0.5 * 3 / (8/3)) = 1.0625; red twice: 2/3.0625, fox: 1/2.0625.
  // b: length 2, norm = 0.5 + 0.5 * 2 / (8/3) = 0.875; red once: 1/1.875.
  const hits = index.search("red fox");
  expect(hits.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(hits[0]!.score).toBeCloseTo(0.47 * (2 / 3.0625) + 0.98083 / 2.0625, 4);
  expect(hits[1]!.score).toBeCloseTo(0.47 / 1.875, 4);
  // Asked twice, it weighs twice.
  expect(index.search("red red")[1]!.score).toBeCloseTo((2 * 0.47) / 1.875, 4);
});

test("finds words of one stem, in any case, with or without accents", () => {
  const index = indexOf({ a: "Connected cafés", b: "Nothing of it" });
  for (const query of ["connection", "CONNECTING", "cafe", "CAFÉ", "cafe\u0301"]) {
    expect(found(index, query)).toEqual(["a"]);
  }
  expect(found(indexOf({ a: "Connected" }, { stem: false }), "connection")).toEqual([]);
  expect(found(indexOf({ a: "Connected" }, { stem: "porter" }), "connection")).toEqual(["a"]);
  const four = { stem: (word: string) => word.slice(0, 4) };
  expect(found(indexOf({ a: "connected" }, four), "connive")).toEqual(["a"]);
});

test.each([
  ["Japanese", "東京都に住んでいます", "大阪府に住んでいます", "東京"],
  ["Chinese", "我喜欢吃苹果", "我喜欢喝茶", "苹果"],
  ["one sign of it", "水道", "電気", "水"],
  ["Thai", "ฉันชอบกินข้าว", "วันนี้ฝนตก", "ข้าว"],
  ["Korean", "서울에 산다", "부산에 산다", "서울에"],
  ["Russian", "Москва слезам не верит", "Париж", "москва"],
  ["Arabic", "مرحبا بالعالم", "شكرا", "مرحبا"],
  ["Hindi", "हिन्दी भाषा", "अंग्रेज़ी", "हिन्दी"],
  ["full-width letters", "ＡＢＣ 製品", "ＸＹＺ 製品", "abc"],
  ["mixed with Latin", "GPUで計算する", "CPUで計算する", "gpu"],
  ["parts of names", "get_ticket_price(city)", "get_hotel(city)", "ticket"],
])("finds words in %s", (_, text, other, query) => {
  expect(found(indexOf({ other, text }), query)[0]).toBe("text");
});

test("stop words are not looked for, unless there are no others", () => {
  const index = indexOf({
    who: "The Who",
    other: "Songs of the band and of the road",
    song: "A band",
  });
  expect(found(index, "the band")).toEqual(["song", "other"]);
  expect(found(index, "the who")).toEqual(["who", "other"]);
  expect(found(indexOf({ a: "the", b: "band" }, { stopWords: false }), "the band")).toEqual([
    "a",
    "b",
  ]);
  expect(found(indexOf({ a: "foo", b: "bar" }, { stopWords: ["foo"] }), "foo bar")).toEqual(["b"]);
});

test("brings k of those that the filter allows, equals in the order they were added in", () => {
  const index = indexOf(
    Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`d${i}`, "word"])),
  );
  const ids = (options: object) => index.search("word", options).map(({ id }) => id);
  expect(ids({ k: 3 })).toEqual(["d0", "d1", "d2"]);
  expect(ids({ k: 3, filter: (id: string) => Number(id.slice(1)) % 20 === 19 })).toEqual([
    "d19",
    "d39",
  ]);
  expect(ids({ k: 2, filter: new Set(["d40", "d7", "d41", "nobody"]) })).toEqual(["d7", "d40"]);
  expect(ids({ k: 0 })).toEqual([]);
});

test("adding replaces, removing takes away", () => {
  const index = indexOf({ a: "fox", b: "dog" });
  index.add("a", "bird");
  expect([index.size, found(index, "fox"), found(index, "bird")]).toEqual([2, [], ["a"]]);
  expect([index.remove("a"), index.remove("a"), index.has("a"), index.size]).toEqual([
    true,
    false,
    false,
    1,
  ]);
  expect(found(index, "bird")).toEqual([]);
  index.remove("b");
  expect([index.search("dog"), index.search("")]).toEqual([[], []]);
});

test("after any changes it answers as one that was made anew", () => {
  const words = fc.array(fc.constantFrom("red", "blue", "fox", "dog", "bird"), { maxLength: 6 });
  const change = fc.record({ id: fc.nat(9), text: fc.option(words) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), words, (changes, query) => {
      const index = bm25Index();
      const texts = new Map<string, string>();
      for (const { id, text } of changes) {
        texts.delete(`${id}`);
        if (text) texts.set(`${id}`, text.join(" "));
        if (text) index.add(`${id}`, text.join(" "));
        else index.remove(`${id}`);
        index.search("fox");
      }
      const anew = bm25Index();
      for (const [id, text] of texts) anew.add(id, text);
      const round = (one: typeof anew) =>
        one.search(query.join(" ")).map(({ id, score }) => `${id} ${score.toFixed(9)}`);
      expect(round(index)).toEqual(round(anew));
    }),
    { numRuns },
  );
});

test("many changes: the log and what was taken out are cleared, nothing is lost", () => {
  const index = bm25Index();
  for (let i = 0; i < 20_000; i++) index.add(`${i}`, `all word${i % 100} own${i} more`);
  expect(found(index, "own19999")).toEqual(["19999"]);
  for (let i = 0; i < 19_000; i++) index.remove(`${i}`);
  for (let i = 20_000; i < 21_000; i++) index.add(`${i}`, `all word${i % 100} own${i}`);
  expect(index.size).toBe(2000);
  expect(index.search("all", { k: 5000 })).toHaveLength(2000);
  expect(index.search("word7", { k: 5000 })).toHaveLength(20);
  expect([found(index, "own19500"), found(index, "own20500"), found(index, "own500")]).toEqual([
    ["19500"],
    ["20500"],
    [],
  ]);
});

test.each([
  [{ k1: -1 }, "k1 is a number from 0, not -1."],
  [{ b: 1.1 }, "b is a number from 0 to 1, not 1.1."],
  [{ b: Number.NaN }, "not NaN"],
])("refuses %j", (options, message) => {
  expect(() => bm25Index(options)).toThrow(message);
});

/** nDCG@10 of the usual implementations, measured on the same files: what ours must reach. */
const data = sharedData("rag");
describe.skipIf(!data)("nDCG@10", () => {
  test.each([
    ["cranfield", { k1: 0.9, b: 0.4, stem: "porter" }, 0.342],
    ["cranfield", { k1: 1.5, b: 0.75, stem: "porter2" }, 0.365],
    ["cranfield", {}, 0.365],
    ["chunkeval-beir800", { k1: 0.9, b: 0.4, stem: "porter" }, 0.763],
    ["chunkeval-beir800", { k1: 1.5, b: 0.75, stem: "porter2" }, 0.748],
    ["chunkeval-beir800", {}, 0.748],
  ] as const)("%s with %j is at least %d", async (name, options, least) => {
    const set = await beirTestSet(join(data!, name));
    const index = bm25Index(options);
    for await (const { id, title, text } of set.corpus()) index.add(id, `${title} ${text}`);
    // In the order in which it brings them: the second set holds texts twice, which score alike.
    const retrieve = (query: string, { k }: { k: number }) =>
      index.search(query, { k }).map(({ id }) => id);
    const { scores, failed } = await evaluateRetriever(retrieve, set);
    expect(scores.ndcg).toBeGreaterThanOrEqual(least);
    expect(failed).toBe(0);
  });
});

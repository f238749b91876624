/** What every store must do: the suite that says when one is right. */
import { InvalidRequestError } from "@polycall/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type EmbeddedChunk,
  type Filter,
  FilterError,
  type Hit,
  IndexMismatchError,
  type Metadata,
  matches,
  type Store,
  StoreError,
} from "../src/index.ts";
import { chunkOf, nearest, randomFrom, randomVector, sourceOf } from "./corpus.ts";

const dimensions = 16;
const index = { model: "test/encoder", dimensions };

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export interface ContractOptions {
  /** Several handles on one name see the same chunks. Default true. */
  shared?: boolean;
  /** How many chunks the big source has. Default 5000. */
  big?: number;
  /** How far its scores may be off: some keep vectors in fewer bits. Default 1e-5. */
  tolerance?: number;
}

/** @param connect a handle, not opened yet, on what is kept under this name: at first nothing */
export function storeContract(
  connect: (name: string) => Promise<Store>,
  { shared = true, big = 5000, tolerance = 1e-5 }: ContractOptions = {},
): void {
  const handles: Store[] = [];
  async function handle(name: string): Promise<Store> {
    const store = await connect(name);
    handles.push(store);
    await store.open(index);
    return store;
  }
  afterAll(() => Promise.all(handles.map((one) => one.close())));

  const random = randomFrom(7);
  const anyVector = () => randomVector(random, dimensions);
  const seeded = (source: string, texts: readonly string[], seed: number, metadata?: Metadata) =>
    sourceOf(source, texts, { dimensions, seed, metadata });
  const ids = (hits: readonly Hit[]) => hits.map(({ chunk }) => chunk.id);

  function expectNearest(
    hits: readonly Hit[],
    all: readonly EmbeddedChunk[],
    query: Float32Array,
    k: number,
  ): void {
    const expected = nearest(all, query, k);
    expect(hits).toHaveLength(expected.length);
    for (const [i, { score }] of expected.entries()) {
      expect(Math.abs(hits[i]!.score - score)).toBeLessThan(tolerance);
    }
    if (tolerance < 1e-4) expect(ids(hits)).toEqual(expected.map(({ id }) => id));
  }

  test("an empty store finds nothing and has nothing", async () => {
    const store = await handle("empty");
    expect(await store.searchVector(anyVector(), { k: 5 })).toEqual([]);
    expect((await store.searchText?.("anything", { k: 5 })) ?? []).toEqual([]);
    expect(await store.chunks("none")).toEqual([]);
    expect(await store.count()).toBe(0);
    expect(await collect(store.sources())).toEqual([]);
    expect(await collect(store.all())).toEqual([]);
    await store.remove(["none"]);
    await store.remove([]);
    await store.optimize?.();
  });

  test("a chunk comes back as it was", async () => {
    const store = await handle("whole");
    const strange = chunkOf(
      "docs/日本 👩‍👩‍👧 'quoted\" \\ % $1.md",
      0,
      "Heading > Sub\n\nbody \0 half \ud83d, \u2028 end",
      {
        title: "a 'b' \"c\" \\",
        n: -1.5,
        big: 2 ** 53,
        yes: true,
        no: false,
        tags: ["x", "y"],
        none: [],
      },
      {
        id: "日本/👩‍👩‍👧 'q' \"q\" \\#0",
        raw: "body \0 half \ud83d, \u2028 end",
        start: 7,
        end: 31,
        headings: ["Heading", "Sub"],
        page: 3,
        parent: { start: 0, end: 99 },
      },
    );
    const plain = chunkOf(strange.source, 1, "shown differently", {}, { raw: "as it stands" });
    const vector = anyVector();
    const put = [
      { chunk: strange, vector },
      { chunk: plain, vector: anyVector() },
    ];
    await store.replace(strange.source, "h", put);
    expect(await store.chunks(strange.source)).toEqual([strange, plain]);
    const everything = await collect(store.all());
    expect(everything.sort((a, b) => a.index - b.index)).toEqual([strange, plain]);
    const [hit] = await store.searchVector(vector, { k: 1, vectors: true });
    expect(hit!.chunk).toEqual(strange);
    expect(hit!.score).toBeCloseTo(1, 3);
    expect(nearest([{ chunk: strange, vector: hit!.vector! }], vector, 1)[0]!.score).toBeCloseTo(
      1,
      3,
    );
    expect(Math.hypot(...hit!.vector!)).toBeCloseTo(1, 2);
    const [bare] = await store.searchVector(vector, { k: 1 });
    expect(bare!.vector).toBeUndefined();
  });

  describe("a small corpus", () => {
    let store: Store;
    const all: EmbeddedChunk[] = [];
    beforeAll(async () => {
      store = await handle("corpus");
      for (let s = 0; s < 12; s++) {
        const texts = Array.from({ length: 10 }, (_, i) => `passage ${i} of document ${s}`);
        const chunks = seeded(`d${s}.md`, texts, s, {
          folder: s % 2 ? "odd" : "even",
          year: 2000 + s,
          draft: s === 3,
          tags: s % 3 ? ["news", `t${s}`] : [],
          ...(s > 5 && { late: "yes" }),
        }).map(({ chunk, vector }, i) => ({ vector, chunk: { ...chunk, page: i + 1 } }));
        await store.replace(`d${s}.md`, `hash ${s}`, chunks);
        all.push(...chunks);
      }
      await store.optimize?.();
    });

    test("finds the nearest, by cosine, best first", async () => {
      for (const k of [1, 10, 120, 500]) {
        const query = anyVector();
        expectNearest(await store.searchVector(query, { k }), all, query, k);
      }
      expect(await store.searchVector(anyVector(), { k: 0 })).toEqual([]);
    });

    test("the length of a vector changes nothing", async () => {
      const query = anyVector();
      const long = query.map((value) => value * 1000);
      const [a, b] = [
        await store.searchVector(query, { k: 5 }),
        await store.searchVector(long, { k: 5 }),
      ];
      expect(ids(a)).toEqual(ids(b));
      for (const [i, hit] of a.entries()) expect(hit.score).toBeCloseTo(b[i]!.score, 3);
    });

    test("gives the same each time", async () => {
      const query = anyVector();
      const first = await store.searchVector(query, { k: 20 });
      for (let i = 0; i < 3; i++) {
        expect(ids(await store.searchVector(query, { k: 20 }))).toEqual(ids(first));
      }
    });

    test.each<[string, Filter, number]>([
      ["equality", { folder: "odd" }, 60],
      ["two keys", { folder: "odd", year: 2003 }, 10],
      ["$eq", { draft: { $eq: true } }, 10],
      ["$ne", { folder: { $ne: "odd" } }, 60],
      ["a range", { year: { $gte: 2002, $lt: 2005 } }, 30],
      ["$gt and $lte", { year: { $gt: 2002, $lte: 2005 } }, 30],
      ["text compared", { folder: { $gt: "f" } }, 60],
      ["$in", { year: { $in: [2001, 2005, 1999] } }, 20],
      ["$nin", { year: { $nin: [2001, 2005, 1999] } }, 100],
      ["$contains", { tags: { $contains: "news" } }, 80],
      ["$exists", { late: { $exists: true } }, 60],
      ["$exists false", { late: { $exists: false } }, 60],
      ["$ne of what is missing", { late: { $ne: "yes" } }, 60],
      ["$or", { $or: [{ year: 2001 }, { folder: "even" }] }, 70],
      ["$and", { $and: [{ folder: "even" }, { year: { $gt: 2007 } }] }, 20],
      ["$not", { $not: { folder: "even", year: { $gt: 2003 } } }, 80],
      ["source", { source: "d4.md" }, 10],
      ["sources", { source: { $in: ["d4.md", "d5.md", "d99.md"] } }, 20],
      ["page", { page: { $lte: 2 } }, 24],
      ["page and source", { page: 3, source: { $ne: "d4.md" } }, 11],
      ["one chunk", { page: 3, source: "d4.md" }, 1],
      ["another type", { year: "2001" }, 0],
      ["a key that is nowhere", { nowhere: "x" }, 0],
      ["nothing in $in", { year: { $in: [] } }, 0],
      ["no condition", {}, 120],
      ["an empty $or", { $or: [] }, 0],
    ])("a filter by %s gives all that match, and no others", async (_, filter, count) => {
      const expected = all.filter(({ chunk }) => matches(chunk, filter));
      expect(expected).toHaveLength(count);
      const query = anyVector();
      expectNearest(await store.searchVector(query, { k: 7, filter }), expected, query, 7);
      expectNearest(await store.searchVector(query, { k: 200, filter }), expected, query, 200);
      const found = await store.searchText?.("passage", { k: 200, filter });
      if (found) expect(ids(found).sort()).toEqual(expected.map(({ chunk }) => chunk.id).sort());
    });

    test("reads the chunks of a source, all or some of them", async () => {
      const chunks = all.filter(({ chunk }) => chunk.source === "d4.md").map(({ chunk }) => chunk);
      expect(await store.chunks("d4.md")).toEqual(chunks);
      expect(await store.chunks("d4.md", 3)).toEqual(chunks.slice(3));
      expect(await store.chunks("d4.md", 3, 5)).toEqual(chunks.slice(3, 5));
      expect(await store.chunks("d4.md", -2, 2)).toEqual(chunks.slice(0, 2));
      expect(await store.chunks("d4.md", 5, 5)).toEqual([]);
      expect(await store.chunks("d4.md", 99)).toEqual([]);
    });

    test("counts and lists", async () => {
      expect(await store.count()).toBe(120);
      const sources = await collect(store.sources());
      expect(sources.sort((a, b) => a.hash.localeCompare(b.hash))).toEqual(
        Array.from({ length: 12 }, (_, s) => ({ source: `d${s}.md`, hash: `hash ${s}` })).sort(
          (a, b) => a.hash.localeCompare(b.hash),
        ),
      );
      const listed = (await collect(store.all())).map(({ id }) => id);
      expect(listed.sort()).toEqual(all.map(({ chunk }) => chunk.id).sort());
    });

    test("refuses a vector that is none, and finds nothing by one without direction", async () => {
      const wrong = [
        new Float32Array(dimensions - 1).fill(1),
        new Float32Array(dimensions + 1).fill(1),
        new Float32Array(0),
        new Float32Array(dimensions).fill(Number.NaN),
        new Float32Array(dimensions).fill(Number.POSITIVE_INFINITY),
      ];
      for (const vector of wrong) {
        await expect(store.searchVector(vector, { k: 1 })).rejects.toThrow(InvalidRequestError);
        const put = [
          { chunk: chunkOf("bad", 0, "bad"), vector: anyVector() },
          { chunk: chunkOf("bad", 1, "bad"), vector },
        ];
        await expect(store.replace("bad", "h", put)).rejects.toThrow(InvalidRequestError);
      }
      const zeros = new Float32Array(dimensions);
      expect(await store.searchVector(zeros, { k: 3 })).toEqual([]);
      const put = [{ chunk: chunkOf("bad", 0, "bad"), vector: zeros }];
      await expect(store.replace("bad", "h", put)).rejects.toThrow(/all zeros/);
      expect(await store.chunks("bad")).toEqual([]);
      expect(await store.count()).toBe(120);
    });

    test.each<[string, unknown]>([
      ["an unknown test", { year: { $near: 3 } }],
      ["an unknown joint", { $xor: [] }],
      ["undefined", { folder: undefined }],
      ["null", { folder: null }],
      ["a list as a value", { folder: ["a"] }],
    ])("refuses a filter with %s", async (_, filter) => {
      const options = { k: 1, filter: filter as Filter };
      await expect(store.searchVector(anyVector(), options)).rejects.toThrow(FilterError);
      if (store.searchText)
        await expect(store.searchText("passage", options)).rejects.toThrow(FilterError);
    });

    test.each([-1, 1.5, Number.NaN])("refuses %s as k", async (k) => {
      await expect(store.searchVector(anyVector(), { k })).rejects.toThrow(InvalidRequestError);
    });

    test("does nothing for a caller who has left", async () => {
      const signal = AbortSignal.abort();
      const searched = store.searchVector(anyVector(), { k: 1, signal });
      await expect(searched).rejects.toMatchObject({ name: "AbortError" });
      const put = seeded("left", ["x"], 1);
      await expect(store.replace("left", "h", put, { signal })).rejects.toMatchObject({
        name: "AbortError",
      });
      expect(await store.chunks("left")).toEqual([]);
    });

    test("finds by words, whatever stands in the question", async ({ skip }) => {
      if (!store.searchText) return skip("it has no search by words");
      const hits = await store.searchText("the passages of document 7?", { k: 120 });
      expect(
        hits.slice(0, 10).every(({ chunk }) => chunk.source === "d7.md" || chunk.id.endsWith("#7")),
      ).toBe(true);
      for (const [i, { score }] of hits.entries()) {
        if (i > 0) expect(score).toBeLessThanOrEqual(hits[i - 1]!.score);
      }
      for (const query of ["", " ", "*", '"', "'", "?!", "\0", "AND", "()", "-", "\ud83d"]) {
        expect(await store.searchText(query, { k: 3 }), query).toEqual([]);
      }
      for (const query of ['"passage', "passage*", "passage AND", "NOT passage", "NEAR(passage, 2)", "text:passage", "passage'); drop", "{passage} ^ + -", "passage OR OR", "\\passage", "<passage> & !x | y:*"]) {
        const found = await store.searchText(query, { k: 3 });
        expect(found, query).toHaveLength(3);
      } // biome-ignore format: a table
      expect(await store.searchText("passage", { k: 0 })).toEqual([]);
    });
  });

  test("replaces a source whole, and leaves the others alone", async () => {
    const store = await handle("replaced");
    const a1 = seeded("a", ["old alpha", "old beta", "old gamma"], 1);
    const b = seeded("b", ["other alpha"], 2);
    await store.replace("a", "1", a1);
    await store.replace("b", "1", b);
    await store.searchVector(anyVector(), { k: 1 });
    const a2 = seeded("a", ["new alpha", "new beta"], 3);
    await store.replace("a", "2", a2);
    expect(await store.chunks("a")).toEqual(a2.map(({ chunk }) => chunk));
    expect(await store.count()).toBe(3);
    const query = anyVector();
    expectNearest(await store.searchVector(query, { k: 9 }), [...a2, ...b], query, 9);
    expect((await store.searchText?.("old gamma", { k: 9 })) ?? []).toEqual([]);
    if (store.searchText) expect(await store.searchText("alpha", { k: 9 })).toHaveLength(2);
    const listed = await collect(store.sources());
    expect(listed.sort((x, y) => x.source.localeCompare(y.source))).toEqual([
      { source: "a", hash: "2" },
      { source: "b", hash: "1" },
    ]);
    await store.replace("a", "3", []);
    expect(await store.chunks("a")).toEqual([]);
    expect(await collect(store.sources())).toContainEqual({ source: "a", hash: "3" });
    await store.remove(["a", "b", "unknown"]);
    expect(await collect(store.sources())).toEqual([]);
    expect(await store.searchVector(query, { k: 9 })).toEqual([]);
    expect(await store.count()).toBe(0);
    await store.replace("b", "1", b);
    expectNearest(await store.searchVector(query, { k: 9 }), b, query, 9);
  });

  test("a replacement that is refused leaves the source as it was", async () => {
    const store = await handle("refused");
    const before = seeded("a", ["one", "two"], 1);
    await store.replace("a", "1", before);
    const twice = [...seeded("a", ["three"], 2), ...seeded("a", ["four"], 3)];
    const foreign = seeded("b", ["three"], 2);
    const nested = seeded("a", ["x"], 2, { deep: { x: 1 } } as unknown as Metadata);
    for (const wrong of [twice, foreign, nested]) {
      await expect(store.replace("a", "2", wrong)).rejects.toThrow(InvalidRequestError);
    }
    await expect(store.replace("", "2", [])).rejects.toThrow(InvalidRequestError);
    await expect(store.replace("a\0", "2", [])).rejects.toThrow(InvalidRequestError);
    expect(await store.chunks("a")).toEqual(before.map(({ chunk }) => chunk));
    expect(await collect(store.sources())).toEqual([{ source: "a", hash: "1" }]);
  });

  test("equal scores come in the order of ids", async () => {
    const store = await handle("ties");
    const vector = anyVector();
    for (const source of ["c", "a", "b"]) {
      await store.replace(source, "h", [{ chunk: chunkOf(source, 0, "same words"), vector }]);
    }
    expect(ids(await store.searchVector(anyVector(), { k: 3 }))).toEqual(["a#0", "b#0", "c#0"]);
    if (store.searchText)
      expect(ids(await store.searchText("words", { k: 3 }))).toEqual(["a#0", "b#0", "c#0"]);
  });

  test("different sources are replaced at once", async () => {
    const store = await handle("at-once");
    const put = Array.from({ length: 20 }, (_, s) => seeded(`s${s}`, ["one", "two", "three"], s));
    await Promise.all(put.map((chunks, s) => store.replace(`s${s}`, "h", chunks)));
    const query = anyVector();
    expectNearest(await store.searchVector(query, { k: 60 }), put.flat(), query, 60);
    await Promise.all([
      ...put.slice(0, 10).map((_, s) => store.remove([`s${s}`])),
      ...put.slice(10).map((chunks, s) => store.replace(`s${s + 10}`, "h2", chunks.slice(0, 2))),
    ]);
    const left = put.slice(10).flatMap((chunks) => chunks.slice(0, 2));
    expectNearest(await store.searchVector(query, { k: 60 }), left, query, 60);
  });

  test("a source may be large", async () => {
    const store = await handle("large");
    const texts = Array.from({ length: big }, (_, i) => `passage number ${i}`);
    const put = seeded("large", texts, 5, { kind: "large" });
    await store.replace("large", "h", put);
    expect(await store.count()).toBe(big);
    const query = anyVector();
    expectNearest(await store.searchVector(query, { k: 10 }), put, query, 10);
    expect(await store.chunks("large", big - 2)).toEqual(put.slice(-2).map(({ chunk }) => chunk));
    expect(await store.chunks("large")).toHaveLength(big);
    await store.replace("large", "h2", put.slice(0, 3));
    expectNearest(await store.searchVector(query, { k: 10 }), put.slice(0, 3), query, 10);
    expect(await store.count()).toBe(3);
  });

  test("refuses another encoder, and says what to do", async () => {
    const store = await connect("encoder");
    handles.push(store);
    await expect(store.searchVector(anyVector(), { k: 1 })).rejects.toThrow(StoreError);
    await store.open(index);
    await store.open(index);
    await store.replace("a", "1", seeded("a", ["one"], 1));
    const stranger = shared ? await connect("encoder") : store;
    if (shared) handles.push(stranger);
    for (const asked of [
      { ...index, model: "test/other" },
      { ...index, dimensions: 32 },
    ]) {
      const error = await stranger.open(asked).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(IndexMismatchError);
      expect(error).toMatchObject({ stored: index, asked });
      expect(String(error)).toMatch(/test\/encoder \(16 dimensions\).*ingest again/s);
    }
    await stranger.open(index);
    expect(await stranger.count()).toBe(1);
    await expect(store.open({ model: "", dimensions: 3 })).rejects.toThrow(InvalidRequestError);
    await expect(store.open({ model: "x", dimensions: 0 })).rejects.toThrow(InvalidRequestError);
  });

  test.skipIf(!shared)("what one handle writes, another finds", async () => {
    const [one, two] = [await handle("two"), await handle("two")];
    const query = anyVector();
    const held = new Map<string, EmbeddedChunk[]>();
    for (let round = 0; round < 12; round++) {
      const source = `s${round % 5}`;
      const writer = round % 2 ? one : two;
      if (round % 4 === 3) {
        await writer.remove([source]);
        held.delete(source);
      } else {
        const chunks = seeded(source, ["a", "b", "c"].slice(0, 1 + (round % 3)), round);
        await writer.replace(source, String(round), chunks);
        held.set(source, chunks);
      }
      for (const reader of [one, two]) {
        const all = [...held.values()].flat();
        expectNearest(await reader.searchVector(query, { k: 50 }), all, query, 50);
      }
    }
  });

  test("a closed store says so", async () => {
    const store = await connect("closed");
    await store.open(index);
    await store.close();
    await expect(store.count()).rejects.toThrow(/closed/);
    await expect(store.searchVector(anyVector(), { k: 1 })).rejects.toThrow(StoreError);
    await store.close();
  });
}

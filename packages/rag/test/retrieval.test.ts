/** Passages: by meaning, by words, by both; thresholds, differences, filters, and what stands around. */
import { InvalidRequestError } from "@polycall/core";
import type { Encoder } from "@polycall/embeddings";
import { describe, expect, test } from "vitest";
import {
  type Chunk,
  type Chunker,
  knowledgeBase,
  memoryStore,
  type Passage,
  type RetrieverOptions,
  recursiveChunker,
  type SourceDocument,
  type Store,
} from "../src/index.ts";
import { hashingEncoder } from "./hashing.ts";

/** Vectors that a test gives by hand: of what stands before the first space. */
function given(vectors: Record<string, number[]>): Encoder & { asked: string[] } {
  const asked: string[] = [];
  return {
    model: "test/given",
    dimensions: 2,
    asked,
    async encode(texts) {
      asked.push(...texts);
      return texts.map((text) => {
        const vector = vectors[text.split(" ")[0]!];
        if (!vector) throw new Error(`no vector for "${text}"`);
        return Float32Array.from(vector);
      });
    },
  };
}

const whole: Chunker = {
  name: "whole",
  chunk: ({ text }): Chunk[] => [{ raw: text, text, start: 0, end: text.length, headings: [] }],
};

async function found(
  documents: readonly SourceDocument[],
  encoder: Encoder,
  query: string,
  options: RetrieverOptions,
  store: Store = memoryStore(),
): Promise<Passage[]> {
  const kb = knowledgeBase({ embedding: encoder, store, chunker: whole });
  await kb.ingest(documents);
  const passages = await kb.retriever(options).retrieve(query);
  await kb.close();
  return passages;
}

const sourcesOf = (passages: readonly Passage[]) => passages.map(({ chunk }) => chunk.source);

const texts = (all: Record<string, string>): SourceDocument[] =>
  Object.entries(all).map(([source, text]) => ({ source, text }));

/** By meaning a, c, b; by words only b and c, b first: it is the shorter. */
const documents = texts({
  a: "a nothing of the kind",
  b: "b zebra",
  c: "c zebra and some other words besides",
});
const vectors = { a: [1, 0], b: [0, 1], c: [0.8, 0.6], q: [1, 0] };

/** A store of a user's own, that cannot search by words. */
function wordless(): Store {
  const { searchText: _, ...store } = memoryStore();
  return store;
}

describe("a search", () => {
  test.each<[string, RetrieverOptions, string[]]>([
    ["by meaning", { mode: "dense" }, ["a", "c", "b"]],
    ["by words", { mode: "words" }, ["b", "c"]],
    // b: 1/63 + 1/61 = .03227, c: 1/62 + 1/62 = .03226, a: 1/61 = .01639.
    ["by both", {}, ["b", "c", "a"]],
    ["by both, with words alone weighed", { weights: { dense: 0 } }, ["b", "c"]],
    ["by both, with meaning alone weighed", { weights: { words: 0 } }, ["a", "c", "b"]],
    ["for the first k", { k: 1 }, ["b"]],
    ["with a filter", { mode: "dense", filter: { source: { $ne: "a" } } }, ["c", "b"]],
    ["with a least cosine", { minScore: 0.7 }, ["c", "a"]],
    ["by words, with a least cosine", { mode: "words", minScore: 0.7 }, ["c"]],
    ["for what is unlike", { mode: "dense", k: 2, mmr: { lambda: 0.3 } }, ["a", "b"]],
    [
      "for what is unlike, with a filter",
      { mode: "dense", k: 2, mmr: { lambda: 1 }, filter: { source: { $ne: "a" } } },
      ["c", "b"],
    ],
  ])("%s", async (_, options, expected) => {
    const own = await found(documents, given(vectors), "q zebra", options);
    expect(sourcesOf(own)).toEqual(expected);
    const without = await found(documents, given(vectors), "q zebra", options, wordless());
    expect(sourcesOf(without)).toEqual(expected);
  });

  test("tells how each passage was found", async () => {
    const [b, c, a] = await found(documents, given(vectors), "q zebra", {});
    expect(a?.scores).toEqual({ dense: expect.closeTo(1, 6) });
    expect(c?.scores.dense).toBeCloseTo(0.8, 6);
    expect(c?.scores.words).toBeGreaterThan(0);
    expect(b?.score).toBeCloseTo(1 / 63 + 1 / 61, 9);
  });

  test("asks the encoder for the query alone, and not at all where words are enough", async () => {
    const encoder = given(vectors);
    await found(documents, encoder, "q zebra", { minScore: 0 });
    expect(encoder.asked.filter((text) => text.startsWith("q"))).toEqual(["q zebra"]);
    const words = given(vectors);
    await found(documents, words, "q zebra", { mode: "words" });
    expect(words.asked).toHaveLength(3);
  });

  test("finds what was ingested after the first search, in a store without words too", async () => {
    const kb = knowledgeBase({ embedding: hashingEncoder(), store: wordless(), chunker: whole });
    await kb.ingest(texts({ a: "one thing" }));
    const retriever = kb.retriever({ mode: "words" });
    expect(await retriever.retrieve("other")).toEqual([]);
    await kb.ingest(texts({ b: "the other thing" }));
    expect(sourcesOf(await retriever.retrieve("other"))).toEqual(["b"]);
    await kb.remove(["b"]);
    expect(await retriever.retrieve("other")).toEqual([]);
  });

  test("finds what another process has written when it is told of it", async () => {
    const store = { ...memoryStore(), searchText: undefined };
    const [here, there] = [0, 1].map(() => knowledgeBase({ embedding: hashingEncoder(), store }));
    await here!.ingest([{ source: "a", text: "Apples." }]);
    const words = here!.retriever({ mode: "words" });
    expect(await words.retrieve("apples")).toHaveLength(1);
    await there!.ingest([{ source: "b", text: "More apples." }]);
    here!.refresh();
    expect(await words.retrieve("apples")).toHaveLength(2);
  });

  test("with a filter gives k where k match", async () => {
    const many = Array.from({ length: 300 }, (_, i) => ({
      source: `s${i}`,
      text: `q text ${i}`,
      metadata: { even: i % 2 === 0, rare: i >= 295 },
    }));
    const encoder = hashingEncoder();
    const kb = knowledgeBase({ embedding: encoder, store: memoryStore(), chunker: whole });
    await kb.ingest(many);
    for (const mode of ["dense", "words", "hybrid"] as const) {
      for (const mmr of [undefined, { lambda: 0.5 }]) {
        const filter = { rare: true };
        const passages = await kb
          .retriever({ mode, k: 5, filter, ...(mmr && { mmr }) })
          .retrieve("q text");
        expect(passages, `${mode} ${mmr && "unlike"}`).toHaveLength(5);
      }
    }
    expect(await kb.retriever({ k: 20, candidates: 2 }).retrieve("q text")).toHaveLength(20);
    await kb.close();
  });
});

describe("what stands around", () => {
  const text = [
    "# Animals",
    "",
    "The zebra has stripes. Nobody knows why.",
    "",
    "The horse has none. It can be ridden.",
    "",
    "The donkey is patient. It carries loads.",
  ].join("\n");

  test("neighbours come with what was found, each part once", async () => {
    const chunker = recursiveChunker({ size: 24, overlap: 8 });
    const kb = knowledgeBase({ embedding: hashingEncoder(), store: memoryStore(), chunker });
    await kb.ingest([{ source: "a", text }]);
    const [alone] = await kb.retriever({ mode: "words", k: 1 }).retrieve("ridden");
    const [wide] = await kb.retriever({ mode: "words", k: 1, neighbours: 2 }).retrieve("ridden");
    expect(wide!.start).toBeLessThan(alone!.start);
    expect(wide!.end).toBeGreaterThan(alone!.end);
    const squeezed = (some: string) => some.replace(/\s+/g, "");
    expect(squeezed(wide!.text)).toBe(squeezed(text.slice(wide!.start, wide!.end)));
    await kb.close();
  });

  test("a child brings its parent, once for all its children", async () => {
    const child = recursiveChunker({ size: 25 });
    const chunker: Chunker = {
      name: "by paragraph",
      async chunk({ source, text }) {
        const paragraphs = [...text.matchAll(/[^\n]+(?:\n[^\n]+)*/g)];
        const all = paragraphs.map(async ({ 0: paragraph, index }) => {
          const parent = { start: index, end: index + paragraph.length };
          const pieces = await child.chunk({ source, text: paragraph });
          return pieces.map((one) => ({
            ...one,
            start: one.start + index,
            end: one.end + index,
            parent,
          }));
        });
        return (await Promise.all(all)).flat();
      },
    };
    const kb = knowledgeBase({ embedding: hashingEncoder(), store: memoryStore(), chunker });
    await kb.ingest([{ source: "a", text }]);
    const passages = await kb.retriever({ mode: "words" }).retrieve("zebra nobody stripes");
    const holding = passages.filter((passage) => passage.text.includes("zebra"));
    expect(holding).toHaveLength(1);
    expect(holding[0]!.text).toContain("Nobody knows why.");
    const bare = await kb.retriever({ mode: "words", parents: false }).retrieve("zebra");
    expect(bare[0]!.text.length).toBeLessThanOrEqual(25);
    await kb.close();
  });
});

test("a document that is gone since it was searched stands with what was found of it", async () => {
  const text = Array.from({ length: 40 }, (_, i) => `zebra${i}.`).join(" ");
  const parent = { start: 0, end: text.length };
  const pieces: Chunker = {
    name: "pieces",
    chunk: () =>
      [...text.matchAll(/\S+/g)].map(({ 0: raw, index: start }) => {
        return { raw, text: raw, start, end: start + raw.length, headings: [], parent };
      }),
  };
  const store = memoryStore();
  const kb = knowledgeBase({ embedding: hashingEncoder(), store, chunker: pieces });
  await kb.ingest([{ source: "a", text }]);
  store.chunks = async () => [];
  for (const options of [{}, { neighbours: 1 }]) {
    const found = await kb.retriever({ mode: "words", ...options }).retrieve("zebra30");
    expect(found.map(({ text }) => text)).toEqual(["zebra30."]);
  }
  await kb.close();
});

test.each<[RetrieverOptions, RegExp]>([
  [{ k: 0 }, /k must be a whole number from 1, not 0/],
  [{ neighbours: -1 }, /neighbours must be a whole number from 0/],
  [{ mode: "semantic" as never }, /mode must be "hybrid", "dense" or "words", not "semantic"/],
  [{ mmr: { lambda: 2 } }, /mmr.lambda must be from 0 to 1/],
  [{ minScore: 7 }, /minScore is a cosine, from -1 to 1, not 7/],
  [{ weights: { dense: 0, words: 0 } }, /weights must be numbers from 0, not both 0/],
])("%o is refused", (options, message) => {
  const kb = knowledgeBase({ embedding: hashingEncoder(), store: memoryStore() });
  expect(() => kb.retriever(options)).toThrow(message);
  expect(() => kb.retriever(options)).toThrow(InvalidRequestError);
});

test("an empty query is refused", async () => {
  const kb = knowledgeBase({ embedding: hashingEncoder(), store: memoryStore() });
  await expect(kb.retriever().retrieve("  ")).rejects.toThrow(/must be a text that is not empty/);
});

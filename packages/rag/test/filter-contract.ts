/** Random filters on random metadata: every store must find what the reference evaluator lets pass. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type EmbeddedChunk,
  type Filter,
  type Metadata,
  matches,
  type Store,
} from "../src/index.ts";
import { chunkOf, randomFrom, randomVector } from "./corpus.ts";

const chunkCount = 60;

const keys = ["a", "b", "c.d", "e f", "é", 'q"uote', "it's", "back\\slash", "_id", "text"];
const texts = [
  "",
  "1",
  "1.5",
  "true",
  "x",
  "X",
  "xy",
  "é",
  "e\u0301",
  "日本",
  "\u{1F600}",
  "\uFF5E",
  "it's",
  '"',
  "\\",
  "%",
  "a b",
  "NaN",
];
const numbers = [0, 1, -1, 1.5, 2, 10, 0.1, 0.30000000000000004, 1e-7, 1e21, -(2 ** 40), 2 ** 53];

const key = fc.constantFrom(...keys);
const scalar = fc.oneof(fc.constantFrom(...texts), fc.constantFrom(...numbers), fc.boolean());
const list = fc.array(fc.constantFrom(...texts), { maxLength: 3 });
const metadata: fc.Arbitrary<Metadata> = fc.dictionary(
  key,
  fc.oneof({ weight: 3, arbitrary: scalar }, { weight: 1, arbitrary: list }),
  { maxKeys: 6 },
);

const tested = fc.oneof(
  scalar,
  fc.record({ $eq: scalar }),
  fc.record({ $ne: scalar }),
  fc.record({ $in: fc.array(scalar, { maxLength: 4 }) }),
  fc.record({ $nin: fc.array(scalar, { maxLength: 4 }) }),
  ...["$gt", "$gte", "$lt", "$lte"].map((op) =>
    fc
      .oneof(fc.constantFrom(...texts), fc.constantFrom(...numbers))
      .map((value) => ({ [op]: value })),
  ),
  fc.record({ $contains: fc.constantFrom(...texts) }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $gte: fc.constantFrom(...numbers), $lt: fc.constantFrom(...numbers) }),
);
const filtered = fc.constantFrom(...keys, "source", "page", "page", "nowhere");
const leaf = fc.dictionary(filtered, tested, { minKeys: 1, maxKeys: 2 }) as fc.Arbitrary<Filter>;

/** Any filter over these keys. */
export const anyFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({ $and: fc.array(tie("filter"), { maxLength: 3 }) }),
    fc.record({ $or: fc.array(tie("filter"), { maxLength: 3 }) }),
    fc.record({ $not: tie("filter") }),
  ) as fc.Arbitrary<Filter>,
})).filter;

/** The same ones each time. */
export const someFilters = (count: number): Filter[] =>
  fc.sample(anyFilter, { seed: 7, numRuns: count });

/**
 * @param connect a handle, not opened yet, on what is kept under this name: at first nothing
 * @param options.numRuns so many filters are tried
 */
export function filterContract(
  connect: (name: string) => Promise<Store>,
  { numRuns = 200, dimensions = 8 }: { numRuns?: number; dimensions?: number } = {},
): void {
  test("filters as the reference does, whatever the filter and the metadata", async () => {
    const store = await connect("filters");
    await store.open({ model: "test/filters", dimensions });
    const random = randomFrom(11);
    const kinds = fc.sample(metadata, { seed: 42, numRuns: chunkCount });
    const sources = ["x", "it's", "日本", "1"];
    const all = kinds.map((kind, i): EmbeddedChunk => {
      const chunk = chunkOf(sources[i % sources.length]!, i, `passage ${i}`, kind, {
        ...(i % 3 > 0 && { page: i % 7 }),
      });
      return { chunk, vector: randomVector(random, dimensions) };
    });
    for (const source of sources) {
      await store.replace(
        source,
        "h",
        all.filter(({ chunk }) => chunk.source === source),
      );
    }
    await store.optimize?.();
    await fc.assert(
      fc.asyncProperty(anyFilter, async (filter) => {
        const expected = all
          .filter(({ chunk }) => matches(chunk, filter))
          .map(({ chunk }) => chunk.id)
          .sort();
        const vector = randomVector(random, dimensions);
        const found = await store.searchVector(vector, { k: chunkCount, filter });
        expect(found.map(({ chunk }) => chunk.id).sort()).toEqual(expected);
        const few = await store.searchVector(vector, { k: 3, filter });
        expect(few).toHaveLength(Math.min(3, expected.length));
      }),
      { numRuns },
    );
    await store.close();
  });
}

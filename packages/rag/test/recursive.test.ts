/** `recursiveChunker()`: where it cuts, what it repeats, and what holds of every text. */
import { recursiveChunker } from "@polycall/rag";
import fc from "fast-check";
import { expect, test } from "vitest";
import { expectSound, hardText, numRuns } from "./cutting.ts";

const chunk = (text: string, options: Parameters<typeof recursiveChunker>[0]) =>
  recursiveChunker(options).chunk({ source: "a.txt", text }) as Exclude<
    ReturnType<ReturnType<typeof recursiveChunker>["chunk"]>,
    Promise<unknown>
  >;
const raws = (text: string, options: Parameters<typeof recursiveChunker>[0]) =>
  chunk(text, options).map(({ raw }) => raw);

test.each([
  [
    "paragraphs first",
    "One two three.\n\nFour five six.",
    20,
    ["One two three.", "Four five six."],
  ],
  ["then lines", "One two three\nfour five six", 20, ["One two three", "four five six"]],
  ["then sentences", "One two. Three four five six.", 15, ["One two.", "Three four five", "six."]],
  ["then words", "alpha beta gamma delta", 11, ["alpha beta", "gamma delta"]],
  ["then characters", "abcdefghij", 4, ["abcd", "efgh", "ij"]],
  ["CRLF", "One two three.\r\n\r\nFour five six.", 20, ["One two three.", "Four five six."]],
  ["Japanese sentences", "今日は晴れ。明日は雨が降る。", 9, ["今日は晴れ。", "明日は雨が降る。"]],
  ["a word that ends where the chunk does", "abcd efgh", 4, ["abcd", "efgh"]],
  ["nothing", "", 10, []],
  ["white space", " \n\t\u3000\r\n ", 10, []],
  ["no surrogate pair", "😀😀😀", 3, ["😀", "😀", "😀"]],
  ["one that is larger than a chunk", "a😀b", 1, ["a", "😀", "b"]],
  ["no combining mark from its letter", "abe\u0301c", 3, ["ab", "e\u0301c"]],
  ["no family apart", "ab👩‍👩‍👧‍👦c", 12, ["ab", "👩‍👩‍👧‍👦c"]],
])("cuts at %s", (_, text, size, expected) => {
  expect(raws(text, { size })).toEqual(expected);
});

test("cuts before a separator that begins with a line break and goes on", () => {
  expect(raws("intro words\n## A\nbody\n## B\nbody", { size: 16, separators: ["\n## "] })).toEqual([
    "intro words",
    "## A\nbody",
    "## B\nbody",
  ]);
});

test("repeats the overlap also where a chunk is exactly full", () => {
  // langchainjs#11702: "aaaa bbbb" fills 9, and the next began without its 4.
  expect(raws("aaaa bbbb cccc dddd", { size: 9, overlap: 4 })).toEqual([
    "aaaa bbbb",
    "bbbb cccc",
    "cccc dddd",
  ]);
});

test("overlap 0 repeats nothing", () => {
  const chunks = chunk("word ".repeat(1000), { size: 50, overlap: 0 });
  expect(chunks).toHaveLength(100);
  expect(chunks.every(({ start, end }, at) => start === at * 50 && end === start + 49)).toBe(true);
});

test.each([
  [{ size: 0 }, "size is a whole number from 1, not 0."],
  [{ size: 1.5 }, "size is a whole number"],
  [{ size: Number.NaN }, "size is a whole number"],
  [{ size: 10, overlap: 10 }, "less than size (10), not 10"],
  [{ size: 10, overlap: -1 }, "not -1"],
])("refuses %j", (options, message) => {
  expect(() => recursiveChunker(options)).toThrow(message);
});

test("any text: true to the source, whole, no larger than asked", () => {
  fc.assert(
    fc.property(hardText, fc.integer({ min: 1, max: 60 }), fc.nat(59), (text, size, wanted) => {
      const overlap = wanted % size;
      const chunks = chunk(text, { size, overlap });
      expectSound(text, chunks);
      for (const { raw } of chunks) {
        if (raw.length > size) expect([...raw]).toHaveLength(1);
      }
    }),
    { numRuns },
  );
});

test("any text: adjacent chunks share the overlap", () => {
  fc.assert(
    fc.property(hardText, fc.integer({ min: 12, max: 60 }), fc.nat(30), (text, size, wanted) => {
      const overlap = 1 + (wanted % Math.floor(size / 3));
      const chunks = chunk(text, { size, overlap });
      for (let i = 1; i < chunks.length; i++) {
        const [one, two] = [chunks[i - 1]!, chunks[i]!];
        const gap = text.slice(one.end).search(/\S/);
        // Half full at least; and where white space lies between that fills a chunk, nothing is shared.
        if (one.raw.length < size / 2 || gap > (size - overlap) / 2 - 4) continue;
        const white = /\s*$/.exec(text.slice(0, two.start))![0].length;
        expect(one.end - two.start + white).toBeGreaterThanOrEqual(overlap);
      }
    }),
    { numRuns },
  );
});

const tokens = (text: string) => text.match(/\w{1,4}|\W/gu)?.length ?? 0;

test("white space before the overlap does not cost it", () => {
  const text = `!!${" ".repeat(25)}!\u{10000}`;
  expect(raws(text, { size: 28, overlap: 2 })).toEqual([text.slice(0, 28), "!\u{10000}"]);
});

test("any measure: no chunk holds more, and what is shared is what was asked for", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(words, fc.integer({ min: 12, max: 50 }), fc.nat(5), (all, size, overlap) => {
      const text = all.join(" ");
      const chunks = chunk(text, { size, overlap, measure: tokens });
      expectSound(text, chunks);
      for (const [i, { raw, start }] of chunks.entries()) {
        expect(tokens(raw)).toBeLessThanOrEqual(size);
        if (i > 0)
          expect(tokens(text.slice(start, chunks[i - 1]!.end))).toBeGreaterThanOrEqual(overlap);
        if (i < chunks.length - 1) expect(tokens(raw)).toBeGreaterThanOrEqual(size / 2 - 4);
      }
    }),
  );
});

test("tells the page that a chunk begins on", () => {
  const chunks = recursiveChunker({ size: 5 }).chunk({
    source: "a.pdf",
    text: "aaaa bbbb cccc dddd",
    pages: [
      { number: 1, start: 0 },
      { number: 2, start: 5 },
      { number: 3, start: 7 },
    ],
  }) as { page?: number }[];
  expect(chunks.map(({ page }) => page)).toEqual([1, 2, 3, 3]);
});

test("its name tells its settings", () => {
  expect(recursiveChunker({ size: 10, measure: tokens }).name).toBe(
    "recursive(size=10, overlap=0, measure=tokens)",
  );
});

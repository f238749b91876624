/** `chunkStatistics()` and `chunksToHTML()`: numbers by hand, the page's pieces, nothing injected. */
import { type Chunk, chunkStatistics, chunksToHTML, recursiveChunker } from "@polycall/rag";
import { expect, test } from "vitest";

const piece = (text: string, start: number): Chunk => {
  return { raw: text, text, start, end: start + text.length, headings: [] };
};
const source = { source: "a.md", text: "one two three four" };
const chunks = [piece("one two", 0), piece("two three", 4), piece("four", 14)];

test("counts by hand", () => {
  // Sizes 7, 9, 4: mean 20/3, median 7. One pair shares 3 characters. A quarter of 9 is 2.25.
  expect(chunkStatistics(chunks)).toEqual({
    count: 3,
    size: { min: 4, max: 9, mean: 20 / 3, median: 7, p95: 9 },
    overlap: { pairs: 1, mean: 3 },
    oversize: 0,
    stubs: 0,
  });
  // Words: 2, 2, 1, one over 1.
  const measure = (text: string) => text.split(" ").length;
  const { size, oversize, stubs } = chunkStatistics(chunks, { limit: 1, measure });
  expect([size.max, size.mean, oversize, stubs]).toEqual([2, 5 / 3, 2, 0]);
  expect(chunkStatistics(chunks, { limit: 20 }).stubs).toBe(1);
});

test("no chunks, and those of several documents one after another", () => {
  expect(chunkStatistics([])).toEqual({
    count: 0,
    size: { min: 0, max: 0, mean: 0, median: 0, p95: 0 },
    overlap: { pairs: 0, mean: 0 },
    oversize: 0,
    stubs: 0,
  });
  expect(chunkStatistics([...chunks, ...chunks]).overlap).toEqual({ pairs: 2, mean: 3 });
});

test("tells one unbreakable character that is larger than asked", () => {
  const cut = recursiveChunker({ size: 1 }).chunk({ source: "a", text: "a😀" }) as Chunk[];
  expect(chunkStatistics(cut, { limit: 1 }).oversize).toBe(1);
  expect(chunksToHTML({ source: "a", text: "a😀" }, cut, { limit: 1 })).toContain(
    "larger than asked",
  );
});

test("the page has every character once, coloured by its chunk", () => {
  const page = chunksToHTML(source, chunks);
  const body = /<pre class="source">(.*?)<\/pre>/s.exec(page)![1]!;
  const spans = [...body.matchAll(/<span class="(\w+)"(?: title="([^"]*)")?>([^<]*)</g)];
  expect(spans.map(([, kind, , text]) => [kind, text])).toEqual([
    ["a", "one "],
    ["both", "two"],
    ["b", " three"],
    ["none", " "],
    ["a", "four"],
  ]);
  expect(spans[0]![2]).toBe("#0: 0 to 7, size 7");
  expect(spans[1]![2]).toBe("#0: 0 to 7, size 7\n#1: 4 to 13, size 9");
});

test("tells headings, page and parent", () => {
  const one = { ...piece("text", 0), headings: ["A", "B"], page: 3, parent: { start: 0, end: 9 } };
  expect(chunksToHTML({ source: "a", text: "text", title: "T" }, [one])).toContain(
    "#0: 0 to 4, size 4 · page 3 · parent 0 to 9 · A &#62; B",
  );
});

test("nothing of the document becomes markup, and what is not seen is shown", () => {
  const hostile = `</pre><script>alert(1)</script>" onload="x' & \u202e\u0000`;
  const page = chunksToHTML({ source: hostile, text: hostile, title: hostile }, [
    { ...piece(hostile, 0), headings: [hostile] },
  ]);
  expect(page).not.toContain("<script");
  expect(page).not.toMatch(/"\s+onload=/);
  expect(page.match(/<\/pre>/g)).toHaveLength(2);
  expect(page).toContain("[U+202E][U+0000]");
  expect(page).not.toContain("\u202e");
});

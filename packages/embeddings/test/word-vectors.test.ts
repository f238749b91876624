/** Word vectors: the files people have, broken ones, and what real GloVe vectors say. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import {
  embed,
  inverseFrequency,
  VectorFileError,
  type WordVectors,
  wordVectors,
} from "../src/index.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const folder = mkdtempSync(join(tmpdir(), "polycall-words-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** word2vec's binary format, as its C program writes it. */
function binary(rows: [string, number[]][], end = "\n", count = rows.length): Uint8Array {
  const dimensions = rows[0]![1].length;
  const parts = rows.flatMap(([word, values]) => [
    bytes(`${word} `),
    new Uint8Array(Float32Array.from(values).buffer),
    bytes(end),
  ]);
  return Buffer.concat([bytes(`${count} ${dimensions}\n`), ...parts]);
}

const rows: [string, number[]][] = [
  ["king", [0.5, -1.25, 3]],
  ["naïve", [1e-3, 2, -0.001]],
  ["東京", [0, 0, 1]],
];
const lines = rows.map(([word, values]) => `${word} ${values.join(" ")}\n`).join("");

describe.each<[string, Uint8Array]>([
  ["GloVe", bytes(lines)],
  ["GloVe without a last line break", bytes(lines.trimEnd())],
  ["GloVe with Windows' line breaks", bytes(lines.replaceAll("\n", "\r\n"))],
  [
    "GloVe with tabs, blanks at the end, a blank line",
    bytes(`${lines.replaceAll(" ", "\t").replaceAll("\n", " \n")}\n`),
  ],
  ["word2vec text", bytes(`3 3\n${lines}`)],
  ["word2vec binary", binary(rows)],
  ["word2vec binary without line breaks", binary(rows, "")],
  ["word2vec binary, zipped", gzipSync(binary(rows))],
  ["GloVe, zipped", gzipSync(bytes(lines))],
])("%s", (_, file) => {
  const check = (vectors: WordVectors) => {
    expect([vectors.size, vectors.dimensions, [...vectors.words]]).toEqual([
      3,
      3,
      ["king", "naïve", "東京"],
    ]);
    for (const [word, values] of rows) {
      expect([...vectors.get(word)!]).toEqual([...Float32Array.from(values)]);
    }
    expect(vectors.matrix).toHaveLength(9);
  };

  test("from bytes", async () => check(await wordVectors.load(file)));

  test("from a path", async () => {
    const path = join(folder, "vectors");
    writeFileSync(path, file);
    const vectors = await wordVectors.load(path);
    check(vectors);
    expect(vectors.model).toBe("word-vectors/vectors");
  });

  test("the first two", async () => {
    const vectors = await wordVectors.load(file, { limit: 2, name: "two" });
    expect([vectors.words, vectors.model]).toEqual([["king", "naïve"], "word-vectors/two"]);
    expect(vectors.has("東京")).toBe(false);
  });
});

test("numbers as files write them", async () => {
  const written =
    "1 -1 0 -0 .5 -.5 5. +2 1e-3 -2.5E+2 0.123456789 123456.789 1e-50 0.1234567890123456789";
  const { matrix } = await wordVectors.load(bytes(`w ${written}\n`));
  expect([...matrix]).toEqual(written.split(" ").map((text) => Math.fround(Number(text))));
});

test("a word may hold spaces: GloVe's 840B has some", async () => {
  const vectors = await wordVectors.load(bytes("a 1 2\n. . . 3 4\nat name@domain.com 5 6\n"));
  expect(vectors.words).toEqual(["a", ". . .", "at name@domain.com"]);
  expect([...vectors.matrix]).toEqual([1, 2, 3, 4, 5, 6]);
});

test("of a word that comes twice the first counts", async () => {
  const vectors = await wordVectors.load(bytes("a 1 2\na 3 4\n"));
  expect([...vectors.get("a")!]).toEqual([1, 2]);
});

test("many lines over the edges of what is read at a time", async () => {
  const count = 30_000;
  const text = Array.from({ length: count }, (_, i) => `w${i} ${i} ${-i}.5\n`).join("");
  const path = join(folder, "many.txt");
  writeFileSync(path, text);
  for (const source of [path, bytes(text)]) {
    const vectors = await wordVectors.load(source);
    expect(vectors.size).toBe(count);
    for (const i of [1, 499, 500, 12_345, 29_999]) {
      expect([...vectors.get(`w${i}`)!]).toEqual([i, -i - 0.5]);
    }
    // The matrix and little beside it.
    expect(vectors.matrix.buffer.byteLength).toBeLessThan(count * 2 * 4 * 1.6);
  }
  const blob = binary(Array.from({ length: count }, (_, i) => [`w${i}`, [i, -i]]));
  const packed = await wordVectors.load(blob);
  expect([packed.size, ...packed.get("w29999")!]).toEqual([count, 29_999, -29_999]);
  expect(packed.matrix.buffer.byteLength).toBe(count * 2 * 4);
});

describe("what is broken says where", () => {
  test.each<[string, Uint8Array, string, number | undefined]>([
    ["too few numbers", bytes("a 1 2 3\nb 1 2\n"), "x: line 2 has 2 numbers, not 3.", 2],
    ["no number", bytes("a 1 2\nb 1 two\n"), 'x: line 2 holds "two" where a number must be.', 2],
    ["infinity", bytes("a 1 2\nb inf 2\n"), 'x: line 2 holds "inf" where a number must be.', 2],
    ["NaN", bytes("1 2\na 1 nan\n"), 'x: line 2 holds "nan" where a number must be.', 2],
    ["a number cut in two", bytes("a 1 2\nb 1 2-\n"), 'x: line 2 holds "2-" where', 2],
    ["a word alone", bytes("word\n"), "x: line 1 has no numbers after its word.", 1],
    ["only numbers", bytes("a 1 2\n1 2\n"), "x: line 2", 2],
    [
      "fewer words than it says",
      bytes("3 2\na 1 2\n"),
      "x: line 3 is missing: the file says that it has 3 words.",
      3,
    ],
    ["nothing", bytes(""), "x holds no vectors.", undefined],
    ["blank lines", bytes("\n\n"), "x holds no vectors.", undefined],
    ["a binary file cut short", binary(rows).subarray(0, 30), "x: word 2 of 3 is not whole.", 2],
    ["fewer words in a binary file", binary(rows, "\n", 5), "x: word 4 of 5 is not whole.", 4],
    [
      "no number in a binary file",
      binary([["a", [1, Number.NaN]]]),
      "x: word 1 has something that is no number.",
      1,
    ],
    [
      "binary noise",
      Buffer.concat([bytes("9 2\n"), new Uint8Array(9000).fill(0xe9)]),
      "x: word 1",
      1,
    ],
    [
      "a broken zip",
      gzipSync(bytes(lines.repeat(500))).subarray(0, 60),
      "x cannot be unzipped",
      undefined,
    ],
  ])("%s", async (_, file, message, line) => {
    const call = wordVectors.load(file, { name: "x" });
    await expect(call).rejects.toThrow(VectorFileError);
    await expect(call).rejects.toThrow(message);
    if (line) await expect(call).rejects.toMatchObject({ line });
  });

  test("a first line that promises a billion words costs nothing", async () => {
    const file = bytes("999999999999 999999\na 1 2\n");
    await expect(wordVectors.load(file, { name: "x" })).rejects.toThrow(VectorFileError);
  });

  test("binary by order, without a first line; no file", async () => {
    const call = wordVectors.load(bytes("a 1 2\n"), { name: "x", format: "binary" });
    await expect(call).rejects.toThrow("x: its first line must say how many words it has");
    await expect(wordVectors.load(join(folder, "none"))).rejects.toThrow(VectorFileError);
  });
});

describe("as an encoder", () => {
  const file = bytes("cat 1 0\ndog 0 1\nParis 4 4\nthe 8 0\n");

  test("a text is the mean of its words", async () => {
    const vectors = await wordVectors.load(file, { name: "pets" });
    const texts = ["Cat, dog!", "the cat", "Paris", "PARIS", "unheard-of", "cat cat dog"];
    const reply = await embed(texts, { model: vectors });
    expect(reply.vectors.map((row) => [...row])).toEqual([
      [0.5, 0.5],
      [4.5, 0],
      [4, 4],
      [0, 0],
      [0, 0],
      [Math.fround(2 / 3), Math.fround(1 / 3)],
    ]);
    expect([reply.model, reply.dimensions]).toEqual(["word-vectors/pets", 2]);
  });

  test("words that are everywhere may count less", async () => {
    const vectors = await wordVectors.load(file, { name: "pets" });
    const weight = inverseFrequency(["the cat", "the dog", "the fish"]);
    // ln(4 / 3.5) and ln(4 / 1.5)
    expect(weight("the")).toBeCloseTo(0.1335, 4);
    expect(weight("cat")).toBeCloseTo(0.9808, 4);
    const encoder = vectors.weighted(weight, "idf");
    const [row] = await encoder.encode(["the cat"]);
    // (0.1335 * 8 + 0.9808 * 1) / 1.1144
    expect(row![0]).toBeCloseTo(1.8388, 3);
    expect(encoder.model).toBe("word-vectors/pets/idf");
  });
});

describe("331 words of GloVe", async () => {
  const path = fileURLToPath(new URL("../../../examples/words/glove.txt", import.meta.url));
  const vectors = await wordVectors.load(path);

  test.each([
    [["king", "woman"], ["man"], "queen"],
    [["paris", "germany"], ["france"], "berlin"],
    [["tokyo", "italy"], ["japan"], "rome"],
    [["waiter", "woman"], ["man"], "waitress"],
    [["walking", "sing"], ["walk"], "singing"],
  ])("%j - %j is %s", (plus, minus, word) => {
    const [best, second] = vectors.analogy({ plus, minus });
    expect(best!.word).toBe(word);
    expect(best!.score).toBeGreaterThan(second!.score);
    expect([...plus, ...minus]).not.toContain(best!.word);
  });

  test("similar words, as the whole file has them", () => {
    // As other code has measured them: .78 (of vectors as long as they are), .68, .15.
    expect(vectors.analogy({ plus: ["king", "woman"], minus: ["man"] }, { k: 1 })).toEqual([
      { word: "queen", score: expect.closeTo(0.78, 1) },
    ]);
    expect(vectors.similarity("car", "automobile")).toBeCloseTo(0.68, 2);
    expect(vectors.similarity("car", "banana")).toBeCloseTo(0.15, 2);
    expect(vectors.nearest("cat", { k: 1 })).toMatchObject([{ word: "dog" }]);
    expect(vectors.nearest(vectors.get("cat")!, { k: 1 })).toMatchObject([{ word: "cat" }]);
  });

  test("a word without a vector is named", () => {
    const what = 'word-vectors/glove.txt has no vector for "xyzzy".';
    expect(() => vectors.similarity("cat", "xyzzy")).toThrow(what);
    expect(() => vectors.nearest("xyzzy")).toThrow(what);
    expect(() => vectors.analogy({ plus: ["xyzzy"] })).toThrow(what);
  });
});

test("a joined word without a vector of its own is its parts; one that has it is itself", async () => {
  const vectors = await wordVectors.load(
    bytes("boundary 1 0 0\nlayer 0 1 0\nwell-known 0 0 1\nwell 1 1 1\n"),
  );
  const [parts, whole, half] = await vectors.encode(["Boundary-layer", "well-known", "layer-cake"]);
  expect([...parts!]).toEqual([0.5, 0.5, 0]);
  expect([...whole!]).toEqual([0, 0, 1]);
  expect([...half!]).toEqual([0, 1, 0]);
  // Each part is a word of its text: in 2 of 3, ln(4 / 2.5).
  const weight = inverseFrequency(["boundary-layer", "the layer", "other"]);
  expect(weight("layer")).toBeCloseTo(Math.log(4 / 2.5), 12);
  expect(weight("boundary")).toBeCloseTo(Math.log(4 / 1.5), 12);
});

/** The other chunkers: sentence, token, code, semantic, parent and child; and what holds of every text. */
import type { Encoder } from "@polycall/embeddings";
import {
  type Chunk,
  type Chunker,
  chunker,
  codeChunker,
  markdownChunker,
  parentChild,
  recursiveChunker,
  semanticChunker,
  sentenceChunker,
  tokenChunker,
} from "@polycall/rag";
import fc from "fast-check";
import { countTokens } from "gpt-tokenizer/encoding/cl100k_base";
import { describe, expect, test, vi } from "vitest";
import { expectSound, hardText, numRuns } from "./cutting.ts";

const raws = async (one: Chunker, text: string, source = "a.txt") =>
  (await one.chunk({ source, text })).map(({ raw }) => raw);

/** Vectors that tell which of the words stand in a text. */
const wordsEncoder = (...words: string[]): Encoder & { asked: string[] } => {
  const asked: string[] = [];
  const encode = async (texts: readonly string[]) => {
    asked.push(...texts);
    return texts.map((text) => Float32Array.from(words, (word) => text.split(word).length - 1));
  };
  return { model: "test/words", asked, encode };
};

test.each<[string, string, number, string[]]>([
  ["sentences", "One two. Three four! Five?", 20, ["One two. Three four!", "Five?"]],
  [
    "no abbreviation",
    "I met Dr. Miller at No. 5. He left.",
    27,
    ["I met Dr. Miller at No. 5.", "He left."],
  ],
  ["no wrapped line", "This goes\non. And this\ntoo.", 15, ["This goes\non.", "And this\ntoo."]],
  ["items", "- One item\n- Another one\n", 12, ["- One item", "- Another one".slice(0, 9), "one"]],
  ["Japanese", "今日は晴れ。明日は雨。", 8, ["今日は晴れ。", "明日は雨。"]],
  ["Hindi", "यह एक है। यह दो है।", 10, ["यह एक है।", "यह दो है।"]],
  [
    "a sentence that is too long, at words",
    "alpha beta gamma delta. Hi.",
    12,
    ["alpha beta", "gamma delta.", "Hi."],
  ],
])("sentenceChunker cuts between %s", async (_, text, size, expected) => {
  expect(await raws(sentenceChunker({ size }), text)).toEqual(expected);
});

test("sentenceChunker repeats whole sentences", async () => {
  const text = "One two. Six ten. Red sky. Big dog.";
  expect(await raws(sentenceChunker({ size: 26, overlap: 6 }), text)).toEqual([
    "One two. Six ten. Red sky.",
    "Red sky. Big dog.",
  ]);
});

test("tokenChunker holds to the model's tokens, special ones as text", async () => {
  const text = `${"Unbelievable tokenization of words. ".repeat(40)}<|endoftext|> and more ${"日本語".repeat(30)}`;
  const chunks = await tokenChunker({ size: 50, overlap: 8 }).chunk({ source: "a", text });
  expectSound(text, chunks);
  const count = (text: string) => countTokens(text, { disallowedSpecial: new Set() });
  const counts = chunks.map(({ raw }) => count(raw));
  expect(Math.max(...counts)).toBeLessThanOrEqual(50);
  // Of one kind of text, they are at least half full.
  expect(Math.min(...counts.slice(0, 4))).toBeGreaterThanOrEqual(25);
  for (const [i, { start }] of chunks.entries()) {
    if (i > 0) expect(count(text.slice(start, chunks[i - 1]!.end))).toBeGreaterThanOrEqual(8);
  }
  const other = await tokenChunker({ size: 50, tokens: "o200k_base" }).chunk({ source: "a", text });
  expectSound(text, other);
  const letters = tokenChunker({ size: 4, tokens: (text) => text.length });
  expect(await raws(letters, "abcdefgh")).toEqual(["abcd", "efgh"]);
  expect(letters.name).toBe("token(size=4, overlap=0, tokens=tokens)");
  expect(() => tokenChunker({ tokens: "p50k" as "o200k_base" })).toThrow("There is no encoding");
});

describe("what is not there", () => {
  const notFound = (name: string) =>
    Object.assign(new Error(`Cannot find package '${name}' imported from /here.js`), {
      code: "ERR_MODULE_NOT_FOUND",
    });

  test.each<[string, Error, string]>([
    ["the package", notFound("gpt-tokenizer"), "is not installed: npm install gpt-tokenizer"],
    ["a package that it needs", notFound("gpt"), "gpt-tokenizer, which cannot be loaded"],
    ["a package that begins like it", notFound("gpt-tokenizer-x"), "cannot be loaded"],
    ["nothing: it is broken", new SyntaxError("Unexpected token"), "cannot be loaded"],
  ])("%s", async (_, cause, told) => {
    vi.doMock("gpt-tokenizer/encoding/o200k_base", () => {
      throw cause;
    });
    vi.resetModules();
    const chunker = tokenChunker({ tokens: "o200k_base" });
    const error = await Promise.resolve(chunker.chunk({ source: "a", text: "a" })).catch(
      (error: unknown) => error,
    );
    vi.doUnmock("gpt-tokenizer/encoding/o200k_base");
    expect((error as Error).message).toContain(told);
    // What Vitest says of a mock that throws has the error as its cause.
    expect((error as { cause: Error }).cause.cause).toBe(cause);
  });
});

const typescript = `import { a } from "b";

/** What it is. */
// It has a brace: {
export class Shop {
  name = "}{";

  /** Sells. */
  sell(what: string) {
    if (what === "}") {
      return 1;
    } else {
      return 2;
    }
  }

  @logged
  buy() {
    return \`
{\${1}
\`;
  }
}

function last() {
  return 3;
}
`;

test("codeChunker cuts between declarations, with their comments, and tells what encloses them", async () => {
  const chunks = await codeChunker({ size: 190 }).chunk({ source: "a.ts", text: typescript });
  expectSound(typescript, chunks);
  expect(chunks.map(({ text }) => text)).toEqual([
    // Nothing begins in the later half of 190 but the first method: the class is begun with the import.
    'import { a } from "b";\n\n/** What it is. */\n// It has a brace: {\nexport class Shop {\n  name = "}{";',
    `export class Shop\n\n${typescript.slice(typescript.indexOf("/** Sells"), typescript.indexOf("\n\nfunction"))}`,
    "function last() {\n  return 3;\n}",
  ]);
  expect(chunks.map(({ headings }) => headings)).toEqual([[], ["export class Shop"], []]);
});

test("codeChunker reads Python by indentation", async () => {
  const python = `import os\n\n# Sums.\n@cache\ndef one(a):\n    """Not\n\ndef a function.\n    """\n    return a\n\n\nclass Shop:\n    def sell(self):\n        return "it's"\n\n    def buy(self):\n        pass  # nothing yet\n`;
  const chunks = await codeChunker({ size: 90 }).chunk({ source: "a.py", text: python });
  expectSound(python, chunks);
  expect(chunks.map(({ raw, headings }) => [raw.split("\n")[0], headings])).toEqual([
    ["import os", []],
    ["class Shop:", []],
    ["def buy(self):", ["class Shop"]],
  ]);
});

test("semanticChunker cuts where the meaning changes", async () => {
  const cats = "The cat sleeps. A cat purrs. Every cat hunts. One cat waits.";
  const cars = "The car stops. A car honks. Every car rusts. One car waits.";
  const encoder = wordsEncoder("cat", "car");
  const text = `${cats} ${cars}`;
  expect(await raws(semanticChunker({ encoder, least: 1, around: 0 }), text)).toEqual([cats, cars]);
  expect(encoder.asked[0]).toBe("The cat sleeps.");
  // A sentence is embedded with those around it.
  const around = wordsEncoder("cat", "car");
  await raws(semanticChunker({ encoder: around, least: 1 }), text);
  expect(around.asked[1]).toBe("The cat sleeps. A cat purrs. Every cat hunts.");
});

test("semanticChunker cuts further what is too large, and joins what is too small to what it is like", async () => {
  const text = "A cat cat. The cat cat. A cat, a dog. The dog dog. A dog dog.";
  const encoder = wordsEncoder("cat", "dog");
  const settings = { encoder, around: 0, percentile: 1 };
  expect(await raws(semanticChunker({ ...settings, size: 40, least: 1 }), text)).toEqual([
    "A cat cat. The cat cat.",
    "A cat, a dog. The dog dog. A dog dog.",
  ]);
  const small = semanticChunker({ encoder, around: 0, percentile: 0, least: 12, size: 100 });
  for (const raw of await raws(small, text)) expect(raw.length).toBeGreaterThanOrEqual(12);
});

test("semanticChunker refuses vectors that are too few", async () => {
  const encoder: Encoder = { model: "test/short", encode: async () => [new Float32Array(2)] };
  await expect(raws(semanticChunker({ encoder }), "One two. Three four.")).rejects.toThrow(
    "test/short: 1 vectors came for 2 texts.",
  );
  expect(() => semanticChunker({ encoder, percentile: 2 })).toThrow("percentile is 0 to 1, not 2.");
});

test("parentChild finds by small pieces that know the larger", async () => {
  const text =
    "# Guide\n\n## One\n\nalpha beta gamma delta epsilon\n\n## Two\n\nzeta eta theta iota kappa";
  const pair = parentChild({
    parent: markdownChunker({ size: 60 }),
    child: recursiveChunker({ size: 20 }),
  });
  const pages = [
    { number: 1, start: 0 },
    { number: 2, start: 40 },
  ];
  const chunks = await pair.chunk({ source: "a.md", text, pages });
  expectSound(text, chunks);
  const [first, last] = [text.indexOf("## Two") - 2, text.length];
  expect(chunks.map(({ raw, parent, page }) => [raw, parent, page])).toEqual([
    ["# Guide\n\n## One", { start: 0, end: first }, 1],
    ["alpha beta gamma", { start: 0, end: first }, 1],
    ["delta epsilon", { start: 0, end: first }, 1],
    ["## Two\n\nzeta eta", { start: first + 2, end: last }, 2],
    ["theta iota kappa", { start: first + 2, end: last }, 2],
  ]);
  expect(chunks.at(-1)!.text).toBe("Guide > Two\n\ntheta iota kappa");
  expect(chunks.at(-1)!.headings).toEqual(["Guide", "Two"]);
  expect(pair.name).toContain("markdown(size=60");
});

test("parentChild tells no heading twice", async () => {
  const text = `# Guide\n\n## One\n\n${"word ".repeat(60)}\n\n### Deep\n\n${"word ".repeat(60)}`;
  const chunks = await parentChild({
    parent: markdownChunker({ size: 300 }),
    child: markdownChunker({ size: 150 }),
  }).chunk({ source: "a.md", text });
  expectSound(text, chunks);
  expect(chunks.at(-1)!.headings).toEqual(["Guide", "One", "Deep"]);
  expect(chunks.at(-1)!.text).toMatch(/^Guide > One > Deep\n\nword/);
});

test("chunker() takes a program for one, and all else for Markdown", async () => {
  const code = "# not a heading\n\ndef f():\n    return 1\n";
  expect((await chunker().chunk({ source: "x/a.py", text: code }))[0]!.headings).toEqual([]);
  expect((await chunker().chunk({ source: "a.md", text: code }))[0]!.headings).toEqual([
    "not a heading",
  ]);
  expect(chunker({ size: 9 }).name).toBe("auto(size=9)");
});

const chunkers: [string, (size: number, overlap: number) => Chunker][] = [
  ["sentence", (size, overlap) => sentenceChunker({ size, overlap })],
  ["code", (size, overlap) => codeChunker({ size, overlap, language: "ts" })],
  ["code by indentation", (size, overlap) => codeChunker({ size, overlap, language: "py" })],
  ["token", (size, overlap) => tokenChunker({ size, overlap, tokens: (text) => text.length })],
  ["semantic", (size) => semanticChunker({ encoder: wordsEncoder("a", "e", "\n"), size })],
  [
    "parent and child",
    (size, overlap) =>
      parentChild({
        parent: markdownChunker({ size: size * 2, overlap }),
        child: recursiveChunker({ size, overlap }),
      }),
  ],
];

test.each(chunkers)(
  "%s, any text: true to the source, whole, no larger than asked",
  async (_, make) => {
    await fc.assert(
      fc.asyncProperty(
        hardText,
        fc.integer({ min: 4, max: 120 }),
        fc.nat(60),
        async (text, size, wanted) => {
          const chunks: Chunk[] = await make(size, wanted % (size >> 1)).chunk({
            source: "a",
            text,
          });
          expectSound(text, chunks);
          for (const { raw } of chunks) expect(raw.length).toBeLessThanOrEqual(size);
        },
      ),
      { numRuns: Math.ceil(numRuns / 3) },
    );
  },
);

test.each<[string, (size: number, overlap: number) => Chunker]>([
  ["recursive", (size, overlap) => recursiveChunker({ size, overlap })],
  ["Markdown", (size, overlap) => markdownChunker({ size, overlap })],
  ["any", (size, overlap) => chunker({ size, overlap })],
  ...chunkers,
])("%s tells the page that each chunk begins on", async (_, make) => {
  const page = "A few words of a page, enough for two. ".repeat(2);
  const text = page.repeat(5);
  const pages = [3, 4, 5, 6, 7].map((number, i) => ({ number, start: i * page.length }));
  const chunks = await make(40, 0).chunk({ source: "a.pdf", text, pages });
  expect(chunks.length).toBeGreaterThanOrEqual(10);
  for (const { start, page: told } of chunks) {
    expect(told).toBe(3 + Math.floor(start / page.length));
  }
});

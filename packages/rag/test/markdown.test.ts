/** `markdownChunker()`: headings, tables, code, and what holds of every text. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Chunk, markdownChunker } from "@polycall/rag";
import fc from "fast-check";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { expect, test } from "vitest";
import { markdownBlocks } from "../src/chunkers/markdown-blocks.ts";
import { expectSound, hardText, numRuns } from "./cutting.ts";

const chunk = (text: string, options?: Parameters<typeof markdownChunker>[0]) =>
  markdownChunker(options).chunk({ source: "a.md", text }) as Chunk[];
const texts = (text: string, options?: Parameters<typeof markdownChunker>[0]) =>
  chunk(text, options).map(({ text }) => text);
const words = (count: number) => Array.from({ length: count }, () => "word").join(" ");

test("a section is a chunk, under the headings above it", () => {
  const text = `# Guide\n\n${words(10)}\n\n## Install\n\n${words(10)}\n\n### On Linux\n\n${words(11)}\n\n# Other\n\n${words(12)}`;
  expect(chunk(text, { size: 100 }).map(({ text, headings }) => [text, headings])).toEqual([
    [`# Guide\n\n${words(10)}`, ["Guide"]],
    [`Guide\n\n## Install\n\n${words(10)}`, ["Guide", "Install"]],
    [`Guide > Install\n\n### On Linux\n\n${words(11)}`, ["Guide", "Install", "On Linux"]],
    [`# Other\n\n${words(12)}`, ["Other"]],
  ]);
});

test("what goes on with a section is told its headings too", () => {
  const text = `# Guide\n\n## Install\n\n${words(20)}\n\n${words(17)}`;
  expect(texts(text, { size: 125 })).toEqual([
    `# Guide\n\n## Install\n\n${words(20)}`,
    `Guide > Install\n\n${words(17)}`,
  ]);
});

test("a few lines under a heading are not left alone, and their chunk tells what it has in common", () => {
  const text = `# Guide\n\n## A\n\nshort\n\n## B\n\nshort too\n\n## C\n\n${words(12)}`;
  expect(chunk(text, { size: 100 }).map(({ raw, headings }) => [raw, headings])).toEqual([
    ["# Guide\n\n## A\n\nshort\n\n## B\n\nshort too", ["Guide"]],
    [`## C\n\n${words(12)}`, ["Guide", "C"]],
  ]);
});

test("a heading is never alone: not before a chunk that is full, nor at the end", () => {
  const full = words(20);
  expect(texts(`${full}\n\n## Next\n\n${full}`, { size: 110 })).toEqual([
    full,
    `## Next\n\n${full}`,
  ]);
  expect(texts(`${words(22)}\n\n## The end`, { size: 110 })).toEqual([
    words(21),
    "word\n\n## The end",
  ]);
  expect(texts("# Only\n\n## Headings", { size: 100 })).toEqual(["# Only\n\n## Headings"]);
});

const table = (rows: number, from = 0) =>
  Array.from({ length: rows }, (_, i) => `| name ${from + i} | value |`).join("\n");
const head = "| a | b |\n|---|---|\n";

test("a table that fits is whole, wherever it stands", () => {
  const text = `${words(12)}\n\n${head}${table(4)}\n\n${words(5)}`;
  expect(texts(text, { size: 140 })).toEqual([words(12), `${head}${table(4)}\n\n${words(5)}`]);
});

test("a table that does not fit is cut between rows, under its head", () => {
  expect(texts(`# T\n\n${head}${table(8)}`, { size: 90 })).toEqual([
    `# T\n\n${head}${table(3)}`,
    `T\n\n${head}${table(3, 3)}`,
    `T\n\n${head}${table(2, 6)}`,
  ]);
});

test("code that fits is whole, blank lines and headings in it notwithstanding", () => {
  const code = "```sh\n# not a heading\n\nnpm install\n\nnpm start\n```";
  expect(texts(`${words(15)}\n\n${code}\n\n${words(4)}`, { size: 90 })).toEqual([
    words(15),
    `${code}\n\n${words(4)}`,
  ]);
});

test("code that does not fit is cut between lines, under its fence", () => {
  const line = "const a = 1;";
  const code = `\`\`\`js\n${Array(8).fill(line).join("\n")}\n\`\`\``;
  expect(texts(code, { size: 61 })).toEqual([
    `\`\`\`js\n${Array(4).fill(line).join("\n")}`,
    `\`\`\`js\n${Array(4).fill(line).join("\n")}\n\`\`\``,
  ]);
});

test("a list is cut between items", () => {
  const items = [1, 2, 3, 4].map((n) => `- item ${n} is here\n  and goes on`);
  expect(texts(items.join("\n"), { size: 70 })).toEqual([
    items.slice(0, 2).join("\n"),
    items.slice(2).join("\n"),
  ]);
});

test("overlap is repeated within a section, and not across a heading", () => {
  const text = `# A\n\n${words(30)}\n\n# B\n\n${words(30)}`;
  const chunks = chunk(text, { size: 100, overlap: 20 });
  const shared = chunks.slice(1).map(({ start }, i) => chunks[i]!.end - start);
  // "word " is 5: four words are 19, so five are repeated.
  expect(shared.map((one) => Math.max(0, one))).toEqual([24, 0, 24]);
});

test("front matter is no heading", () => {
  const text = "---\ntitle: A page\ntags: x\n---\n\n# A page\n\nText.";
  expect(chunk(text)[0]!.headings).toEqual(["A page"]);
});

test("headings are told without their markup", () => {
  const text = "# The *big* `code()` [link](http://x.y) <b>of</b> snake_case 1\\. ##\n\nText.";
  expect(chunk(text)[0]!.headings).toEqual(["The big code() link of snake_case 1."]);
  expect(chunk("Over *two*\nlines\n===\n\nText.")[0]!.headings).toEqual(["Over two lines"]);
});

test("headings longer than a quarter of a chunk are told outermost last", () => {
  const text = `# ${words(8)}\n\n## Short\n\n${words(30)}`;
  const chunks = chunk(text, { size: 100 });
  expect(chunks.at(-1)!.text.startsWith("Short\n\n")).toBe(true);
  expect(chunks.at(-1)!.headings).toEqual([words(8), "Short"]);
});

/** Headings of the document, tables and fenced code, by their offsets. */
interface Told {
  headings: string[];
  tables: number[];
  code: number[];
}

/** As mdast, the reference, tells them. */
function reference(text: string): Told {
  const tree = fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const told: Told = { headings: [], tables: [], code: [] };
  const visit = (node: (typeof tree)["children"][number], top: boolean) => {
    const start = node.position!.start.offset!;
    if (node.type === "heading" && top) told.headings.push(`${start}:${node.depth}`);
    if (node.type === "table") told.tables.push(start);
    if (node.type === "code" && /^[`~]/.test(text.slice(start))) told.code.push(start);
    if ("children" in node) for (const child of node.children) visit(child as typeof node, false);
  };
  for (const node of tree.children) visit(node, true);
  return told;
}

function ours(text: string): Told {
  const { headings, wholes } = markdownBlocks(text);
  const startsOf = (kind: string) =>
    wholes.filter((one) => one.kind === kind).map(({ start }) => start);
  return {
    headings: headings.map(({ start, depth }) => `${start}:${depth}`),
    tables: startsOf("table"),
    code: startsOf("code"),
  };
}

test("knows the blocks that mdast knows, in this repository's pages", () => {
  const folder = fileURLToPath(new URL("../../../", import.meta.url));
  // The reference takes seconds for all of them.
  const pages = process.env.POLYCALL_LONG ? ["docs/*.md", "packages/*/README.md"] : ["docs/c*.md"];
  const files = globSync(pages, { cwd: folder });
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    const text = readFileSync(join(folder, file), "utf8");
    expect({ file, ...ours(text) }).toEqual({ file, ...reference(text) });
  }
});

test.each([
  ["setext", "A\nb\n===\n\nC\n---\n\n---\n\n- x\n---\ny"],
  ["seven signs, none, an empty one", "####### no\n\n#no\n\n#\n\n# yes #\n\n#\tyes"],
  ["indented", "   # yes\n\n    # no\n\npara\n    # no"],
  ["in lists and quotations", "- # no\n\n  ## no\n\n> # no\n\n1. a\n   # no\n\n# yes\n- a\n# yes"],
  ["in code", "```\n# no\n~~~\n# no\n```\n# yes\n\n~~~~\n# no\n~~~\n# no\n~~~~\n# yes"],
  ["in code that is not closed", "# yes\n\n```js\n# no\n\n# no"],
  [
    "in code in a list",
    "1. a\n\n   ```\n   # no\n   ></x>\n   ```\n\n# yes\n\n- ```\n  # no\n\n# yes",
  ],
  [
    "in HTML",
    "<div>\n# no\n\n# yes\n\n<!--\n# no\n\n# no\n-->\n# yes\n\n<pre>\n\n# no\n</pre>\n# yes",
  ],
  [
    "CRLF",
    "# yes\r\n\r\nA\r\n===\r\n\r\n| a |\r\n| - |\r\n| 1 |\r\n\r\n```\r\n# no\r\n```\r\n# yes",
  ],
  ["tables", "| a | b |\n|---|:-:|\n| 1 | 2 |\n# yes\n\na | b\n- | -\n1 | 2\n\nx | y\n- | - | -\n"],
  [
    "tables in lists and quotations",
    "- a\n\n  | a |\n  | - |\n  | 1 |\n\n> | a | b |\n> | - | - |\n> | 1 | 2 |\n\n# yes",
  ],
  ["no table without a head", "|---|---|\n| 1 | 2 |\n\n| `a \\| b` | c |\n|---|---|\n"],
])("knows what mdast knows: %s", (_, text) => {
  expect(ours(text)).toEqual(reference(text));
});

test("any text: true to the source, whole, no larger than asked", () => {
  fc.assert(
    fc.property(hardText, fc.integer({ min: 16, max: 200 }), fc.nat(199), (text, size, wanted) => {
      const chunks = chunk(text, { size, overlap: wanted % (size >> 1) });
      expectSound(text, chunks);
      for (const one of chunks) expect(one.text.length).toBeLessThanOrEqual(size);
    }),
    { numRuns },
  );
});

test("any document: no chunk is headings only, no table or code that fits is cut", () => {
  const block = fc.oneof(
    fc.integer({ min: 1, max: 40 }).map(words),
    fc.integer({ min: 1, max: 6 }).map((rows) => head + table(rows)),
    fc
      .integer({ min: 1, max: 6 })
      .map((lines) => `\`\`\`\n${Array(lines).fill("# code").join("\n\n")}\n\`\`\``),
    fc.integer({ min: 1, max: 4 }).map((depth) => `${"#".repeat(depth)} Heading`),
  );
  const documents = fc.array(block, { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(documents, fc.integer({ min: 220, max: 400 }), (blocks, size) => {
      fc.pre(blocks.some((one) => !/^#+ H/.test(one)));
      const text = blocks.join("\n\n");
      const chunks = chunk(text, { size });
      expectSound(text, chunks);
      for (const { raw, text } of chunks) {
        expect(text.length).toBeLessThanOrEqual(size);
        expect(raw.replace(/^#+ Heading$/gm, "").trim()).not.toBe("");
        // Fences come in pairs, and rows under their head.
        expect((raw.match(/^```$/gm)?.length ?? 0) % 2).toBe(0);
        if (raw.includes("| name")) expect(raw).toMatch(/\|---\|---\|\n\| name 0/);
        expect(raw).not.toMatch(/^\| name [1-9]/);
      }
    }),
    { numRuns },
  );
});

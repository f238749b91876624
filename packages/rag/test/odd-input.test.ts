/** What comes in that nobody expects: encoders that lie, files that are none, odd documents, odd names. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { APIResponseValidationError, InvalidRequestError } from "@polycall/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type KnowledgeBase,
  knowledgeBase,
  memoryStore,
  type SourceDocument,
  type Store,
} from "../src/index.ts";
import { hashingEncoder } from "./hashing.ts";

let root: string;
let store: Store;
let kb: KnowledgeBase;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "polycall-odd-"));
  store = memoryStore();
  kb = knowledgeBase({ embedding: hashingEncoder(), store });
});
afterEach(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

async function sources(): Promise<string[]> {
  const names: string[] = [];
  for await (const { source } of store.sources()) names.push(source);
  return names.sort();
}

describe("an encoder that answers with", () => {
  const documents = ["one", "two", "three"].map((name) => ({
    source: name,
    text: `Text ${name}.`,
  }));
  type Spoil = (vectors: Float32Array[]) => unknown;

  describe.each<[string, Spoil, RegExp]>([
    ["too few vectors", (all) => all.slice(1), /vectors came for/],
    ["too many", (all) => [...all, all[0]], /vectors came for/],
    ["none", () => [], /0 vectors came for/],
    ["no list", () => ({ data: [] }), /no list of vectors came/],
    ["shorter ones", (all) => all.map((one) => one.subarray(0, 10)), /10 dimensions, not 64/],
    ["empty ones", (all) => all.map(() => new Float32Array(0)), /is empty/],
    ["holes", (all) => all.map(() => undefined), /is empty/],
    ["what is no number", (all) => all.map((one) => one.fill(Number.NaN)), /not a number/],
  ])("%s", (_, spoil, told) => {
    const honest = hashingEncoder();
    const lying = {
      ...honest,
      encode: async (texts: readonly string[]) =>
        spoil(await honest.encode(texts)) as Float32Array[],
    };

    test("stores nothing, since nobody knows whose vector is whose", async () => {
      const report = await knowledgeBase({ embedding: lying, store }).ingest(documents);
      expect(report.stored).toBe(0);
      expect(report.failed.map(({ source }) => source)).toEqual(["one", "two", "three"]);
      for (const { error } of report.failed) expect(error.message).toMatch(told);
      expect(await store.count()).toBe(0);
    });

    test.each(["dense", "words"] as const)("finds nothing with it, in mode %s", async (mode) => {
      await kb.ingest(documents);
      const found = knowledgeBase({ embedding: lying, store })
        .retriever({ mode, minScore: 0.1 })
        .retrieve("Text two");
      await expect(found).rejects.toBeInstanceOf(APIResponseValidationError);
    });
  });
});

describe("a file that is none", () => {
  test.skipIf(process.platform === "win32")("a pipe is left out, and refused by name", async () => {
    execFileSync("mkfifo", [join(root, "pipe.md")]);
    await writeFile(join(root, "a.md"), "# A\n\nText.");
    expect(await kb.ingest(".", { root })).toMatchObject({ stored: 1, failed: [], skipped: [] });
    const named = kb.ingest("pipe.md", { root });
    await expect(named).rejects.toThrow('"pipe.md" is no file and no folder.');
    await expect(kb.ingest("/dev/zero", { root })).rejects.toBeInstanceOf(InvalidRequestError);
  });

  test("links that lead round in a circle are left out", async () => {
    await symlink(join(root, "loop.md"), join(root, "loop.md"));
    await symlink(root, join(root, "self"));
    await symlink(join(root, "nowhere"), join(root, "dangling.md"));
    await writeFile(join(root, "a.md"), "# A\n\nText.");
    await symlink(join(root, "a.md"), join(root, "b.md"));
    expect(await kb.ingest(".", { root })).toMatchObject({ stored: 2, failed: [], skipped: [] });
    expect(await sources()).toEqual(["a.md", "b.md"]);
  });

  test("one that is too large is not read into memory", async () => {
    await writeFile(join(root, "film.md"), "");
    // Sparse: nothing is on the disk, and no buffer holds it.
    await truncate(join(root, "film.md"), 2 ** 42);
    await writeFile(join(root, "a.md"), "# A\n\nText.");
    const report = await kb.ingest(".", { root });
    expect(report).toMatchObject({ stored: 1, failed: [{ source: "film.md" }] });
    expect(report.failed[0]!.error).toMatchObject({ name: "DocumentError", code: "too_large" });
  });
});

test("a file that is renamed, if only in its case, is under its new name alone", async () => {
  await writeFile(join(root, "readme.md"), "# A\n\nText.");
  await kb.ingest(".", { root });
  await rename(join(root, "readme.md"), join(root, "README.md"));
  expect(await kb.ingest(".", { root })).toMatchObject({ stored: 1, removed: 1 });
  expect(await sources()).toEqual(["README.md"]);
  expect(await store.count()).toBe(1);
});

test("a file of which something else is known is stored anew", async () => {
  await writeFile(join(root, "a.md"), "# A\n\nText.");
  const team = (name: string) => kb.ingest(".", { root, metadata: () => ({ team: name }) });
  expect(await team("red")).toMatchObject({ stored: 1 });
  expect(await team("red")).toMatchObject({ stored: 0, unchanged: 1 });
  expect(await team("blue")).toMatchObject({ stored: 1, unchanged: 0 });
  const found = (team: string) => kb.retriever({ filter: { team } }).retrieve("Text");
  expect([await found("red"), await found("blue")].map(({ length }) => length)).toEqual([0, 1]);
});

describe("a document", () => {
  test.each<[string, Partial<SourceDocument>, number]>([
    ["without a letter", { text: "" }, 0],
    ["of white space", { text: " \n\t \u00a0\u3000 " }, 0],
    ["of one heading", { text: "# Title" }, 1],
    ["with half characters", { text: "half \ud83d and \udc00 word" }, 1],
    ["with U+0000", { text: "zero \0 word" }, 1],
    ["with metadata of 5 MB", { metadata: { all: "y".repeat(5_000_000) } }, 1],
    [
      "with 20,000 keys",
      { metadata: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i])) },
      1,
    ],
    ["with keys that objects have", { metadata: JSON.parse('{"__proto__":"p","toString":1}') }, 1],
    ["whose source leads upwards", { source: "../../etc/passwd" }, 1],
    ["whose source is long", { source: "s".repeat(100_000) }, 1],
    ["whose pages begin beyond it", { pages: [{ number: 5, start: 100 }] }, 1],
  ])("%s is kept, and comes back as it was", async (_, odd, count) => {
    const document = { source: "a", text: "A word.", ...odd };
    expect(await kb.ingest([document])).toMatchObject({ stored: 1, failed: [], chunks: count });
    expect(await kb.ingest([document])).toMatchObject({ stored: 0, unchanged: 1 });
    const chunks = await store.chunks(document.source);
    expect(chunks).toHaveLength(count);
    for (const chunk of chunks) {
      expect(document.text.slice(chunk.start, chunk.end)).toBe(chunk.raw);
      expect(chunk.metadata).toEqual(document.metadata ?? {});
    }
    await kb.retriever({ minScore: 0 }).retrieve(document.text.trim() || "word");
    await kb.remove([document.source]);
    expect(await store.count()).toBe(0);
  });

  test.each<[string, object, RegExp]>([
    ["a source with U+0000", { source: "a\0b" }, /cannot keep/],
    ["half a character in its source", { source: "a\ud83d" }, /cannot keep/],
    ["metadata in metadata", { metadata: { a: { b: 1 } } }, /metadata\.a is no text/],
    ["a number that is none", { metadata: { a: Number.NaN } }, /metadata\.a is no text/],
    ["a list of numbers", { metadata: { a: [1] } }, /metadata\.a is no text/],
  ])("with %s is reported, and its neighbours are stored", async (_, odd, told) => {
    const bad = { source: "bad", text: "A word.", ...odd } as SourceDocument;
    const report = await kb.ingest([
      { source: "before", text: "b" },
      bad,
      { source: "x", text: "c" },
    ]);
    expect(report).toMatchObject({ stored: 2, failed: [{ source: bad.source }] });
    expect(report.failed[0]!.error.message).toMatch(told);
  });
});

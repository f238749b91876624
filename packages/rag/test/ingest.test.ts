/** Folders into a store: what changed, what is gone, what fails, what is interrupted. */
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { APIUserAbortError, AuthenticationError, InvalidRequestError } from "@polycall/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  IndexMismatchError,
  type IngestProgress,
  knowledgeBase,
  markdownChunker,
  memoryStore,
  progressBar,
  recursiveChunker,
  type Store,
  sqliteStore,
} from "../src/index.ts";
import { hashingEncoder } from "./hashing.ts";

let root: string;
let store: Store;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "polycall-ingest-"));
  store = memoryStore();
});
afterEach(async () => {
  await store.close();
  await rm(root, { recursive: true, force: true });
});

async function write(files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
}

async function sources(of: Store = store): Promise<string[]> {
  const names: string[] = [];
  for await (const { source } of of.sources()) names.push(source);
  return names.sort();
}

const kbOf = (encoder = hashingEncoder(), chunker = markdownChunker()) =>
  knowledgeBase({ embedding: encoder, store, chunker });

describe("a folder", () => {
  const files = {
    "docs/handbook/leave.md": "# Leave\n\nEverybody has thirty days of leave.",
    "docs/handbook/pay.md": "# Pay\n\nSalaries are paid on the 25th.",
    "docs/readme.txt": "Where to begin.",
    "notes/private.md": "# Not meant",
  };

  test("is walked, converted, cut and stored; its folders' names are metadata", async () => {
    await write(files);
    const report = await kbOf().ingest("docs/**", { root });
    expect(report).toMatchObject({ stored: 3, unchanged: 0, removed: 0, failed: [], skipped: [] });
    expect(await sources()).toEqual([
      "docs/handbook/leave.md",
      "docs/handbook/pay.md",
      "docs/readme.txt",
    ]);
    const [chunk] = await store.chunks("docs/handbook/leave.md");
    expect(chunk).toMatchObject({
      headings: ["Leave"],
      metadata: { file: "leave.md", folder: "docs/handbook", folders: ["docs", "handbook"] },
    });
    expect(report.chunks).toBe(await store.count());
  });

  test.each([
    ["a folder", "docs", 3],
    ["a file", "docs/readme.txt", 1],
    ["a glob of one kind", "docs/**/*.md", 2],
    ["several patterns that mean the same", ["docs/**", "docs/handbook"], 3],
    ["a glob that nothing fits", "docs/**/*.pdf", 0],
  ])("is named by %s", async (_, patterns, stored) => {
    await write(files);
    expect((await kbOf().ingest(patterns, { root })).stored).toBe(stored);
  });

  test("is compared by content: unchanged left alone, changed replaced, gone taken away", async () => {
    await write(files);
    const encoder = hashingEncoder();
    const kb = kbOf(encoder);
    await kb.ingest("docs", { root });
    encoder.texts.length = 0;
    await write({
      "docs/handbook/leave.md": "# Leave\n\nEverybody has thirty-two days of leave.",
      "docs/new.md": "# New\n\nSomething new.",
    });
    await rm(join(root, "docs/readme.txt"));
    const report = await kb.ingest("docs", { root });
    expect(report).toMatchObject({ stored: 2, unchanged: 1, removed: 1 });
    expect(encoder.texts).toHaveLength(2);
    const [leave] = await store.chunks("docs/handbook/leave.md");
    expect(leave?.raw).toContain("thirty-two");
    expect(await sources()).not.toContain("docs/readme.txt");
    expect(await kb.ingest("docs", { root })).toMatchObject({
      stored: 0,
      unchanged: 3,
      removed: 0,
    });
  });

  test("takes away only what its own patterns mean", async () => {
    await write(files);
    const kb = kbOf();
    await kb.ingest(["docs", "notes"], { root });
    await rm(join(root, "notes/private.md"));
    await rm(join(root, "docs/readme.txt"));
    await kb.ingest("docs/**/*.md", { root });
    expect(await sources()).toContain("notes/private.md");
    expect(await sources()).toContain("docs/readme.txt");
    await kb.ingest("docs", { root, prune: false });
    expect(await sources()).toContain("docs/readme.txt");
    await kb.ingest("docs", { root });
    expect(await sources()).not.toContain("docs/readme.txt");
  });

  test("is cut anew where the chunker is another", async () => {
    await write(files);
    await kbOf().ingest("docs", { root });
    const report = await kbOf(hashingEncoder(), recursiveChunker({ size: 20 })).ingest("docs", {
      root,
    });
    expect(report).toMatchObject({ stored: 3, unchanged: 0 });
  });

  test("leaves out hidden files and node_modules, unless they are named", async () => {
    await write({
      "a.md": "# A\n\nText.",
      ".hidden.md": "# Hidden\n\nText.",
      ".git/config.md": "# Config\n\nText.",
      "node_modules/p/readme.md": "# P\n\nText.",
    });
    const kb = kbOf();
    await kb.ingest(".", { root });
    expect(await sources()).toEqual(["a.md"]);
    await kb.ingest("node_modules/**", { root });
    expect(await sources()).toEqual(["a.md", "node_modules/p/readme.md"]);
  });

  test("is not left through a link to a folder, nor walked for ever", async () => {
    await write({ "docs/a.md": "# A\n\nText.", "else/b.md": "# B\n\nText." });
    await symlink(join(root, "docs"), join(root, "docs/loop"));
    await symlink(join(root, "else/b.md"), join(root, "docs/b.md"));
    await kbOf().ingest("docs", { root });
    expect(await sources()).toEqual(["docs/a.md", "docs/b.md"]);
  });

  test("has names with brackets and other scripts", async () => {
    await write({ "a[1]/{b}.md": "# A\n\nText.", "日本/語.md": "# B\n\nText." });
    const kb = kbOf();
    await kb.ingest(".", { root });
    expect(await sources()).toEqual(["a[1]/{b}.md", "日本/語.md"]);
    expect(await kb.ingest(".", { root })).toMatchObject({ unchanged: 2, removed: 0 });
  });

  test("that is not there is an error that names it", async () => {
    await expect(kbOf().ingest("nowhere", { root })).rejects.toThrow(
      new InvalidRequestError('There is no file or folder "nowhere" to ingest.'),
    );
  });
});

describe("a document that fails", () => {
  test("does not stop the rest, and what was stored of it before stays", async () => {
    await write({ "a.md": "# A\n\nText.", "b.md": "# B\n\nText.", "c.md": "# C\n\nText." });
    const kb = kbOf();
    const settings = { root, convert: { limits: { maxBytes: 200 } } };
    await kb.ingest(".", settings);
    await write({
      "b.md": `# B\n\n${"Text. ".repeat(100)}`,
      "d.xyz": new Uint8Array([0, 1, 2, 255, 254, 0, 0]),
    });
    await write({ "c.md": "# C\n\nOther text." });
    const report = await kb.ingest(".", settings);
    expect(report).toMatchObject({ stored: 1, unchanged: 1, skipped: ["d.xyz"] });
    expect(report.failed.map(({ source }) => source)).toEqual(["b.md"]);
    expect(report.failed[0]?.error.message).toContain("b.md");
    expect(await sources()).toContain("b.md");
  });

  test("by a text that the encoder does not take, fails alone", async () => {
    await write({
      "a.md": "# A\n\nText.",
      "b.md": "# B\n\nFar too long.",
      "c.md": "# C\n\nText.",
    });
    const encoder = hashingEncoder({ refuses: (text) => text.includes("Far too long") });
    const report = await kbOf(encoder).ingest(".", { root });
    expect(report.stored).toBe(2);
    expect(report.failed).toMatchObject([
      { source: "b.md", error: { message: "A text is too long." } },
    ]);
    expect(await sources()).toEqual(["a.md", "c.md"]);
  });
});

test("a key that is refused ends the ingestion: no other document would fare better", async () => {
  await write({ "a.md": "# A\n\nText.", "b.md": "# B\n\nText." });
  const encoder = hashingEncoder();
  const refused = new AuthenticationError("bad key", { status: 401 });
  encoder.encode = () => Promise.reject(refused);
  await expect(kbOf(encoder).ingest(".", { root })).rejects.toBe(refused);
});

test.each(["chunker", "encoder"])("a package that the %s lacks ends it at once", async (which) => {
  const missing = async (): Promise<never> => {
    const name = "polycall-is-not-installed";
    throw await import(name).catch(
      (cause) => new InvalidRequestError(`It needs ${name}: npm install ${name}`, { cause }),
    );
  };
  await write({ "a.md": "# A\n\nText.", "b.md": "# B\n\nText." });
  const encoder = hashingEncoder();
  if (which === "encoder") encoder.encode = missing;
  const chunker = which === "chunker" ? { name: "lacking", chunk: missing } : markdownChunker();
  await expect(kbOf(encoder, chunker).ingest(".", { root })).rejects.toThrow(/npm install/);
});

test("many small documents share a request", async () => {
  const files: Record<string, string> = {};
  for (let i = 0; i < 100; i++) files[`${i}.md`] = `# ${i}\n\nText of ${i}.`;
  await write(files);
  const encoder = hashingEncoder();
  await kbOf(encoder).ingest(".", { root });
  expect(encoder.calls).toEqual([64, 36]);
});

test("progress counts to the total, and a bar is drawn where there is a terminal", async () => {
  await write({ "a.md": "# A\n\nText.", "b\u0007.md": "# B\n\nText.", "c.pdf": "%PDF-1.7" });
  const seen: IngestProgress[] = [];
  let drawn = "";
  const terminal = { isTTY: true, columns: 80, write: (text: string) => (drawn += text) };
  const bar = progressBar(terminal);
  const onProgress = (progress: IngestProgress) => {
    seen.push(progress);
    bar(progress);
  };
  await kbOf().ingest(".", { root, onProgress });
  expect(seen.map(({ done, total }) => `${done}/${total}`)).toEqual(["1/3", "2/3", "3/3"]);
  expect(seen.map(({ status }) => status).sort()).toEqual(["failed", "stored", "stored"]);
  expect(drawn).toContain("3/3 documents, 2 chunks");
  expect(drawn).toContain("█".repeat(30));
  expect(drawn.endsWith("\n")).toBe(true);
  expect(drawn).not.toContain("\u0007");
});

test("the store's index is built at the end, which is told, and by the next run where it was not", async () => {
  const files: Record<string, string> = {};
  for (let i = 0; i < 40; i++) files[`docs/${i}.md`] = `# ${i}\n\nText of ${i}.`;
  await write(files);
  store = sqliteStore({ path: join(root, "index.sqlite"), index: { from: 40 } });
  const built = async () => (await readdir(root)).some((name) => name.endsWith(".usearch"));
  const caller = new AbortController();
  const left = kbOf().ingest("docs", {
    ...{ root, signal: caller.signal },
    onProgress: ({ index }) => index && caller.abort(),
  });
  await expect(left).rejects.toMatchObject({ name: "AbortError" });
  expect(await built()).toBe(false);

  const seen: IngestProgress[] = [];
  let drawn = "";
  const bar = progressBar({ write: (text: string) => (drawn += text) });
  const report = await kbOf().ingest("docs", {
    root,
    onProgress(progress) {
      seen.push(progress);
      bar(progress);
    },
  });
  expect(report).toMatchObject({ stored: 0, unchanged: 40 });
  expect(await built()).toBe(true);
  expect(seen.at(-1)).toEqual({ done: 40, total: 40, chunks: 0, index: { done: 40, total: 40 } });
  expect(drawn).toMatch(/40\/40 documents, 0 chunks\n.*40\/40 vectors indexed\n$/s);

  seen.length = 0;
  await kbOf().ingest("docs", { root, onProgress: (progress) => seen.push(progress) });
  expect(seen.filter(({ index }) => index)).toEqual([]);
});

test("documents are handed over, one after the other, and pruned only where that is asked for", async () => {
  async function* documents() {
    yield { source: "row/1", text: "# One\n\nThe first.", metadata: { table: "rows" } };
    yield { source: "row/2", text: "# Two\n\nThe second." };
  }
  const kb = kbOf();
  expect(await kb.ingest(documents())).toMatchObject({ stored: 2 });
  expect(await kb.ingest([{ source: "row/3", text: "# Three" }])).toMatchObject({ removed: 0 });
  expect(await sources()).toEqual(["row/1", "row/2", "row/3"]);
  expect(await kb.ingest(documents(), { prune: true })).toMatchObject({
    unchanged: 2,
    removed: 1,
  });
  await kb.remove(["row/1"]);
  expect(await sources()).toEqual(["row/2"]);
});

test.each([
  ["no source", [{ source: "", text: "a" }], /a source that is not empty/],
  ["no text", [{ source: "a" }], /and a text/],
  [
    "one source twice",
    [
      { source: "a", text: "b" },
      { source: "a", text: "c" },
    ],
    /Two of the documents have the source "a"/,
  ],
])("documents with %s are refused", async (_, documents, message) => {
  const given = documents as { source: string; text: string }[];
  await expect(kbOf().ingest(given)).rejects.toThrow(message);
});

test("an abort ends it, what is stored stays, and the next run goes on", async () => {
  const files: Record<string, string> = {};
  for (let i = 0; i < 200; i++) files[`${String(i).padStart(3, "0")}.md`] = `# ${i}\n\nText.`;
  await write(files);
  const kb = kbOf();
  const controller = new AbortController();
  const onProgress = ({ done }: IngestProgress) => done === 70 && controller.abort();
  const aborted = kb.ingest(".", { root, signal: controller.signal, onProgress });
  await expect(aborted).rejects.toBeInstanceOf(APIUserAbortError);
  const before = (await sources()).length;
  expect(before).toBeGreaterThanOrEqual(64);
  expect(before).toBeLessThan(200);
  expect(await kb.ingest(".", { root })).toMatchObject({
    stored: 200 - before,
    unchanged: before,
  });
});

test("an index of another encoder is refused before anything is read", async () => {
  const path = join(root, ".kb.sqlite");
  await write({ "a.md": "# A\n\nText." });
  const one = knowledgeBase({ embedding: hashingEncoder(), store: sqliteStore({ path }) });
  await one.ingest(".", { root });
  await one.close();
  const other = hashingEncoder({ model: "test/other" });
  const kb = knowledgeBase({ embedding: other, store: sqliteStore({ path }) });
  await expect(kb.ingest(".", { root })).rejects.toBeInstanceOf(IndexMismatchError);
  await expect(kb.retriever().retrieve("text")).rejects.toBeInstanceOf(IndexMismatchError);
  expect(other.calls).toEqual([]);
  await kb.close();
});

test("an encoder that does not tell its dimensions is asked once", async () => {
  const { dimensions: _, ...encoder } = hashingEncoder();
  const kb = knowledgeBase({ embedding: encoder, store });
  await kb.ingest([{ source: "a", text: "Text." }]);
  await kb.retriever().retrieve("text");
  expect(encoder.calls).toEqual([1, 1, 1]);
});

describe("what its patterns do not mean stays", () => {
  test("a hidden file and node_modules, ingested by their names", async () => {
    await write({ "a.md": "A.", ".notes/b.md": "B.", "node_modules/p/c.md": "C." });
    const kb = kbOf();
    await kb.ingest([".notes", "node_modules/p/*.md"], { root });
    expect(await kb.ingest(".", { root })).toMatchObject({ stored: 1, removed: 0 });
    expect(await kb.ingest("**", { root })).toMatchObject({ unchanged: 1, removed: 0 });
    expect(await sources()).toEqual([".notes/b.md", "a.md", "node_modules/p/c.md"]);
  });

  test("what is below a folder that cannot be read, which is reported", async () => {
    await write({ "a.md": "A.", "docs/shut/b.md": "B.", "docs/c.md": "C." });
    const kb = kbOf();
    await kb.ingest("**", { root });
    const uid = process.geteuid!();
    await chmod(join(root, "docs/shut"), 0);
    await chmod(root, 0o755);
    if (uid === 0) process.seteuid!(65_534);
    try {
      const report = await kb.ingest("**", { root });
      expect(report).toMatchObject({ unchanged: 2, removed: 0 });
      expect(report.failed).toMatchObject([{ source: "docs/shut", error: { code: "EACCES" } }]);
    } finally {
      if (uid === 0) process.seteuid!(uid);
      await chmod(join(root, "docs/shut"), 0o755);
    }
    expect(await sources()).toEqual(["a.md", "docs/c.md", "docs/shut/b.md"]);
  });

  test("everything, where a glob's folder is not there: a disk that is not mounted is no folder that is empty", async () => {
    await write({ "docs/a.md": "A." });
    const kb = kbOf();
    await kb.ingest("docs/**", { root });
    await rm(join(root, "docs"), { recursive: true });
    await expect(kb.ingest("docs/**", { root })).rejects.toThrow(
      'There is no folder that begins "docs/**" to ingest.',
    );
    expect(await sources()).toEqual(["docs/a.md"]);
  });
});

test("a pattern with ! takes out what it means, and what of that was stored before", async () => {
  await write({ "docs/a.md": "A.", "docs/private/b.md": "B.", "docs/private/.c/d.txt": "D." });
  const kb = kbOf();
  await kb.ingest(["docs", "docs/private/.c"], { root });
  expect(await sources()).toEqual(["docs/a.md", "docs/private/.c/d.txt", "docs/private/b.md"]);
  const patterns = ["docs", "docs/private/.c", "!docs/private/**"];
  expect(await kb.ingest(patterns, { root })).toMatchObject({ unchanged: 1, removed: 2 });
  expect(await kb.ingest(["docs/**", "!docs/private"], { root })).toMatchObject({ unchanged: 1 });
  await expect(kb.ingest("!docs", { root })).rejects.toThrow(/All patterns begin with !/);
});

test("a name with brackets is a name where there is such a file; two dots begin a name", async () => {
  await write({ "app/[slug]/a.md": "A.", "app/s/b.md": "B.", "..c/d.md": "D." });
  const kb = kbOf();
  await kb.ingest(["app/[slug]", "..c"], { root });
  expect(await sources()).toEqual(["..c/d.md", "app/[slug]/a.md"]);
});

test("a file that is taken away before its turn is gone, and no failure", async () => {
  await write({ "a.md": "A.", "b.md": "B.", "c.md": "C." });
  const kb = kbOf();
  await kb.ingest(".", { root });
  await write({ "a.md": "Another A." });
  const seen: string[] = [];
  const report = await kb.ingest(".", {
    root,
    concurrency: 1,
    convert: {
      converters: [
        {
          name: "slow",
          mediaTypes: ["text/markdown"],
          extensions: ["md"],
          async convert({ bytes }) {
            await rm(join(root, "c.md"), { force: true });
            return { markdown: new TextDecoder().decode(bytes), warnings: [] };
          },
        },
      ],
    },
    onProgress: ({ source, status, done, total }) =>
      seen.push(`${done}/${total} ${source} ${status}`),
  });
  expect(report).toMatchObject({ stored: 1, unchanged: 1, removed: 1, failed: [] });
  expect(seen.sort()).toEqual(["1/3 b.md unchanged", "2/3 c.md gone", "3/3 a.md stored"]);
  expect(await sources()).toEqual(["a.md", "b.md"]);
});

test("a name that is no UTF-8 fails, by that name", {
  skip: process.platform !== "linux",
}, async () => {
  await write({ "a.md": "A." });
  const name = Buffer.concat([Buffer.from(`${root}/b`), Buffer.from([0xff]), Buffer.from(".md")]);
  await writeFile(name, "B.");
  const report = await kbOf().ingest(".", { root });
  expect(report.failed).toMatchObject([
    { source: "b\ufffd.md", error: { message: 'The name of "b\ufffd.md" is not UTF-8.' } },
  ]);
  expect(report.stored).toBe(1);
});

test("two at once leave what one would", async () => {
  const files: Record<string, string> = { "empty.md": "" };
  for (let i = 0; i < 150; i++) files[`${i}.md`] = `# ${i}\n\nText of ${i}.`;
  await write(files);
  const path = join(root, ".kb.sqlite");
  const two = [1, 2].map(() =>
    knowledgeBase({ embedding: hashingEncoder({ ms: 1 }), store: sqliteStore({ path }) }),
  );
  for (const report of await Promise.all(two.map((kb) => kb.ingest(".", { root }))))
    expect(report).toMatchObject({ failed: [], chunks: 150 });
  expect(await two[0]!.store.count()).toBe(150);
  expect(await two[1]!.ingest(".", { root })).toMatchObject({ unchanged: 151, stored: 0 });
  for (const kb of two) await kb.close();
});

/** A real process is killed while it ingests a folder that changes: nothing is lost, doubled or paid for twice. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type IngestReport, knowledgeBase, type Store, sqliteStore } from "../src/index.ts";
import { randomFrom } from "./corpus.ts";
import { hashingEncoder } from "./hashing.ts";

const kills = process.env.POLYCALL_LONG ? 100 : 10;
const seed = Number(process.env.POLYCALL_SEED ?? 20_261_126);
/** Chunks and documents that are embedded together, and so at most lost together. */
const group = 256 + 64;

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "ingest-kills-"));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** A folder whose every paragraph is like no other, in another document or in another version of its own. */
class Folder {
  readonly root: string;
  readonly #random: () => number;
  readonly #files = new Set<string>();
  #version = 0;
  #added = 0;

  constructor(root: string, random: () => number) {
    this.root = root;
    this.#random = random;
  }
  change({ added, changed, removed }: { added: number; changed: number; removed: number }): void {
    this.#version++;
    for (let i = 0; i < removed; i++) this.#remove(this.#any());
    for (let i = 0; i < changed; i++) this.#write(this.#any());
    for (let i = 0; i < added; i++) {
      const n = this.#added++;
      this.#write(`part ${n % 5}/日本 ${n % 3}/${n}.${n % 2 ? "md" : "txt"}`);
    }
  }
  get size(): number {
    return this.#files.size;
  }
  #any(): string {
    return [...this.#files][Math.floor(this.#random() * this.#files.size)]!;
  }
  #remove(file: string): void {
    this.#files.delete(file);
    rmSync(join(this.root, file));
  }
  #write(file: string): void {
    this.#files.add(file);
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    // Some are empty: a document without a chunk is stored, too.
    const sections = Array.from({ length: Math.floor(this.#random() * 5) }, (_, i) => {
      const filler = "word ".repeat(this.#random() * 300);
      return `# Section ${i} of ${file}\n\nv${this.#version} of ${file}, ${i}. ${filler}\n`;
    });
    writeFileSync(join(this.root, file), sections.join("\n"));
  }
}

function start(...args: string[]) {
  const script = join(import.meta.dirname, "ingester.ts");
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", script, ...args],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_COMPILE_CACHE: join(place, "compiled") },
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, lines };
}

/** @returns its report, where it lived to give one */
async function lived(child: ChildProcess, lines: AsyncIterator<string>, ms?: number) {
  const ended = once(child, "close");
  expect((await lines.next()).value).toBe("begun");
  const timer = ms === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), ms);
  const { value } = await lines.next();
  const [code, signal] = await ended;
  clearTimeout(timer);
  if (signal === "SIGKILL") return undefined;
  expect(code).toBe(0);
  return JSON.parse(String(value)) as IngestReport;
}

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function chunksOf(store: Store) {
  const all = await listed(store.all());
  return all.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function stateOf(store: Store) {
  const encoder = hashingEncoder();
  const [vector] = await encoder.encode(["v3 section of part 2"], { role: "query" });
  const ids = (hits: { chunk: { id: string }; score: number }[]) =>
    hits.map(({ chunk, score }) => `${chunk.id} ${score.toFixed(4)}`).sort();
  return {
    sources: (await listed(store.sources())).map(({ source, hash }) => `${source} ${hash}`),
    chunks: await chunksOf(store),
    near: ids(await store.searchVector(vector!, { k: 10_000 })),
    words: ids(await store.searchText!("v2 v5 section 3", { k: 10_000 })),
  };
}

test(`killed ${kills} times, seed ${seed}`, { timeout: 60_000 + kills * 6000 }, async () => {
  const random = randomFrom(seed);
  const folder = new Folder(join(place, "folder"), random);
  folder.change({ added: 150, changed: 0, removed: 0 });
  const path = join(place, "kept.sqlite");
  const { model, dimensions } = hashingEncoder();
  const store = sqliteStore({ path });
  await store.open({ model, dimensions: dimensions! });
  let killed = 0;
  let wasted = 0;
  // Longer than an ingestion takes is no kill; how long that is, the runs tell that lived.
  let within = 150;
  for (let run = 0; ; run++) {
    const before = new Set((await chunksOf(store)).map(({ text }) => text));
    const log = join(place, `${run}.log`);
    const last = killed >= kills;
    const kind = last ? "none" : ["time", "encode", "replace"][Math.floor(random() * 3)]!;
    const step = Math.ceil(random() * (kind === "encode" ? 2 : 80));
    const deadly = kind === "encode" || kind === "replace" ? [kind, `${step}`] : [];
    const { child, lines } = start(folder.root, path, log, ...deadly);
    const report = await lived(child, lines, kind === "time" ? random() * within : undefined);
    const logged = existsSync(log) ? readFileSync(log, "utf8").trimEnd() : "";
    // Killed in the middle of a line, it had embedded nothing yet of what the line is of.
    const whole = logged.split("\n").filter((line) => line.endsWith('"'));
    const embedded = whole.map((line) => JSON.parse(line) as string);
    expect(new Set(embedded).size, "a text embedded twice in one run").toBe(embedded.length);
    expect(
      embedded.filter((text) => before.has(text)),
      "a text embedded that was stored",
    ).toEqual([]);
    const after = new Set((await chunksOf(store)).map(({ text }) => text));
    const lost = embedded.filter((text) => !after.has(text)).length;
    wasted += lost;
    if (report) {
      expect(lost, "embedded and not stored by a run that lived").toBe(0);
      expect(report).toMatchObject({ failed: [], skipped: [] });
      expect(report.stored + report.unchanged).toBe(folder.size);
      within = Math.min(within, report.ms + 10);
    } else {
      killed++;
      expect(lost, "more than one group lost by a kill").toBeLessThanOrEqual(group);
    }
    if (last) break;
    folder.change({ added: 20, changed: 50, removed: 15 });
  }
  const fresh = sqliteStore({ path: join(place, "fresh.sqlite") });
  const kb = knowledgeBase({ embedding: hashingEncoder(), store: fresh });
  expect(await kb.ingest(".", { root: folder.root })).toMatchObject({ stored: folder.size });
  expect(await stateOf(store)).toEqual(await stateOf(fresh));
  console.log(`${killed} kills; ${wasted} chunks embedded in vain`);
  await store.close();
  await kb.close();
});

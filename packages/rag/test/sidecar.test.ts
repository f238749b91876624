/** The usearch index beside a large SQLite file: it finds what a search of all finds, also when it lags. */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test, vi } from "vitest";
import { type EmbeddedChunk, type Store, sqliteStore } from "../src/index.ts";
import { storeContract } from "./contract.ts";
import { chunkOf, nearest, randomFrom, randomVector, sourceOf } from "./corpus.ts";
import { filterContract } from "./filter-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "sidecar-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const dimensions = 32;
const indexFiles = (name: string) =>
  readdirSync(folder).filter(
    (file) => file.startsWith(`${name}.sqlite-`) && file.includes("usearch"),
  );

async function openStore(name: string, precision: "f16" | "f32" = "f32"): Promise<Store> {
  const store = sqliteStore({
    path: join(folder, `${name}.sqlite`),
    index: { from: 10, precision },
  });
  await store.open({ model: "test/encoder", dimensions });
  return store;
}

async function fill(
  store: Store,
  sources: number,
  each: number,
  seed = 0,
): Promise<EmbeddedChunk[]> {
  const all: EmbeddedChunk[] = [];
  for (let s = 0; s < sources; s++) {
    const texts = Array.from({ length: each }, (_, i) => `passage ${i}`);
    const chunks = sourceOf(`s${seed}-${s}`, texts, {
      dimensions,
      seed: seed + s,
      metadata: { s, even: s % 2 === 0 },
    });
    await store.replace(`s${seed}-${s}`, "h", chunks);
    all.push(...chunks);
  }
  return all;
}

/** The share of the true ten nearest that is found, over 50 queries. */
async function recall(store: Store, all: readonly EmbeddedChunk[]): Promise<number> {
  const random = randomFrom(99);
  let found = 0;
  for (let i = 0; i < 50; i++) {
    const query = randomVector(random, dimensions);
    const expected = new Set(nearest(all, query, 10).map(({ id }) => id));
    const hits = await store.searchVector(query, { k: 10 });
    expect(hits).toHaveLength(10);
    found += hits.filter(({ chunk }) => expected.has(chunk.id)).length;
  }
  return found / 500;
}

describe.each(["f32", "f16"] as const)("in %s", (precision) => {
  test("is built by optimize, and finds as good as all", async () => {
    const store = await openStore(`recall-${precision}`, precision);
    const all = await fill(store, 60, 50);
    const told: number[] = [];
    await store.optimize!({ onProgress: ({ done }) => told.push(done) });
    expect(told.at(-1)).toBe(3000);
    expect(indexFiles(`recall-${precision}`)).toHaveLength(1);
    expect(await recall(store, all)).toBeGreaterThanOrEqual(0.99);
    await store.close();
  });
});

test("what was written and removed after it was built is found and not found", async () => {
  const store = await openStore("lag");
  const all = await fill(store, 40, 20);
  await store.optimize!();
  const [before] = indexFiles("lag");
  const newer = await fill(store, 5, 20, 1000);
  await store.remove(Array.from({ length: 20 }, (_, s) => `s0-${s}`));
  const left = [...all.filter(({ chunk }) => Number(chunk.metadata.s) >= 20), ...newer];
  expect(await recall(store, left)).toBeGreaterThanOrEqual(0.99);
  const other = await openStore("lag");
  expect(await recall(other, left)).toBeGreaterThanOrEqual(0.99);
  await store.optimize!();
  const after = indexFiles("lag");
  expect(after).toHaveLength(1);
  expect(after).not.toEqual([before]);
  for (const one of [store, other]) expect(await recall(one, left)).toBeGreaterThanOrEqual(0.99);
  await store.optimize!();
  expect(indexFiles("lag")).toEqual(after);
  await store.close();
  await other.close();
});

test("a filter gives k rows, whether few or many pass", async () => {
  const store = await openStore("filtered");
  // More than 5,000 must pass for the index to be asked.
  const all = await fill(store, 104, 100);
  await store.optimize!();
  const random = randomFrom(5);
  for (const filter of [{ s: 3 }, { even: true }, { s: { $lt: 100 } }, { s: -1 }]) {
    const passing = all.filter(({ chunk }) => {
      const { s, even } = chunk.metadata;
      if ("even" in filter) return even === true;
      return typeof filter.s === "number" ? s === filter.s : Number(s) < 100;
    });
    let found = 0;
    for (let i = 0; i < 10; i++) {
      const query = randomVector(random, dimensions);
      const expected = nearest(passing, query, 10).map(({ id }) => id);
      const hits = await store.searchVector(query, { k: 10, filter });
      expect(hits).toHaveLength(expected.length);
      found += hits.filter(({ chunk }) => expected.includes(chunk.id)).length;
    }
    expect(found).toBeGreaterThanOrEqual(passing.length === 0 ? 0 : 98);
  }
  await store.close();
});

test.each<[string, (path: string) => void]>([
  ["missing", (path) => rmSync(path)],
  ["cut", (path) => truncateSync(path, 1000)],
  ["empty", (path) => writeFileSync(path, "")],
  ["another", (path) => copyFileSync(import.meta.filename, path)],
])("a file that is %s is not used, and made anew", async (what, damage) => {
  const name = `damaged-${what}`;
  const store = await openStore(name);
  const all = await fill(store, 20, 20);
  await store.optimize!();
  await store.close();
  const [file] = indexFiles(name);
  damage(join(folder, file!));
  const again = await openStore(name);
  expect(await recall(again, all)).toBe(1);
  await again.optimize!();
  expect(indexFiles(name)).toHaveLength(1);
  expect(await recall(again, all)).toBeGreaterThanOrEqual(0.99);
  await again.close();
});

test("is what searches go through", async () => {
  const store = await openStore("through");
  await fill(store, 20, 20);
  await store.optimize!();
  await store.close();
  // An index of three rows in its place, with the digest that says it is the right one.
  const usearch = (await import("usearch")).default;
  const few = new usearch.Index(dimensions, usearch.MetricKind.Cos);
  const random = randomFrom(1);
  for (const n of [5n, 6n, 7n]) few.add(n, randomVector(random, dimensions), 1);
  const path = join(folder, indexFiles("through")[0]!);
  few.save(path);
  const db = new DatabaseSync(join(folder, "through.sqlite"));
  const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
  db.prepare("update polycall_sidecar set digest = ?").run(digest);
  const again = await openStore("through");
  const hits = await again.searchVector(randomVector(random, dimensions), { k: 10 });
  const rows = db.prepare("select id from polycall_chunks where n in (5, 6, 7)").all();
  expect(hits.map(({ chunk }) => chunk.id).sort()).toEqual(rows.map(({ id }) => id).sort());
  db.close();
  await again.close();
});

test("is left as it is while it lags a little, and is not made anew for many small writes", async () => {
  const name = "small-writes";
  const path = join(folder, `${name}.sqlite`);
  const store = sqliteStore({ path, index: { from: 500 } });
  await store.open({ model: "test/encoder", dimensions });
  const all = await fill(store, 20, 60);
  await store.optimize!();
  const [first] = indexFiles(name);
  const few = await fill(store, 4, 10, 1000);
  await store.optimize!();
  expect(indexFiles(name)).toEqual([first]);
  expect(await recall(store, [...all, ...few])).toBeGreaterThanOrEqual(0.99);

  // More writes than the store remembers one by one, and a third of what is in it taken away.
  const [one] = sourceOf("s", ["x"], { dimensions, seed: 1 });
  for (let n = 0; n < 1010; n++) await store.replace("s", `${n}`, [one!]);
  await store.remove(["s", ...Array.from({ length: 7 }, (_, s) => `s0-${s}`)]);
  const told: number[] = [];
  await store.optimize!({ onProgress: ({ done }) => told.push(done) });
  expect(indexFiles(name)).not.toEqual([first]);
  // It goes on from the 780 that are left of the first.
  expect(told.map((done) => done > 780)).not.toContain(false);
  expect(told.at(-1)).toBe(820);
  const left = all.filter(({ chunk }) => Number(chunk.metadata.s) >= 7);
  expect(await recall(store, [...left, ...few])).toBeGreaterThanOrEqual(0.99);
  await store.close();
});

test("is not built unasked where it would not fit into memory", async () => {
  const store = sqliteStore({ path: join(folder, "unasked.sqlite") });
  await store.open({ model: "test/encoder", dimensions: 2 });
  const vector = Float32Array.of(1, 0);
  for (let n = 0; n < 5; n++) {
    const chunks = Array.from({ length: 10_000 }, (_, i) => chunkOf(`${n}`, i, ""));
    await store.replace(
      `${n}`,
      "h",
      chunks.map((chunk) => ({ chunk, vector })),
    );
  }
  const caller = new AbortController();
  const build = () => store.optimize!({ signal: caller.signal, onProgress: () => caller.abort() });
  const available = vi.spyOn(process, "availableMemory").mockReturnValue(50_000 * 2 * 4);
  await build();
  available.mockRestore();
  await expect(build()).rejects.toMatchObject({ name: "AbortError" });
  await store.close();
});

test("a small store has none", async () => {
  const store = await openStore("small");
  await fill(store, 3, 3);
  await store.optimize!();
  expect(indexFiles("small")).toEqual([]);
  await store.close();
});

test("building stops when its caller leaves", async () => {
  const store = await openStore("left");
  await fill(store, 20, 50);
  const caller = new AbortController();
  const built = store.optimize!({ signal: caller.signal, onProgress: () => caller.abort() });
  await expect(built).rejects.toMatchObject({ name: "AbortError" });
  expect(indexFiles("left")).toEqual([]);
  await store.close();
});

describe("the contract, with an index from the first chunks on", () => {
  const connect = async (name: string) =>
    sqliteStore({ path: join(folder, `contract-${name}.sqlite`), index: { from: 1 } });
  storeContract(connect, { big: 300 });
  filterContract(connect, { numRuns: 50 });
});

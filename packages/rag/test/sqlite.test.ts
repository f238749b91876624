/** The SQLite store, in a file and in memory: the contract, kills, other processes, files that are none. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { memoryStore, type Store, StoreError, sqliteStore } from "../src/index.ts";
import { storeContract } from "./contract.ts";
import { nearest, randomFrom, randomVector, sourceOf } from "./corpus.ts";
import { filterContract } from "./filter-contract.ts";

const long = Boolean(process.env.POLYCALL_LONG);
const folder = mkdtempSync(join(tmpdir(), "stores-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const index = { model: "test/encoder", dimensions: 16 };

describe("in a file", () => {
  const connect = async (name: string) =>
    sqliteStore({ path: join(folder, "made", `${name}.sqlite`) });
  storeContract(connect);
  filterContract(connect, { numRuns: long ? 5000 : 300 });
});

describe("in a file, with no vectors kept in memory", () => {
  storeContract(
    async (name) => sqliteStore({ path: join(folder, `${name}-uncached.sqlite`), cacheBytes: 0 }),
    {
      big: 5000,
    },
  );
});

describe("in memory", () => {
  storeContract(async () => memoryStore(), { shared: false, big: 500 });
});

/** Lets two processes write, kills them at some moment, and returns the last round that each told of. */
async function killedWriters(path: string): Promise<Record<string, number>> {
  const told: Record<string, number> = {};
  const moment = 20 + Math.random() * 60;
  await Promise.all(
    ["anna", "bert"].map(async (name) => {
      const writer = spawn(process.execPath, [join(import.meta.dirname, "writer.ts"), path, name], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      const ended = once(writer, "exit");
      for await (const line of createInterface({ input: writer.stdout })) {
        told[name] = Number(line);
        if (told[name] === 3) setTimeout(() => writer.kill("SIGKILL"), moment);
      }
      await ended;
    }),
  );
  return told;
}

async function expectWhole(store: Store, told: Record<string, number>): Promise<void> {
  const random = randomFrom(3);
  const everything = [];
  for await (const { source, hash } of store.sources()) {
    const round = Number(hash);
    const texts = Array.from(
      { length: 1 + (round % 40) },
      (_, i) => `${source.slice(0, 4)} round${round} part ${i}`,
    );
    const expected = sourceOf(source, texts, { dimensions: 16, seed: round, metadata: { round } });
    expect(await store.chunks(source)).toEqual(expected.map(({ chunk }) => chunk));
    // The words of each round are in one source alone.
    const found = await store.searchText!(`round${round}`, { k: 100, filter: { source } });
    expect(found).toHaveLength(expected.length);
    everything.push(...expected);
  }
  expect(await store.count()).toBe(everything.length);
  for (const [name, last] of Object.entries(told)) {
    const rounds = everything
      .filter(({ chunk }) => chunk.source.startsWith(name))
      .map(({ chunk }) => Number(chunk.metadata.round));
    expect(Math.max(...rounds)).toBeGreaterThanOrEqual(last);
    expect(Math.max(...rounds)).toBeLessThanOrEqual(last + 1);
  }
  const query = randomVector(random, 16);
  const hits = await store.searchVector(query, { k: 1000 });
  expect(hits.map(({ chunk }) => chunk.id).sort()).toEqual(
    nearest(everything, query, 1000)
      .map(({ id }) => id)
      .sort(),
  );
}

test("of two processes at one file both are killed, and rows, words and vectors agree", async () => {
  for (let kill = 0; kill < (long ? 30 : 2); kill++) {
    const path = join(folder, `killed-${kill}.sqlite`);
    const told = await killedWriters(path);
    const store = sqliteStore({ path });
    await store.open(index);
    await expectWhole(store, told);
    await store.close();
  }
}, 300_000);

test("keeps up with another handle that writes more than is remembered", async () => {
  const path = join(folder, "many-writes.sqlite");
  const [one, two] = [sqliteStore({ path }), sqliteStore({ path })];
  await one.open(index);
  await two.open(index);
  const query = randomVector(randomFrom(1), 16);
  const put = (round: number) =>
    one.replace("a", String(round), sourceOf("a", ["x", "y"], { dimensions: 16, seed: round }));
  await put(0);
  await two.searchVector(query, { k: 1 });
  for (let round = 1; round <= 1010; round++) await put(round);
  const expected = nearest(sourceOf("a", ["x", "y"], { dimensions: 16, seed: 1010 }), query, 5);
  const hits = await two.searchVector(query, { k: 5 });
  expect(hits.map(({ score }) => score.toFixed(4))).toEqual(
    expected.map(({ score }) => score.toFixed(4)),
  );
  await one.close();
  await two.close();
});

test("waits for another that writes, and no longer than it is told", async () => {
  const path = join(folder, "busy.sqlite");
  const store = sqliteStore({ path, busyTimeout: 200 });
  await store.open(index);
  const other = new DatabaseSync(path);
  other.exec("begin immediate");
  const late = store.replace("a", "1", []);
  await expect(late).rejects.toThrow(StoreError);
  const inTime = store.replace("a", "1", []);
  setTimeout(() => other.exec("rollback"), 50);
  await inTime;
  other.close();
  await store.close();
});

test("metadata that nothing has any more is gone from the file", async () => {
  const path = join(folder, "kinds.sqlite");
  const store = sqliteStore({ path });
  await store.open(index);
  for (let round = 0; round < 5; round++) {
    await store.replace(
      "a",
      "h",
      sourceOf("a", ["x", "y"], { dimensions: 16, seed: 1, metadata: { round } }),
    );
  }
  await store.close();
  const db = new DatabaseSync(path);
  expect(db.prepare("select json from polycall_metadata").all()).toMatchObject([
    { json: '{"round":4}' },
  ]);
  db.close();
});

test("an id that another source has is refused, and nothing is changed", async () => {
  const store = memoryStore();
  await store.open(index);
  await store.replace("a", "1", sourceOf("a", ["x"], { dimensions: 16, seed: 1 }));
  const [stolen] = sourceOf("b", ["y"], { dimensions: 16, seed: 2 });
  const put = [{ ...stolen!, chunk: { ...stolen!.chunk, id: "a#0" } }];
  await expect(store.replace("b", "1", put)).rejects.toThrow(StoreError);
  expect(await store.count()).toBe(1);
  expect(await store.chunks("b")).toEqual([]);
});

test("a file that is no database is not touched", async () => {
  const path = join(folder, "letter.txt");
  writeFileSync(path, "Dear Sir, ".repeat(500));
  await expect(sqliteStore({ path }).open(index)).rejects.toThrow(StoreError);
});

test("finds words of other scripts, and by their stem", async () => {
  const store = memoryStore();
  await store.open(index);
  const texts = [
    "東京に住んでいます",
    "running quickly",
    "ความสุข อยู่ที่ไหน",
    "Café Zürich",
    "대한민국 서울",
  ];
  await store.replace("a", "h", sourceOf("a", texts, { dimensions: 16, seed: 1 }));
  const find = async (query: string) =>
    (await store.searchText!(query, { k: 9 })).map(({ chunk }) => chunk.index);
  expect(await find("東京")).toEqual([0]);
  expect(await find("京東")).toEqual([]);
  expect(await find("住んで")).toEqual([0]);
  expect(await find("who runs?")).toEqual([1]);
  expect(await find("ความสุข")).toEqual([2]);
  expect(await find("cafe zurich")).toEqual([3]);
  expect(await find("서울")).toEqual([4]);
});

test("ranks words as if what was replaced and removed had never been there", async () => {
  const old = memoryStore();
  const fresh = memoryStore();
  const scored = async (store: Store) =>
    (await store.searchText!("common rare", { k: 10 })).map(({ chunk, score }) => ({
      id: chunk.id,
      score,
    }));
  for (const store of [old, fresh]) await store.open(index);
  const put = (store: Store, source: string, texts: string[]) =>
    store.replace(source, "h", sourceOf(source, texts, { dimensions: 16, seed: 1, metadata: {} }));
  for (let i = 0; i < 20; i++)
    await put(old, "a", ["common long ".repeat(30), "half\ud800 \0 rare"]);
  await put(old, "b", ["common rare"]);
  await old.remove(["b"]);
  for (const store of [old, fresh]) {
    await put(store, "a", ["common", "common rare", "else"]);
    await put(store, "c", ["common", "other"]);
  }
  expect(await scored(old)).toEqual(await scored(fresh));
  for (const store of [old, fresh]) await store.close();
});

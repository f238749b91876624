/**
 * The ten nearest of 10,000 and 100,000 vectors of 384 numbers, each contender in a process of its own:
 * a plain loop, the SQLite store (exact, and with its index), usearch, sqlite-vec, LanceDB.
 * `node bench/vectors.ts`, or `node bench/vectors.ts 10000`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteStore } from "@polycall/rag";
import { corpus, dimensions, queries } from "./clustered.ts";
import { median, table } from "./measure.ts";

const k = 10;

/** What is measured: made once in `folder`, then opened anew and asked. */
export interface Contender {
  make(folder: string, vectors: Float32Array): Promise<void>;
  open(folder: string): Promise<(query: Float32Array) => Promise<number[]> | number[]>;
}

/** The floor: what anybody writes who knows that one sum waits for itself. */
function looped(vectors: Float32Array, query: Float32Array): number[] {
  const best: { n: number; score: number }[] = [];
  for (let n = 0, from = 0; from < vectors.length; n++, from += dimensions) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < dimensions; i += 4) {
      a += query[i]! * vectors[from + i]!;
      b += query[i + 1]! * vectors[from + i + 1]!;
      c += query[i + 2]! * vectors[from + i + 2]!;
      d += query[i + 3]! * vectors[from + i + 3]!;
    }
    const score = a + b + c + d;
    if (best.length < k || score > best[k - 1]!.score) {
      best.push({ n, score });
      best.sort((x, y) => y.score - x.score);
      best.length = Math.min(k, best.length);
    }
  }
  return best.map(({ n }) => n);
}

function ours(indexed: boolean): Contender {
  const at = (folder: string) => {
    const index = indexed ? { from: 1000 } : (false as const);
    return sqliteStore({ path: join(folder, "store.sqlite"), index });
  };
  const description = { model: "bench", dimensions };
  return {
    async make(folder, vectors) {
      const store = at(folder);
      await store.open(description);
      for (let from = 0; from < vectors.length / dimensions; from += 100) {
        const source = `source ${from}`;
        const chunks = Array.from({ length: 100 }, (_, i) => {
          const text = `passage ${from + i}`;
          const chunk = {
            id: `${from + i}`,
            source,
            index: i,
            text,
            raw: text,
            start: 0,
            end: text.length,
            headings: [],
            metadata: {},
          };
          const start = (from + i) * dimensions;
          return { chunk, vector: vectors.subarray(start, start + dimensions) };
        });
        await store.replace(source, "h", chunks);
      }
      await store.optimize!();
      await store.close();
    },
    async open(folder) {
      const store = at(folder);
      await store.open(description);
      return async (query) =>
        (await store.searchVector(query, { k })).map(({ chunk }) => Number(chunk.id));
    },
  };
}

async function contenderNamed(name: string, vectors: Float32Array): Promise<Contender> {
  if (name === "a plain loop")
    return { make: async () => {}, open: async () => (query) => looped(vectors, query) };
  if (name.startsWith("polycall")) return ours(name.endsWith("index"));
  const path = "./peers/vectors.js";
  return (await import(path)).contenders[name] as Contender;
}

interface Measured {
  makeS: number;
  coldMs: number;
  us: number;
  recall: number;
  rssMB: number;
}

/** In a child of its own: made by one, opened and asked by another. */
async function one(name: string, count: number, folder: string, part: string): Promise<Measured> {
  const { vectors, asked } = corpus(count);
  const contender = await contenderNamed(name, vectors);
  const start = performance.now();
  if (part === "make") {
    await contender.make(folder, vectors);
    return { makeS: (performance.now() - start) / 1000 } as Measured;
  }
  const truth = asked.map((query) => looped(vectors, query));
  const before = process.memoryUsage().rss;
  const opening = performance.now();
  const search = await contender.open(folder);
  await search(asked[0]!);
  const coldMs = performance.now() - opening;
  let found = 0;
  for (const [i, query] of asked.entries()) {
    const own = await search(query);
    found += own.filter((n) => truth[i]!.includes(n)).length;
  }
  const rounds: number[] = [];
  for (let round = 0; round < 7; round++) {
    const began = process.cpuUsage();
    for (const query of asked) await search(query);
    const { user, system } = process.cpuUsage(began);
    rounds.push((user + system) / queries);
  }
  return {
    makeS: 0,
    coldMs,
    us: median(rounds),
    recall: found / queries / k,
    rssMB: (process.memoryUsage().rss - before) / 2 ** 20,
  };
}

function compare(count: number): void {
  const peers = existsSync(new URL("peers/node_modules/usearch", import.meta.url))
    ? ["usearch", "sqlite-vec", "LanceDB"]
    : [];
  const names = ["a plain loop", "polycall, exact", "polycall, with its index", ...peers];
  const rows = names.map((name) => {
    const folder = mkdtempSync(join(tmpdir(), "bench-vectors-"));
    const run = (part: string) => {
      const node = ["--no-warnings", import.meta.filename, name, String(count), folder, part];
      return JSON.parse(execFileSync(process.execPath, node, { encoding: "utf8" })) as Measured;
    };
    const made = run("make");
    const measured = run("search");
    rmSync(folder, { recursive: true, force: true });
    return { name, ...measured, makeS: made.makeS };
  });
  const us = (name: string) => rows.find((row) => row.name === name)?.us;
  const ratio = (row: (typeof rows)[number], floor: string) => {
    const other = us(floor);
    return other ? (row.us / other).toFixed(2) : "-";
  };
  console.log(
    `\n${table(
      [
        `10 nearest of ${count} x ${dimensions}`,
        "us of CPU",
        "x loop",
        "x usearch",
        "recall",
        "made, s",
        "cold start, ms",
        "RSS, MB",
      ],
      rows.map((row) => [
        row.name,
        row.us.toFixed(0),
        ratio(row, "a plain loop"),
        ratio(row, "usearch"),
        row.recall.toFixed(3),
        row.makeS.toFixed(1),
        row.coldMs.toFixed(0),
        row.rssMB.toFixed(0),
      ]),
    )}`,
  );
}

const [name, count, folder, part] = process.argv.slice(2);
if (folder) {
  console.log(JSON.stringify(await one(name!, Number(count), folder, part!)));
  process.exit(); // LanceDB keeps its threads.
}
for (const size of name ? [Number(name)] : [10_000, 100_000]) compare(size);

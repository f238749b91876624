/** Measures the stores, each on a real server: `node packages/agent/test/measure-stores.ts`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStore, type Store, session } from "../src/index.ts";
import { sqliteStore } from "../src/node/sqlite.ts";
import { openStore } from "./open-store.ts";
import { postgresServer, redisServer } from "./servers.ts";

const folder = mkdtempSync(join(tmpdir(), "measure-"));
const [postgres, redis] = await Promise.all([postgresServer(), redisServer()]);
const prefix = `polycall_measure_${process.pid}`;
const stores: Record<string, Store> = {
  memory: memoryStore(),
  "SQLite, full": sqliteStore(join(folder, "full.db")),
  "SQLite, normal": sqliteStore(join(folder, "normal.db"), { synchronous: "normal" }),
};
if (postgres) stores.PostgreSQL = await openStore({ kind: "postgres", at: postgres.url, prefix });
if (redis) stores.Redis = await openStore({ kind: "redis", at: redis.url, prefix });

const text = "The quick brown fox jumps over the lazy dog near the river bank today. ".repeat(7);
const appends = 500;
const rows: Record<string, Record<string, number>> = {};

async function ms(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

for (const [name, store] of Object.entries(stores)) {
  const small = session("small", { store });
  const times: number[] = [];
  for (let version = 0; version < appends + 50; version++) {
    times.push(await ms(() => small.append([{ role: "user", content: text }], { version })));
  }
  const sorted = times.slice(50).sort((a, b) => a - b);

  const large = session("large", { store });
  const messages = Array.from({ length: 10 }, (_, i) => ({
    role: "user" as const,
    content: `${i} ${text}`,
  }));
  for (let version = 0; version < 1000; version++) await large.append(messages, { version });
  const found = {
    "median append": sorted[appends / 2]!,
    "99 %": sorted[Math.floor(appends * 0.99)]!,
    "load 10,000": await ms(() => large.load()),
    "search them": await ms(() => large.search("river bank 7")),
    "search the store": await ms(() => store.search("river bank 7", { prefix: "" })),
  };
  rows[name] = Object.fromEntries(
    Object.entries(found).map(([what, time]) => [what, Number(time.toPrecision(2))]),
  );
  await store.close();
}
console.table(rows);
await Promise.all([postgres?.stop(), redis?.stop()]);
rmSync(folder, { recursive: true, force: true });

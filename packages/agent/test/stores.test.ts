/** Every store keeps the contract, on real servers; and what is each one's own. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { InvalidRequestError } from "@polycall/core";
import { createClient } from "@redis/client";
import type pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { memoryStore, type Store, StoreError } from "../src/index.ts";
import { sqliteStore } from "../src/node/sqlite.ts";
import { postgresStore } from "../src/stores/postgres.ts";
import { redisStore } from "../src/stores/redis.ts";
import { openStore, type Place } from "./open-store.ts";
import { connectPool } from "./pool.ts";
import { postgresServer, redisServer } from "./servers.ts";
import { storeContract } from "./store-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "stores-"));
const [postgres, redis] = await Promise.all([postgresServer(), redisServer()]);
const prefix = `polycall_test_${process.pid}`;
afterAll(async () => {
  await Promise.all([postgres && dropTables(postgres.url), redis && deleteKeys(redis.url)]);
  await Promise.all([postgres?.stop(), redis?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

/** The servers may be somebody's own. */
async function dropTables(url: string): Promise<void> {
  const pool = connectPool({ connectionString: url });
  for (const name of [prefix, `${prefix}_fresh`, `${prefix}_least`]) {
    await pool.query(`drop table if exists ${name}_entries, ${name}_logs`);
  }
  await pool.end();
}
async function deleteKeys(url: string): Promise<void> {
  const client = await createClient({ url }).connect();
  await client.del(await client.keys(`*${prefix}*`));
  await client.close();
}

/** The StoreError that the call must end in. */
async function failure(call: Promise<unknown>): Promise<StoreError> {
  const error = await call.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
}
const one = [{ data: 1, text: "word" }];
const reads = (store: Store) => [
  store.read("log"),
  store.version("log"),
  store.list(""),
  store.search("word", { prefix: "" }),
];

describe("memoryStore", () => {
  const store = memoryStore();
  storeContract(async () => store);

  test("a closed store says so", async () => {
    const closed = memoryStore();
    await closed.append("a", 0, [{ data: 1 }]);
    await closed.close();
    await expect(closed.read("a")).rejects.toThrow(StoreError);
  });
});

describe("sqliteStore", () => {
  const place: Place = { kind: "sqlite", at: join(folder, "new", "a.db"), prefix };
  storeContract(() => openStore(place), place);
});

describe.skipIf(!postgres)("postgresStore on a real PostgreSQL", () => {
  const place: Place = { kind: "postgres", at: postgres?.url ?? "", prefix };
  storeContract(() => openStore(place), place);
});

describe.skipIf(!redis)("redisStore on a real Redis", () => {
  const place: Place = { kind: "redis", at: redis?.url ?? "", prefix };
  storeContract(() => openStore(place), place);
});

function written(path: string, text: string): string {
  writeFileSync(path, text);
  return path;
}

describe("an SQLite file that is not as it should be", () => {
  test.each<[string, (path: string) => string, RegExp]>([
    ["that is none", (path) => written(path, "# Notes\n".repeat(200)), /not a database/],
    ["that is a folder", () => folder, /unable to open/],
    [
      "in a folder that cannot be made",
      (path) => join(written(path, ""), "a.db"),
      /EEXIST|ENOTDIR/,
    ],
  ])("%s: every method says so", async (name, make, why) => {
    const store = sqliteStore(make(join(folder, `bad ${name}`)));
    for (const call of [...reads(store), store.append("log", 0, one), store.delete("log")]) {
      const error = await failure(call);
      expect(error.message).toMatch(why);
      expect(error.cause).toBeInstanceOf(Error);
    }
    await store.close();
  });

  /** Appends in a process of its own until that fails. */
  const fill = (path: string, limits = "", user = "") => {
    const script = fileURLToPath(new URL("fills.ts", import.meta.url));
    const node = `"${process.execPath}" --disable-warning=ExperimentalWarning`;
    const command = `${limits} exec ${node} "${script}" "${path}" ${user}`;
    return JSON.parse(execFileSync("sh", ["-c", command], { encoding: "utf8" }));
  };

  test("a full disk: what was told is kept, the rest is an error", () => {
    // No file may grow beyond 600 blocks of 512 bytes.
    const said = fill(join(folder, "full.db"), "ulimit -f 600;");
    expect(said.name).toBe("StoreError");
    expect(said.message).toContain('append to "log"');
    expect(said.cause).toMatch(/full|disk I\/O/);
    expect(said.told).toBeGreaterThan(10);
    expect(said.kept).toBe(said.told);
  });

  test("a file that may only be read: an error, and it stays as it is", async () => {
    chmodSync(folder, 0o755);
    const path = join(mkdtempSync(join(folder, "read-only-")), "a.db");
    const store = sqliteStore(path);
    await store.append("log", 0, one);
    await store.close();
    chmodSync(path, 0o444);
    chmodSync(dirname(path), 0o555);
    const said = fill(path, "", process.getuid?.() === 0 ? "65534" : "");
    expect(said).toMatchObject({ name: "StoreError", told: 0 });
    expect(said.cause).toMatch(/readonly database|unable to open/);
    chmodSync(dirname(path), 0o755);
    chmodSync(path, 0o644);
    const again = sqliteStore(path);
    expect(await again.read("log")).toEqual(one);
    await again.close();
  });

  test("another that holds it is waited for, and the process goes on meanwhile", async () => {
    const path = join(folder, "held.db");
    const store = sqliteStore(path, { busyTimeout: 100 });
    await store.append("log", 0, one);
    const other = new DatabaseSync(path);
    other.exec("begin immediate");
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 5);
    const error = await failure(store.append("log", 1, one));
    clearInterval(ticking);
    expect(error.message).toMatch(/locked/);
    expect(ticks).toBeGreaterThan(2);
    expect(await store.version("log")).toBe(1);

    const waiting = sqliteStore(path).append("log", 1, one);
    await delay(50);
    other.exec("rollback");
    other.close();
    expect(await waiting).toBe(2);
    await store.close();
  });

  test("handles that open a new file at once all do", async () => {
    const path = join(folder, "opened", "at", "once.db");
    const stores = Array.from({ length: 5 }, () => sqliteStore(path));
    await Promise.all(stores.map((store, i) => store.append(`log ${i}`, 0, one)));
    expect(await stores[0]!.list("log")).toHaveLength(5);
    await Promise.all(stores.map((store) => store.close()));
  });

  test("a damaged entry and a damaged file are told", async () => {
    const path = join(folder, "damaged.db");
    const store = sqliteStore(path);
    await store.append("log", 0, [...one, ...one]);
    const other = new DatabaseSync(path);
    other.exec(`update polycall_entries set entry = substr(entry, 1, 8) where n = 1`);
    other.close();
    expect((await failure(store.read("log"))).message).toMatch(
      /Entry 1 of the log "log" is damaged/,
    );
    expect(await store.read("log", { to: 1 })).toEqual(one);
    await store.close();
    writeFileSync(path, "x".repeat(8192), { flag: "r+" });
    await failure(sqliteStore(path).read("log"));
  });

  test("a store of one process needs no file", async () => {
    const store = sqliteStore(":memory:");
    await store.append("log", 0, one);
    expect(await store.search("WORD", { prefix: "" })).toHaveLength(1);
    await store.close();
    await store.close();
  });
});

describe.skipIf(!postgres)("a PostgreSQL that does not do as it should", () => {
  const pools: pg.Pool[] = [];
  const connect = (options: pg.PoolConfig = {}) => {
    const pool = connectPool({ connectionString: postgres!.url, ...options });
    pools.push(pool);
    return pool;
  };
  afterAll(() => Promise.all(pools.map((pool) => pool.ended || pool.end())));

  test("a closed pool, and one that nobody answers, are told", async () => {
    const pool = connect();
    const store = postgresStore({ pool, prefix });
    await store.append("closed", 0, one);
    await store.close();
    expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await pool.end();
    const nobody = connect({ connectionString: "postgres://u:hunter2@127.0.0.1:1/x" });
    for (const other of [pool, nobody]) {
      const shut = postgresStore({ pool: other, prefix });
      for (const call of [...reads(shut), shut.append("log", 0, one), shut.delete("log")]) {
        const error = await failure(call);
        expect(error.cause).toBeInstanceOf(Error);
        expect(JSON.stringify(error) + error.message).not.toContain("hunter2");
      }
    }
  });

  test("a connection that breaks is told, and the next one used", async () => {
    const pool = connect({ max: 1 });
    const store = postgresStore({ pool, prefix });
    await store.append("broken", 0, one);
    const [{ pid }] = (await pool.query("select pg_backend_pid() as pid")).rows as [
      { pid: number },
    ];
    const broken = failure(
      pool.query("select pg_sleep(5)").catch((cause) => {
        throw new StoreError("asleep", { cause });
      }),
    );
    const queued = store.append("broken", 1, one);
    await connect().query("select pg_terminate_backend($1)", [pid]);
    await broken;
    expect(await queued).toBe(2);
    expect(await store.read("broken")).toEqual([...one, ...one]);
  });

  test("many that make the tables at once all do", async () => {
    const fresh = `${prefix}_fresh`;
    const stores = Array.from({ length: 6 }, () =>
      postgresStore({ pool: connect(), prefix: fresh }),
    );
    await Promise.all(stores.map((store, i) => store.append(`log ${i}`, 0, one)));
    expect(await stores[0]!.list("log")).toHaveLength(6);
    await connect().query(`drop table ${fresh}_logs, ${fresh}_entries`);
    const error = await failure(stores[0]!.read("log 0"));
    expect(error.cause).toMatchObject({ code: "42P01" });
  });

  test.skipIf(process.env.POSTGRES_URL)(
    "a role that may not make tables can use them",
    async () => {
      const admin = connect();
      await admin.query("create role reader login password 'reader'");
      const url = new URL(postgres!.url);
      url.username = url.password = "reader";
      const pool = connect({ connectionString: url.href });
      const least = `${prefix}_least`;
      const store = postgresStore({ pool, prefix: least });
      expect((await failure(store.append("log", 0, one))).message).toMatch(
        /make its tables: permission denied/,
      );
      await postgresStore({ pool: admin, prefix: least }).append("log", 0, one);
      expect((await failure(store.read("log"))).message).toMatch(/permission denied/);
      await admin.query(
        `grant select, insert, update, delete on ${least}_logs, ${least}_entries to reader`,
      );
      expect(await store.append("log", 1, one)).toBe(2);
      await store.delete("log");
      await pool.end();
    },
  );

  test("a damaged entry is told", async () => {
    const pool = connect();
    const store = postgresStore({ pool, prefix });
    await store.append("damaged", 0, one);
    await pool.query(
      `update ${prefix}_entries set entry = '{"da' where log = (select id from ${prefix}_logs where name = 'damaged')`,
    );
    expect((await failure(store.read("damaged"))).message).toMatch(/Entry 0 .* is damaged/);
  });

  test.each(["", "a-b", "a;drop table x", "A", "x".repeat(41)])("%j is no prefix", (bad) => {
    expect(() => postgresStore({ pool: connect(), prefix: bad })).toThrow(InvalidRequestError);
  });
});

describe.skipIf(!redis)("a Redis that does not do as it should", () => {
  const connect = async () => {
    const client = createClient({ url: redis!.url });
    await client.connect();
    return client;
  };

  test("a closed client is told, and only its owner closes it", async () => {
    const client = await connect();
    const store = redisStore({ client, prefix });
    await store.append("closed", 0, one);
    await store.close();
    expect(await client.ping()).toBe("PONG");
    await client.close();
    const shut = redisStore({ client, prefix });
    for (const call of [...reads(shut), shut.append("log", 0, one), shut.delete("log")]) {
      expect((await failure(call)).cause).toBeInstanceOf(Error);
    }
  });

  test.skipIf(process.env.REDIS_URL)("out of memory: nothing is written", async () => {
    const client = await connect();
    const store = redisStore({ client, prefix });
    await store.append("memory", 0, one);
    await client.sendCommand(["CONFIG", "SET", "maxmemory", "1"]);
    const error = await failure(store.append("memory", 1, one));
    await client.sendCommand(["CONFIG", "SET", "maxmemory", "0"]);
    expect(String(error.cause)).toMatch(/OOM/);
    expect(await store.read("memory")).toEqual(one);
    expect(await store.append("memory", 1, one)).toBe(2);
    await client.close();
  });

  test("a key that somebody else uses, and a damaged entry, are told", async () => {
    const client = await connect();
    const store = redisStore({ client, prefix });
    await client.set(`${prefix}:log:theirs`, "text");
    expect(String((await failure(store.append("theirs", 0, one))).cause)).toMatch(/WRONGTYPE/);
    expect(await store.list("theirs")).toEqual([]);
    await store.append("damaged", 0, one);
    await client.lSet(`${prefix}:log:damaged`, 0, '{"da');
    expect((await failure(store.read("damaged"))).message).toMatch(/Entry 0 .* is damaged/);
    await client.close();
  });
});

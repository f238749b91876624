/** SQL tools: queries of real databases, and that nothing is changed, reached or kept busy by them. */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { type SqlToolsOptions, sqlTools, ToolRefusal } from "@polycall/agent/tools";
import { InvalidRequestError } from "@polycall/core";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgresServer, type Server } from "../servers.ts";
import { long, rows } from "./long.ts";

const ask = async (sql: string, options: SqlToolsOptions, signal?: AbortSignal) =>
  sqlTools(options)[1].execute({ sql }, { toolCallId: "c1", signal });

const flights = `
  CREATE TABLE flight (id INTEGER PRIMARY KEY, city TEXT NOT NULL, fare NUMERIC);
  INSERT INTO flight VALUES (1, 'London', 799), (2, 'Paris', 899), (3, 'Tokyo', 1400);
  CREATE TABLE secret (word TEXT);`;

describe("SQLite", () => {
  let folder: string;
  let file: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "polycall-sql-"));
    file = join(folder, "flights.db");
    const db = new DatabaseSync(file);
    db.exec(`${flights} CREATE VIEW cheap AS SELECT city FROM flight WHERE fare < 800;`);
    db.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const query = (sql: string, options: Partial<SqlToolsOptions> = {}) =>
    ask(sql, { database: file, ...options });

  test.each<[string, object]>([
    [
      "SELECT city, fare FROM flight WHERE id < 3 ORDER BY id;",
      {
        columns: ["city", "fare"],
        rows: [
          ["London", 799],
          ["Paris", 899],
        ],
      },
    ],
    [" -- a comment\n/* and ; another */ select 1 as one ; ", { columns: ["one"], rows: [[1]] }],
    [
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3) SELECT x, x AS x FROM n",
      {
        columns: ["x", "x"],
        rows: [
          [1, 1],
          [2, 2],
          [3, 3],
        ],
      },
    ],
    [
      "VALUES (9007199254740993, 1.5, NULL, x'00ff', 9e999, 'a;b--c''d')",
      {
        columns: ["column1", "column2", "column3", "column4", "column5", "column6"],
        rows: [["9007199254740993", 1.5, null, "x'00ff' (2 bytes)", "Infinity", "a;b--c'd"]],
      },
    ],
    ['SELECT * FROM cheap WHERE "city" = [city]', { columns: ["city"], rows: [["London"]] }],
    [
      "SELECT name, type FROM pragma_table_info('secret')",
      { columns: ["name", "type"], rows: [["word", "TEXT"]] },
    ],
  ])("%s", async (sql, rows) => {
    expect(await query(sql)).toEqual(rows);
  });

  test("the tables are told with their columns", async () => {
    expect(await sqlTools({ database: file })[0].execute({}, { toolCallId: "c" })).toEqual({
      tables: {
        cheap: ["city TEXT"],
        flight: ["id INTEGER primary key", "city TEXT not null", "fare NUMERIC"],
        secret: ["word TEXT"],
      },
    });
  });

  test.each([
    ["INSERT INTO flight VALUES (4, 'x', 1)", "begin with SELECT"],
    ["DELETE FROM flight", "begin with SELECT"],
    ["DROP TABLE flight", "begin with SELECT"],
    ["PRAGMA writable_schema = 1", "begin with SELECT"],
    ["PRAGMA journal_mode = DELETE", "begin with SELECT"],
    ["ATTACH 'OTHER' AS other", "begin with SELECT"],
    ["VACUUM INTO 'OTHER'", "begin with SELECT"],
    ["BEGIN IMMEDIATE", "begin with SELECT"],
    ["CREATE TEMP TABLE t (x)", "begin with SELECT"],
    ["/* SELECT */ DELETE FROM flight", "begin with SELECT"],
    ["-- SELECT\nDELETE FROM flight", "begin with SELECT"],
    ["-- SELECT\rDELETE FROM flight", "begin with SELECT"],
    ["SELECT 1; DELETE FROM flight", "One statement at a time"],
    ["SELECT 1;;; DELETE FROM flight", "One statement at a time"],
    ["SELECT '/*'; DELETE FROM flight; --*/'", "One statement at a time"],
    ['SELECT "a;b" FROM flight; DELETE FROM flight', "One statement at a time"],
    ["SELECT [--] FROM flight; DELETE FROM flight", "One statement at a time"],
    ["SELECT `;`; DELETE FROM flight", "One statement at a time"],
    ["", "no statement"],
    [" ; -- nothing", "no statement"],
    ["SELECT 'open", "not closed"],
    ["SELECT (1", "brackets"],
    ["SELECT 1\0; DELETE FROM flight", "null character"],
  ])("%j is refused before it is run", async (sql, words) => {
    const refusal = query(sql.replace("OTHER", join(folder, "other.db")));
    await expect(refusal).rejects.toThrow(ToolRefusal);
    await expect(refusal).rejects.toThrow(words);
  });

  /** What begins as a query does and is none: only the database keeps it out. */
  test.each(
    rows(
      [
        ["WITH x AS (SELECT 1) INSERT INTO flight SELECT 4, 'x', 1", "Only reading is allowed"],
        ["SELECT load_extension('/tmp/evil.so')", "load_extension"],
        ["SELECT * FROM pragma_journal_mode", "Only reading is allowed"],
        ["SELECT * FROM nowhere", "SQLite: no such table: nowhere"],
      ],
      [
        ["WITH x AS (SELECT 1) DELETE FROM flight", "Only reading is allowed"],
        ["WITH x AS (SELECT 1) UPDATE flight SET fare = 0 RETURNING *", "Only reading is allowed"],
        ["WITH x AS (SELECT 1) REPLACE INTO flight SELECT 1, 'x', 1", "Only reading is allowed"],
        ["EXPLAIN DELETE FROM flight", "Only reading is allowed"],
        ["SELECT fts3_tokenizer('simple', x'00')", "fts3_tokenizer"],
        ["SELECT writefile('OTHER', 'x')", "writefile"],
        ["SELECT randomblob(999999999)", "too much memory"],
      ],
    ),
  )("%s", async (sql, words) => {
    const before = readFileSync(file);
    await expect(query(sql.replace("OTHER", join(folder, "other.db")))).rejects.toThrow(words);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(join(folder, "other.db"))).toBe(false);
  });

  test.runIf(long)("a query that fills the memory is ended", async () => {
    const blobs =
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT zeroblob(9999999) AS b FROM n";
    await expect(query(`${blobs} ORDER BY b`, { timeout: 15_000 })).rejects.toThrow(
      "too much memory",
    );
  });

  test("rows and bytes have an end, which is told", async () => {
    const many = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n";
    const some = await query(many, { maxRows: 3 });
    expect(some).toEqual({
      columns: ["x"],
      rows: [[1], [2], [3]],
      truncated: "only the first 3 rows",
    });
    const wide = await query(`SELECT printf('%0400d', x) FROM (${many})`, { maxBytes: 5000 });
    expect([wide.rows.length, wide.truncated]).toEqual([12, "only the first 5000 bytes of rows"]);
    const [[cell]] = (await query("SELECT printf('%0900000d', 1) AS x", { maxBytes: 5000 }))
      .rows as [[string]];
    expect(cell).toBe(`${"0".repeat(500)}… (900000 characters)`);
  });

  test("an endless query is ended, and its process with it", async () => {
    const endless =
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 10);
    await expect(query(endless, { timeout: 300 })).rejects.toThrow("ran longer than 300 ms");
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(10);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("stop")), 300);
    const aborted = ask(endless, { database: file, timeout: 60_000 }, controller.signal);
    await expect(aborted).rejects.toThrow("stop");
    await expect.poll(() => childrenOf(process.pid), { timeout: 5000 }).toEqual([]);
  });

  test.runIf(process.platform === "linux")(
    "when the program is killed, an endless query does not go on for ever",
    async () => {
      const program = `
        import { sqlTools } from "@polycall/agent/tools";
        const sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
        setTimeout(() => console.log("ready"), 800);
        await sqlTools({ database: process.argv[1], timeout: 1500 })[1].execute({ sql }, { toolCallId: "c" });`;
      const cwd = new URL("../..", import.meta.url);
      const parent = spawn(process.execPath, ["--input-type=module", "-e", program, file], { cwd });
      await new Promise((ready) => parent.stdout.once("data", ready));
      const [child] = await childrenOf(parent.pid!);
      expect(child).toBeDefined();
      parent.kill("SIGKILL");
      const end = performance.now() + 10_000;
      while (existsSync(`/proc/${child}/stat`) && performance.now() < end) await delay(100);
      expect(existsSync(`/proc/${child}/stat`)).toBe(false);
    },
  );

  test("a DatabaseSync is read beside its own connection, one in memory as a copy", async () => {
    copyFileSync(file, join(folder, "wal.db"));
    const open = new DatabaseSync(join(folder, "wal.db"));
    open.exec("PRAGMA journal_mode = WAL; INSERT INTO flight VALUES (4, 'Oslo', 500)");
    const count = "SELECT count(*) AS n FROM flight";
    expect((await ask(count, { database: open })).rows).toEqual([[4]]);
    open.close();
    const memory = new DatabaseSync(":memory:");
    memory.exec(flights);
    for (const expected of [3, 4]) {
      expect((await ask(count, { database: memory })).rows).toEqual([[expected]]);
      await expect(
        ask("WITH x AS (SELECT 1) DELETE FROM flight", { database: memory }),
      ).rejects.toThrow("Only reading");
      memory.exec("INSERT INTO flight VALUES (4, 'Oslo', 500) ON CONFLICT DO NOTHING");
    }
    memory.close();
  });

  test("nothing of the environment goes along", async () => {
    process.env.POLYCALL_TEST_KEY = "secret";
    const endless =
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
    const running = query(endless, { timeout: 1500 }).catch(() => {});
    await delay(600);
    if (process.platform === "linux") {
      const [child] = await childrenOf(process.pid);
      expect(readFileSync(`/proc/${child}/environ`, "utf8")).not.toContain("POLYCALL_TEST_KEY");
    }
    delete process.env.POLYCALL_TEST_KEY;
    await running;
  });

  test("what is no database is told", async () => {
    expect(() => sqlTools({ database: join(folder, "nothing.db") })).toThrow(InvalidRequestError);
    expect(() => sqlTools({ database: 4 as unknown as string })).toThrow(InvalidRequestError);
    writeFileSync(
      join(folder, "x.db"),
      "no database at all, but long enough to be looked into".repeat(99),
    );
    await expect(ask("SELECT 1 FROM t", { database: join(folder, "x.db") })).rejects.toThrow(
      "SQLite: file is not a database",
    );
  });
});

/** Processes that this one has started and not yet taken note of the end of. */
async function childrenOf(pid: number): Promise<string[]> {
  await delay(50);
  const threads = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return threads === "" ? [] : threads.split(" ");
}

describe("Postgres", () => {
  let server: Server | undefined;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await postgresServer();
    if (!server) return;
    // One connection, so that what a query leaves behind is met by the next one.
    pool = new pg.Pool({ connectionString: server.url, max: 1 });
    await pool.query(`${flights}
      CREATE SEQUENCE numbers;
      CREATE FUNCTION sneaky() RETURNS int LANGUAGE sql AS 'INSERT INTO secret VALUES (''x''); SELECT 1';
      CREATE FUNCTION lying() RETURNS int STABLE LANGUAGE plpgsql AS $$ BEGIN INSERT INTO secret VALUES ('x'); RETURN 1; END $$;`);
  });
  afterAll(async () => {
    await pool?.end();
    await server?.stop();
  });
  const query = (sql: string, options: Partial<SqlToolsOptions> = {}) =>
    ask(sql, { database: pool, ...options });

  test("queries and their types", async ({ skip }) => {
    if (!server) return skip();
    expect(await query("SELECT city, fare FROM flight ORDER BY id LIMIT 2; -- done")).toEqual({
      columns: ["city", "fare"],
      rows: [
        ["London", 799],
        ["Paris", 899],
      ],
    });
    expect(
      await query(
        "SELECT 1 AS a, 2 AS a, 9007199254740993, 0.1::numeric, true, NULL, ARRAY[1, 2], DATE '2026-11-26', $x$it's; -- $x$, E'a\\'b'",
      ),
    ).toEqual({
      columns: [
        "a",
        "a",
        "?column?",
        "numeric",
        "?column?",
        "?column?",
        "array",
        "date",
        "?column?",
        "?column?",
      ],
      rows: [[1, 2, "9007199254740993", 0.1, true, null, [1, 2], "2026-11-26", "it's; -- ", "a'b"]],
    });
    expect((await query("TABLE secret")).rows).toEqual([]);
    expect((await query("(SELECT 1) UNION SELECT 2 ORDER BY 1")).rows).toEqual([[1], [2]]);
    expect((await query("WITH f AS (SELECT * FROM flight) SELECT count(*) FROM f")).rows).toEqual([
      [3],
    ]);
    const told = await sqlTools({ database: pool })[0].execute({}, { toolCallId: "c" });
    expect(told.tables).toEqual({
      "public.flight": ["id integer not null", "city text not null", "fare numeric"],
      "public.secret": ["word text"],
    });
  });

  test("nothing is written, done or left behind", async ({ skip }) => {
    if (!server) return skip();
    const before = await pool.query("SELECT pg_backend_pid() AS pid");
    for (const [sql, words] of [
      ["INSERT INTO secret VALUES ('x')", "begin with SELECT"],
      ["COPY flight TO PROGRAM 'touch /tmp/polycall-evil'", "begin with SELECT"],
      ["DO $$ BEGIN DELETE FROM flight; END $$", "begin with SELECT"],
      ["SET statement_timeout = 0", "begin with SELECT"],
      ["COMMIT", "begin with SELECT"],
      ["SELECT 1; COMMIT; DELETE FROM flight", "One statement"],
      ["SELECT 1 /* /* nested */ ; */; DELETE FROM flight", "One statement"],
      ["SELECT $a$ ; $b$ $a$; DELETE FROM flight", "One statement"],
      ["SELECT E'\\''; DELETE FROM flight --'", "One statement"],
      ["SELECT 1) AS q; DELETE FROM flight; SELECT * FROM (SELECT 1", "One statement"],
      ["SELECT 1) AS q UNION SELECT * FROM (SELECT 2", "brackets"],
      ["WITH x AS (DELETE FROM flight RETURNING *) SELECT * FROM x", "must be at the top level"],
      ["WITH x AS (INSERT INTO secret VALUES ('x') RETURNING *) SELECT * FROM x", "top level"],
      ["SELECT * INTO copied FROM flight", "Postgres:"],
      ["SELECT * FROM flight FOR UPDATE", "Only reading is allowed"],
      ["SELECT lying()", "not allowed in a non-volatile function"],
      ["SELECT sneaky()", "function sneaky is not allowed"],
      ["SELECT public.sneaky ()", "function sneaky is not allowed"],
      ['SELECT public . "sneaky" /* */ ()', "function sneaky is not allowed"],
      ['SELECT U&"\\0073neaky"()', "not read here"],
      ["SELECT nextval('numbers')", "function nextval is not allowed"],
      ["SELECT set_config('transaction_read_only', 'off', false)", "set_config is not allowed"],
      ["SELECT pg_sleep(60)", "pg_sleep is not allowed"],
      ["SELECT pg_terminate_backend(pg_backend_pid())", "is not allowed"],
      ["SELECT pg_advisory_lock(1)", "is not allowed"],
      ["SELECT PG_Read_File('/etc/passwd')", "pg_read_file is not allowed"],
      ["SELECT pg_ls_dir('.')", "is not allowed"],
      ["SELECT lo_export(1, '/tmp/polycall-evil')", "lo_export is not allowed"],
      ["SELECT query_to_xml('delete from flight', true, true, '')", "query_to_xml is not allowed"],
      ["SELECT pg_notify('a', 'b')", "pg_notify is not allowed"],
      [`SELECT ${"a".repeat(64)}()`, "There is no function"],
      ["SELECT * FROM nothing", 'relation "nothing" does not exist'],
      ["SELECT 1 +", "Postgres: syntax error"],
    ] as const) {
      const refusal = query(sql);
      await expect(refusal, sql).rejects.toThrow(ToolRefusal);
      await expect(refusal, sql).rejects.toThrow(words);
    }
    const { rows } = await pool.query(
      `SELECT pg_backend_pid() AS pid, current_setting('transaction_read_only') AS ro,
        current_setting('statement_timeout') AS timeout, (SELECT count(*) FROM flight)::int AS flights,
        (SELECT count(*) FROM secret)::int AS secrets`,
    );
    expect(rows).toEqual([
      { pid: before.rows[0].pid, ro: "off", timeout: "0", flights: 3, secrets: 0 },
    ]);
    expect(existsSync("/tmp/polycall-evil")).toBe(false);
  });

  test("without each guard the way would be open", async ({ skip }) => {
    if (!server) return skip();
    // The simple protocol takes several statements, and a plain connection all of the functions.
    await pool.query("BEGIN; SELECT sneaky(); ROLLBACK");
    const { rows } = await pool.query("SELECT length(pg_read_file('PG_VERSION')) > 0 AS read");
    expect(rows).toEqual([{ read: true }]);
    // A function that the program allows still cannot write.
    const allowed = { functions: ["sneaky", "pg_sleep"] };
    await expect(query("SELECT sneaky()", allowed)).rejects.toThrow("Only reading is allowed");
  });

  test("time, rows and bytes have an end", async ({ skip }) => {
    if (!server) return skip();
    const endless =
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT count(*) FROM n";
    await expect(query(endless, { timeout: 300 })).rejects.toThrow("ran longer than 300 ms");
    const some = await query("SELECT x FROM generate_series(1, 10000) AS x", { maxRows: 2 });
    expect(some).toEqual({ columns: ["x"], rows: [[1], [2]], truncated: "only the first 2 rows" });
    const wide = await query("SELECT repeat('x', 999) FROM generate_series(1, 100)", {
      maxBytes: 5000,
    });
    expect([wide.rows.length, wide.truncated]).toEqual([4, "only the first 5000 bytes of rows"]);
    const huge = await query("SELECT repeat('x', 9000000)", { timeout: 15_000 });
    expect(huge).toEqual({
      columns: ["repeat"],
      rows: [],
      truncated: "only the first 50000 bytes of rows",
    });
  });

  test("an aborted query gives up its connection, and the pool makes a new one", async ({
    skip,
  }) => {
    if (!server) return skip();
    const endless =
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT count(*) FROM n";
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("stop")), 200);
    const options = { database: pool, timeout: 1500 };
    await expect(ask(endless, options, controller.signal)).rejects.toThrow("stop");
    expect((await query("SELECT 1 AS one")).rows).toEqual([[1]]);
  });
});

test("what is in a database counts as text from outside", () => {
  const database = new DatabaseSync(":memory:");
  expect(sqlTools({ database })[1].policy).toMatchObject({ untrusted: true });
  expect(sqlTools({ database, untrusted: false })[0].policy).toMatchObject({ untrusted: false });
});

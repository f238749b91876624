/** A store in PostgreSQL 14 or newer, through a pool of `pg`. Each method is one statement. */
import { InvalidRequestError } from "@polycall/core";
import { type Store, VersionConflictError } from "../store.ts";
import { queryWords, textWords } from "../words.ts";
import {
  checkLimit,
  checkLog,
  checkPrefix,
  checkRange,
  closedError,
  defaultLimit,
  linesToAppend,
  readLine,
  storeError,
} from "./entries.ts";
import { postgresSql } from "./postgres-sql.ts";

/** What the store asks of a pool: `new Pool()` of `pg`, or what queries as it does. */
export interface PostgresPool {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

export interface PostgresOptions {
  pool: PostgresPool;
  /** How the names of its two tables begin. Default "polycall". */
  prefix?: string;
}

/**
 * Keeps logs in the tables `polycall_logs` and `polycall_entries`, which it makes on first use where they
 * are missing. The pool stays yours: `close()` does not end it.
 * @throws StoreError, from each method, when the database refuses or cannot be reached
 */
export function postgresStore({ pool, prefix = "polycall" }: PostgresOptions): Store {
  if (!/^[a-z_][a-z0-9_]{0,39}$/.test(prefix))
    throw new InvalidRequestError(
      `prefix is ${JSON.stringify(prefix)}; use up to 40 small letters, digits and "_".`,
      { param: "prefix" },
    );
  const sql = postgresSql(prefix);
  let tables: Promise<void> | undefined;
  let closed = false;

  async function makeTables(): Promise<void> {
    const { rows } = await pool.query(sql.exists);
    if (!(rows[0] as { exists: boolean }).exists) await pool.query(sql.create);
  }
  async function query<Row>(doing: string, text: string, values: unknown[]): Promise<Row[]> {
    if (closed) throw closedError();
    try {
      tables ??= makeTables();
      await tables;
    } catch (error) {
      tables = undefined;
      throw storeError("make its tables", error);
    }
    try {
      return (await pool.query(text, values)).rows as Row[];
    } catch (error) {
      throw storeError(doing, error);
    }
  }
  async function version(log: string): Promise<number> {
    checkLog(log);
    const [row] = await query<{ version: number }>(`read "${log}"`, sql.version, [log]);
    return row?.version ?? 0;
  }

  return {
    async append(log, expected, entries) {
      const lines = linesToAppend(log, expected, entries);
      const json = lines.map((line) => line.json);
      const words = lines.map(({ text }) => [...textWords(text ?? "")].join(" ") || null);
      const text = expected === 0 ? sql.begin : sql.append;
      for (;;) {
        if (lines.length > 0) {
          const values = [log, expected, lines.length, json, words];
          const added = await query(`append to "${log}"`, text, values);
          if (added.length > 0) return expected + lines.length;
        }
        const actual = await version(log);
        if (actual !== expected) throw new VersionConflictError(log, expected, actual);
        if (lines.length === 0) return expected;
      }
    },
    async read(log, options) {
      checkLog(log);
      const { from, to } = checkRange(options);
      const values = [log, from, to];
      const rows = await query<{ n: number; entry: string }>(`read "${log}"`, sql.read, values);
      return rows.map(({ n, entry }) => readLine(log, n, entry));
    },
    version,
    async list(prefix, { limit } = {}) {
      checkPrefix(prefix);
      return query("list its logs", sql.list, [prefix, checkLimit(limit)]);
    },
    async search(asked, { prefix, limit }) {
      checkPrefix(prefix);
      const words = queryWords(asked);
      const wanted = checkLimit(limit, defaultLimit);
      if (words.length === 0) return [];
      const any = words.map((word) => `'${word}'`).join(" | ");
      const values = [any, words, prefix, wanted];
      type Row = { name: string; n: number; entry: string };
      const rows = await query<Row>("search its logs", sql.search, values);
      return rows.map(({ name, n, entry }) => ({
        log: name,
        index: n,
        entry: readLine(name, n, entry),
      }));
    },
    async delete(log) {
      checkLog(log);
      await query(`delete "${log}"`, sql.delete, [log]);
    },
    async close() {
      closed = true;
    },
  };
}

/** A database as tools: its tables, and queries that read. */
import { InvalidRequestError } from "@polycall/core";
import { type PostgresPool, postgresEngine } from "./postgres.ts";
import { readyTool } from "./ready.ts";
import type { SqlEngine, SqlLimits } from "./sql-rows.ts";
import { type SqliteDatabase, sqliteEngine } from "./sqlite.ts";

export interface SqlToolsOptions {
  /**
   * The path of a SQLite file, a `DatabaseSync` of node:sqlite (its file is opened once more, to read; one in
   * memory is copied for each query), or a `Pool` of pg.
   */
  database: string | SqliteDatabase | PostgresPool;
  /** Default 200. */
  maxRows?: number;
  /** Bytes of rows, as JSON. Default 50,000. */
  maxBytes?: number;
  /** ms for one query, which is then stopped. Default 5,000. */
  timeout?: number;
  /** Postgres: functions of yours that are volatile and may be called all the same. */
  functions?: readonly string[];
  /** Asks a person first, always or for these queries. */
  needsApproval?: boolean | ((args: { sql: string }) => boolean | Promise<boolean>);
  /** Whether what is in the tables was written by others: marked as data for the model. Default true. */
  untrusted?: boolean;
}

/**
 * `describe_tables` and `query_sql`. A query is one statement that reads; writing fails in the database itself.
 * It sees all that the file holds, or that the pool's role may read: give a role of its own that may only read
 * what the model may know.
 * @throws InvalidRequestError for what is no database
 */
export function sqlTools(options: SqlToolsOptions) {
  const {
    maxRows = 200,
    maxBytes = 50_000,
    timeout = 5000,
    needsApproval,
    untrusted = true,
  } = options;
  const engine = engineOf(options);
  const limits: SqlLimits = { maxRows, maxBytes, timeout };
  const name = engine.dialect === "sqlite" ? "SQLite" : "Postgres";
  const policy = { untrusted, timeout: timeout + 20_000 };
  return [
    readyTool({
      name: "describe_tables",
      description: `Lists the tables and views of the ${name} database with their columns and types.`,
      properties: {},
      required: [],
      ...policy,
      execute: async (_, { signal }) => {
        const all = { ...limits, maxRows: 5000, maxBytes: 500_000 };
        const { rows, truncated } = await engine.query(engine.schema, all, signal);
        const tables: Record<string, string[]> = {};
        for (const [table, column, type] of rows) {
          tables[String(table)] ??= [];
          tables[String(table)]!.push(`${column} ${type}`.trim());
        }
        return { tables, ...(truncated && { truncated }) };
      },
    }),
    readyTool({
      name: "query_sql",
      description:
        `Runs one SELECT in the ${name} database; nothing can be changed. At most ${maxRows} rows are given: ` +
        "count, group and limit in SQL.",
      properties: {
        sql: { type: "string", description: `one statement in ${name}'s SQL`, maxLength: 20_000 },
      },
      required: ["sql"],
      ...policy,
      ...(needsApproval !== undefined && { needsApproval }),
      execute: async ({ sql }, { signal }) => engine.query(sql, limits, signal),
    }),
  ] as const;
}

function engineOf({ database, functions = [] }: SqlToolsOptions): SqlEngine {
  if (typeof database === "string") return sqliteEngine(database);
  if (typeof database === "object" && database !== null) {
    if ("location" in database && typeof database.location === "function")
      return sqliteEngine(database);
    if ("connect" in database && typeof database.connect === "function")
      return postgresEngine(database, functions);
  }
  throw new InvalidRequestError(
    "database is the path of a SQLite file, a DatabaseSync, or a Pool of pg.",
    { param: "database" },
  );
}

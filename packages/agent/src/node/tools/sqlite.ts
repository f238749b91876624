/** Reads a SQLite database in a process of its own, since node:sqlite can be ended in no other way. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { InvalidRequestError } from "@polycall/core";
import { sourceOf, within } from "./isolate.ts";
import { ToolRefusal } from "./ready.ts";
import type { Rows, SqlEngine, SqlLimits } from "./sql-rows.ts";
import { readStatement } from "./sql-text.ts";
import { runInProcess, type SqliteAnswer, type SqliteJob } from "./sqlite-process.ts";

/** What is used of `DatabaseSync`. */
export interface SqliteDatabase {
  location(): string | null;
  /** For a database in memory: newer versions of Node have it. */
  serialize?(): Uint8Array;
}

const schema = `
  SELECT m.name, c.name, c.type || iif(c.pk, ' primary key', '') || iif(c."notnull", ' not null', '')
  FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
  WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
  ORDER BY m.name, c.cid`;

/** @throws InvalidRequestError when there is no such file */
export function sqliteEngine(database: string | SqliteDatabase): SqlEngine {
  if (typeof database === "string" && !existsSync(database))
    throw new InvalidRequestError(`There is no database file ${JSON.stringify(database)}.`);
  return {
    dialect: "sqlite",
    schema,
    query: async (sql, limits, signal) => {
      const { text } = readStatement(sql, "sqlite");
      return query({ ...limits, sql: text, database: source(database) }, signal);
    },
  };
}

/** A file as the process opens it; a database in memory as a copy of it. */
function source(database: string | SqliteDatabase): string | Uint8Array {
  if (typeof database === "string") return database;
  const file = database.location();
  if (file) return file;
  if (!database.serialize)
    throw new InvalidRequestError(
      "This Node cannot copy a database that is in memory. Give the path of a file, or use a newer Node.",
    );
  return database.serialize();
}

/** What a child needs of the environment to start. No key of the program's is among it. */
const startNames = ["SystemRoot", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

async function query(job: SqliteJob & SqlLimits, signal: AbortSignal | undefined): Promise<Rows> {
  signal?.throwIfAborted();
  const env = Object.fromEntries(startNames.map((name) => [name, process.env[name]]));
  const child = spawn(process.execPath, ["--no-warnings", "-e", sourceOf(runInProcess)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    serialization: "advanced",
    env: env as NodeJS.ProcessEnv,
  });
  let complaint = "";
  child.stderr!.on("data", (data) => {
    if (complaint.length < 1000) complaint += data;
  });
  const late = () =>
    new ToolRefusal(`The query ran longer than ${job.timeout} ms and was stopped. Ask for less.`);
  let timer: NodeJS.Timeout | undefined;
  const rows = new Promise<Rows>((resolve, reject) => {
    child.on("message", (answer: SqliteAnswer) => {
      if ("ready" in answer) timer = setTimeout(() => reject(late()), job.timeout);
      else if ("rows" in answer) resolve(answer.rows);
      else reject(new ToolRefusal(toldOf(answer.refused)));
    });
    child.once("error", reject);
    // Ended by the thread that watches it there; an end in time comes from here before.
    child.once("exit", () =>
      reject(
        new ToolRefusal("The query used too much memory and was stopped.", { cause: complaint }),
      ),
    );
    child.send(job, (error) => error && reject(error));
  });
  try {
    return await within(rows, { ms: job.timeout + 10_000, late, signal });
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}

function toldOf(message: string): string {
  if (/not authorized|readonly|read-only|query_only/i.test(message))
    return `Only reading is allowed: ${message}.`;
  if (/out of memory|string or blob too big/i.test(message))
    return `The query needs too much memory: ${message}.`;
  return `SQLite: ${message}`;
}

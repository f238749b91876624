/** A SQLite file that several processes use: transactions that wait for one another without blocking this one. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { StoreError, storeError } from "../stores/errors.ts";

/** One row, its values in the order of the columns. */
export type Row = readonly (string | number | null | Uint8Array)[];

export interface SqliteFileOptions {
  /** A path, or ":memory:". */
  path: string;
  /** ms to wait for another process that is writing. */
  busyTimeout: number;
  /** Run in the transaction that opens the file; does nothing the second time. */
  schema: string;
}

/** What SQLite itself waits stops the whole process, so it is short; the rest of the wait is ours. */
const blockingMs = 5;

/** Statements by their text, prepared once. */
export class Sql {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }
  #prepared(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (!statement) {
      statement = this.#db.prepare(text);
      statement.setReturnArrays(true);
      // Filters come in ever new shapes.
      if (this.#statements.size >= 200) this.#statements.clear();
      this.#statements.set(text, statement);
    }
    return statement;
  }
  all(text: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepared(text).all(...values) as unknown as Row[];
  }
  first(text: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepared(text).get(...values) as unknown as Row | undefined;
  }
  each(text: string, ...values: SQLInputValue[]): Iterable<Row> {
    return this.#prepared(text).iterate(...values) as unknown as Iterable<Row>;
  }
  /** @returns the id of the row that it put in */
  run(text: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepared(text).run(...values).lastInsertRowid);
  }
}

export class SqliteFile {
  readonly #options: SqliteFileOptions;
  #db: DatabaseSync | undefined;
  #sql: Sql | undefined;
  #closed = false;

  constructor(options: SqliteFileOptions) {
    this.#options = options;
  }

  /** All that the work reads is of one moment. */
  read<T>(doing: string, work: (sql: Sql) => T): Promise<T> {
    return this.#transaction(doing, "begin", work);
  }

  /** All of the work, or none of it. */
  write<T>(doing: string, work: (sql: Sql) => T): Promise<T> {
    return this.#transaction(doing, "begin immediate", work);
  }

  close(): void {
    this.#closed = true;
    this.#db?.close();
    this.#db = undefined;
  }

  /** The work, again and again while others hold the file. */
  async #transaction<T>(doing: string, begin: string, work: (sql: Sql) => T): Promise<T> {
    const patience = performance.now() + this.#options.busyTimeout;
    for (;;) {
      try {
        return this.#try(begin, work);
      } catch (error) {
        if (!isBusy(error) || performance.now() > patience) throw storeError(doing, error);
      }
      await delay(10 * Math.random());
    }
  }

  #try<T>(begin: string, work: (sql: Sql) => T): T {
    const db = this.#open();
    db.exec(begin);
    try {
      const result = work(this.#sql!);
      db.exec("commit");
      return result;
    } finally {
      if (db.isTransaction) db.exec("rollback");
    }
  }

  #open(): DatabaseSync {
    if (this.#closed) throw new StoreError("The store is closed.");
    if (this.#db) return this.#db;
    const { path, schema } = this.#options;
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
    // Not imported, so that who never opens a file is not told that node:sqlite is experimental.
    const sqlite = process.getBuiltinModule("node:sqlite");
    const db = new sqlite.DatabaseSync(path, { timeout: blockingMs });
    try {
      // A commit outlives the death of the process; after a power cut the next ingestion repeats the last.
      db.exec(
        "pragma journal_mode = wal; pragma synchronous = normal; pragma mmap_size = 268435456;",
      );
      db.exec(`begin immediate; ${schema} commit;`);
      this.#sql = new Sql(db);
      this.#db = db;
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  }
}

/** SQLITE_BUSY, SQLITE_LOCKED and SQLITE_PROTOCOL, by the low byte of the extended code. */
function isBusy(error: unknown): boolean {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" && [5, 6, 15].includes(code & 0xff);
}

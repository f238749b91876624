/** One SQLite file: opened on first use, shared with other processes without blocking this one. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { closedError, storeError } from "../stores/entries.ts";

export interface SqliteOptions {
  /** ms to wait for another process that is writing. Default 5000. */
  busyTimeout?: number;
  /**
   * When an append is kept: "full" outlives a power cut, "normal" the death of the process, and is
   * faster. Default "full".
   */
  synchronous?: "full" | "normal";
}

/** SQLite's own wait stops the whole process, so it is short; the rest of the wait is ours. */
const blockingMs = 5;
const pauseMs = 10;

/**
 * @param schema SQL that is run when the file is opened, and does nothing the second time
 * @param prepare makes the statements that `read` and `write` hand to their work
 */
export function sqliteFile<Statements>(
  path: string,
  { busyTimeout = 5000, synchronous = "full" }: SqliteOptions,
  schema: string,
  prepare: (db: DatabaseSync) => Statements,
) {
  let opened: { db: DatabaseSync; statements: Statements } | undefined;
  let closed = false;

  function open() {
    if (closed) throw closedError();
    if (opened) return opened;
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
    const db = new DatabaseSync(path, { timeout: blockingMs });
    try {
      db.exec(`pragma journal_mode = wal; pragma synchronous = ${synchronous};`);
      db.exec(`begin immediate; ${schema} commit;`);
      opened = { db, statements: prepare(db) };
      return opened;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Does the work, again and again while others hold the file. */
  async function patiently<T>(doing: string, work: () => T): Promise<T> {
    const patience = performance.now() + busyTimeout;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || performance.now() > patience) throw storeError(doing, error);
      }
      await delay(pauseMs * Math.random());
    }
  }

  return {
    read: <T>(doing: string, work: (statements: Statements) => T): Promise<T> =>
      patiently(doing, () => work(open().statements)),
    /** All of the work, or none of it. */
    write: <T>(doing: string, work: (statements: Statements) => T): Promise<T> =>
      patiently(doing, () => {
        const { db, statements } = open();
        db.exec("begin immediate");
        try {
          const result = work(statements);
          db.exec("commit");
          return result;
        } catch (error) {
          if (db.isTransaction) db.exec("rollback");
          throw error;
        }
      }),
    close(): void {
      closed = true;
      opened?.db.close();
      opened = undefined;
    },
  };
}

/** SQLITE_BUSY, SQLITE_LOCKED and SQLITE_PROTOCOL, by the low byte of the extended code. */
function isBusy(error: unknown): boolean {
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === "number" && [5, 6, 15].includes(code & 0xff);
}

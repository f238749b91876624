/** Vectors in one SQLite file: many processes may use it, and a crash loses at most the batch under way. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { PolycallError } from "@polycall/core";
import type { EmbeddingCache } from "../cache.ts";

export interface FileCacheOptions {
  /** Beyond it what was written first is forgotten. Default 2 GiB. */
  maxBytes?: number;
}

export interface FileCache extends EmbeddingCache {
  /** Closes the file; the cache is opened anew when it is used again. */
  close(): void;
  [Symbol.dispose](): void;
}

/** What of the vectors is forgotten at a time. */
const forgotten = 0.1;

const schema = `
  PRAGMA busy_timeout = 10000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS vectors (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    vector BLOB NOT NULL
  );
`;

/**
 * Vectors in a file, as 32-bit floats. Needs Node's own SQLite.
 * @throws PolycallError, when it is first used, for a file that is something else
 */
export function fileCache(path: string, { maxBytes = 2 ** 31 }: FileCacheOptions = {}): FileCache {
  let open: Opened | undefined;
  const opened = () => {
    open ??= openAt(path);
    return open;
  };
  const close = () => {
    open?.db.close();
    open = undefined;
  };
  return {
    get(keys) {
      const { read } = opened();
      return keys.map((key) => {
        const row = read.get(bytesOf(key)) as { vector: Uint8Array } | undefined;
        return row && floatsOf(row.vector);
      });
    },
    set(entries) {
      const { db, write } = opened();
      db.exec("BEGIN IMMEDIATE");
      try {
        for (const [key, { buffer, byteOffset, byteLength }] of entries) {
          write.run(bytesOf(key), new Uint8Array(buffer, byteOffset, byteLength));
        }
        forget(db, maxBytes);
        db.exec("COMMIT");
      } finally {
        // What fails for want of room has ended the transaction already.
        if (db.isTransaction) db.exec("ROLLBACK");
      }
    },
    close,
    [Symbol.dispose]: close,
  };
}

interface Opened {
  db: DatabaseSync;
  read: StatementSync;
  write: StatementSync;
}

function openAt(path: string): Opened {
  let db: DatabaseSync | undefined;
  try {
    // Loaded here: it is not everywhere, and warns where it is experimental.
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
    db = new DatabaseSync(path);
    db.exec(schema);
    const read = db.prepare("SELECT vector FROM vectors WHERE key = ?");
    const write = db.prepare("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)");
    return { db, read, write };
  } catch (cause) {
    db?.close();
    const why = (cause as Error).message;
    throw new PolycallError(`${path} cannot be used as a cache of vectors: ${why}.`, { cause });
  }
}

function forget(db: DatabaseSync, maxBytes: number): void {
  const pragma = (name: string) => Number(Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0]);
  const used = () => (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
  while (used() > maxBytes) {
    const { count } = db.prepare("SELECT count(*) AS count FROM vectors").get() as {
      count: number;
    };
    if (count === 0) return;
    const most = Math.ceil(count * forgotten);
    db.prepare("DELETE FROM vectors WHERE id IN (SELECT id FROM vectors ORDER BY id LIMIT ?)").run(
      most,
    );
  }
}

const bytesOf = (key: string) => Buffer.from(key, "hex");

/** The floats of a blob, which may begin anywhere in its buffer. */
function floatsOf(blob: Uint8Array): Float32Array | undefined {
  return blob.byteLength % 4 ? undefined : new Float32Array(blob.slice().buffer);
}

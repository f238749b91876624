/** A store in one SQLite file, through the `node:sqlite` that Node has. Several processes may use the file. */
import type { DatabaseSync } from "node:sqlite";
import { type LogInfo, type Store, VersionConflictError } from "../store.ts";
import {
  checkLimit,
  checkLog,
  checkPrefix,
  checkRange,
  defaultLimit,
  linesToAppend,
  readLine,
} from "../stores/entries.ts";
import { queryWords, textWords } from "../words.ts";
import { type SqliteOptions, sqliteFile } from "./sqlite-file.ts";

export type { SqliteOptions } from "./sqlite-file.ts";

/** `ascii` takes every character beyond ASCII for a letter, so the words stay as `textWords` made them. */
const schema = `
  create table if not exists polycall_logs (
    id integer primary key, name text not null unique, version integer not null,
    updated_at integer not null, last integer not null
  ) strict;
  create table if not exists polycall_entries (
    id integer primary key, log integer not null, n integer not null, entry text not null,
    unique (log, n)
  ) strict;
  create virtual table if not exists polycall_words using fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii'
  );
`;

/** Names beginning with the prefix: SQLite compares bytes, and no UTF-8 text has the byte FF. */
const begins = "name >= :prefix and name < :prefix || cast(x'ff' as text)";

function prepare(db: DatabaseSync) {
  return {
    log: db.prepare("select id, version from polycall_logs where name = ?"),
    addLog: db.prepare("insert into polycall_logs values (null, ?, 0, 0, 0)"),
    addEntry: db.prepare("insert into polycall_entries values (null, ?, ?, ?)"),
    addWords: db.prepare("insert into polycall_words (rowid, words) values (?, ?)"),
    grow: db.prepare("update polycall_logs set version = ?, updated_at = ?, last = ? where id = ?"),
    read: db.prepare(
      `select n, entry from polycall_entries
       where log = (select id from polycall_logs where name = ?) and n >= ? and n < ? order by n`,
    ),
    list: db.prepare(
      `select name as log, version, updated_at as updatedAt from polycall_logs
       where ${begins} order by last desc limit :limit`,
    ),
    search: db.prepare(
      `select name, n, entry from polycall_words
       join polycall_entries e on e.id = polycall_words.rowid join polycall_logs on polycall_logs.id = log
       where polycall_words match :query and ${begins}
       order by bm25(polycall_words), e.id desc limit :limit`,
    ),
    deleteWords: db.prepare(
      "delete from polycall_words where rowid in (select id from polycall_entries where log = ?)",
    ),
    deleteEntries: db.prepare("delete from polycall_entries where log = ?"),
    deleteLog: db.prepare("delete from polycall_logs where id = ?"),
  };
}

/**
 * Keeps logs in the file at `path`, which is made with its folder on first use; ":memory:" keeps them in
 * this process.
 * @throws StoreError, from each method, when the file cannot be read or written
 */
export function sqliteStore(path: string, options: SqliteOptions = {}): Store {
  const file = sqliteFile(path, options, schema, prepare);
  type Log = { id: number; version: number } | undefined;
  return {
    async append(log, version, entries) {
      const lines = linesToAppend(log, version, entries);
      return file.write(`append to "${log}"`, (sql) => {
        const known = sql.log.get(log) as Log;
        const actual = known?.version ?? 0;
        if (actual !== version) throw new VersionConflictError(log, version, actual);
        if (lines.length === 0) return version;
        const id = known?.id ?? sql.addLog.run(log).lastInsertRowid;
        let last: number | bigint = 0;
        for (const [i, { json, text }] of lines.entries()) {
          last = sql.addEntry.run(id, version + i, json).lastInsertRowid;
          const words = text && [...textWords(text)].join(" ");
          if (words) sql.addWords.run(last, words);
        }
        sql.grow.run(version + lines.length, Date.now(), last, id);
        return version + lines.length;
      });
    },
    async read(log, options) {
      checkLog(log);
      const { from, to } = checkRange(options);
      const rows = await file.read(`read "${log}"`, (sql) => sql.read.all(log, from, to));
      return rows.map(({ n, entry }) => readLine(log, Number(n), entry));
    },
    async version(log) {
      checkLog(log);
      const known = await file.read(`read "${log}"`, (sql) => sql.log.get(log) as Log);
      return known?.version ?? 0;
    },
    async list(prefix, { limit } = {}) {
      checkPrefix(prefix);
      const bound = { prefix, limit: checkLimit(limit) };
      const rows = await file.read("list its logs", (sql) => sql.list.all(bound));
      return rows.map((row) => ({ ...row }) as unknown as LogInfo);
    },
    async search(query, { prefix, limit }) {
      checkPrefix(prefix);
      const words = queryWords(query);
      const wanted = checkLimit(limit, defaultLimit);
      if (words.length === 0) return [];
      const match = words.map((word) => `"${word}"`).join(" OR ");
      const bound = { query: match, prefix, limit: wanted };
      const rows = await file.read("search its logs", (sql) => sql.search.all(bound));
      return rows.map(({ name, n, entry }) => {
        const found = { log: String(name), index: Number(n) };
        return { ...found, entry: readLine(found.log, found.index, entry) };
      });
    },
    async delete(log) {
      checkLog(log);
      await file.write(`delete "${log}"`, (sql) => {
        const known = sql.log.get(log) as Log;
        if (!known) return;
        sql.deleteWords.run(known.id);
        sql.deleteEntries.run(known.id);
        sql.deleteLog.run(known.id);
      });
    },
    async close() {
      file.close();
    },
  };
}

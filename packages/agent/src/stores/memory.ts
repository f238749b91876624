/** A store in the memory of this process: for tests, and for runs that need not outlive it. */
import { type Entry, type FoundEntry, type Store, VersionConflictError } from "../store.ts";
import { queryWords, rank, textWords } from "../words.ts";
import {
  checkLimit,
  checkLog,
  checkPrefix,
  checkRange,
  closedError,
  defaultLimit,
  type Line,
  linesToAppend,
  readLine,
} from "./entries.ts";

interface Log {
  lines: (Line & { words?: Set<string> })[];
  updatedAt: number;
}

/** What it holds is gone with it. Entries are kept as JSON text, as in every other store. */
export function memoryStore(): Store {
  /** The log written last stands last. */
  const logs = new Map<string, Log>();
  let closed = false;
  const open = () => {
    if (closed) throw closedError();
    return logs;
  };
  const newestFirst = (prefix: string) =>
    [...open()].filter(([name]) => name.startsWith(prefix)).reverse();

  return {
    async append(log, version, entries) {
      const lines = linesToAppend(log, version, entries);
      const known = open().get(log);
      const actual = known?.lines.length ?? 0;
      if (actual !== version) throw new VersionConflictError(log, version, actual);
      if (lines.length === 0) return version;
      logs.delete(log);
      logs.set(log, { lines: known?.lines ?? [], updatedAt: Date.now() });
      for (const line of lines) logs.get(log)!.lines.push(line);
      return version + lines.length;
    },
    async read(log, options) {
      checkLog(log);
      const { from, to } = checkRange(options);
      const lines = open().get(log)?.lines.slice(from, to) ?? [];
      return lines.map(({ json }, i) => readLine(log, from + i, json));
    },
    async version(log) {
      checkLog(log);
      return open().get(log)?.lines.length ?? 0;
    },
    async list(prefix, { limit } = {}) {
      checkPrefix(prefix);
      return newestFirst(prefix)
        .slice(0, checkLimit(limit))
        .map(([log, { lines, updatedAt }]) => ({ log, version: lines.length, updatedAt }));
    },
    async search(query, { prefix, limit }) {
      checkPrefix(prefix);
      const candidates = newestFirst(prefix).flatMap(([log, { lines }]) =>
        lines.map((line, index) => ({ log, index, line })).reverse(),
      );
      return rank(queryWords(query), candidates, ({ line }) => {
        line.words ??= textWords(line.text ?? "");
        return line.words;
      })
        .slice(0, checkLimit(limit, defaultLimit))
        .map(({ log, index, line }): FoundEntry => {
          return { log, index, entry: readLine(log, index, line.json) as Entry };
        });
    },
    async delete(log) {
      checkLog(log);
      open().delete(log);
    },
    async close() {
      closed = true;
      logs.clear();
    },
  };
}

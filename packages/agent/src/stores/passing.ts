/** Where runs are kept that name no store: in memory, the latest of them, so that they can be gone on with. */
import { type Entry, type Store, VersionConflictError } from "../store.ts";

/** How many logs there are at most: the one that was not written to for longest goes first. */
const mostLogs = 1000;

interface Log {
  entries: Entry[];
  updatedAt: number;
}

/** Entries are kept as the objects that they are, since nobody outside the run has them. It finds nothing by words. */
export function passingStore(): Store {
  /** The log written last stands last. */
  const logs = new Map<string, Log>();
  return {
    async append(log, version, added) {
      const known = logs.get(log) ?? { entries: [], updatedAt: 0 };
      const { entries } = known;
      if (entries.length !== version) throw new VersionConflictError(log, version, entries.length);
      for (const entry of added) entries.push(entry);
      known.updatedAt = Date.now();
      if (version > 0) logs.delete(log);
      else if (logs.size >= mostLogs) logs.delete(logs.keys().next().value!);
      logs.set(log, known);
      return entries.length;
    },
    read: async (log, { from = 0, to } = {}) => logs.get(log)?.entries.slice(from, to) ?? [],
    version: async (log) => logs.get(log)?.entries.length ?? 0,
    async list(prefix, { limit } = {}) {
      return [...logs]
        .reverse()
        .filter(([log]) => log.startsWith(prefix))
        .slice(0, limit)
        .map(([log, { entries, updatedAt }]) => ({ log, version: entries.length, updatedAt }));
    },
    search: async () => [],
    async delete(log) {
      logs.delete(log);
    },
    close: async () => logs.clear(),
  };
}

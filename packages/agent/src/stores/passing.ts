/** Where runs are kept that name no store: in memory, the latest of them, so that they can be gone on with. */
import { type Entry, type Store, VersionConflictError } from "../store.ts";

/** How many logs there are at most: the one that was not written to for longest goes first. */
const mostLogs = 1000;

interface Log {
  entries: Entry[];
  updatedAt: number;
  /** Its latest write, counted over all logs. */
  write: number;
}

/** Entries are kept as the objects that they are, since nobody outside the run has them. It finds nothing by words. */
export function passingStore(): Store {
  const logs = new Map<string, Log>();
  let writes = 0;
  const newestFirst = () => [...logs].sort(([, one], [, other]) => other.write - one.write);
  return {
    async append(log, version, added) {
      const known = logs.get(log) ?? { entries: [], updatedAt: 0, write: 0 };
      const { entries } = known;
      if (entries.length !== version) throw new VersionConflictError(log, version, entries.length);
      for (const entry of added) entries.push(entry);
      known.updatedAt = Date.now();
      known.write = ++writes;
      if (version === 0) {
        if (logs.size >= mostLogs) logs.delete(oldest(logs));
        logs.set(log, known);
      }
      return entries.length;
    },
    read: async (log, { from = 0, to } = {}) => logs.get(log)?.entries.slice(from, to) ?? [],
    version: async (log) => logs.get(log)?.entries.length ?? 0,
    async list(prefix, { limit } = {}) {
      return newestFirst()
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

function oldest(logs: ReadonlyMap<string, Log>): string {
  let found = "";
  let least = Infinity;
  for (const [log, { write }] of logs) {
    if (write < least) [found, least] = [log, write];
  }
  return found;
}

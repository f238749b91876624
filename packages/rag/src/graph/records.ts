/** What a graph keeps: what was read from each text, what belongs together, what was reported, and which build it was. */
import { graphFile as inFile } from "#graph";

export type RecordKind = "extraction" | "community" | "report" | "build";

export interface GraphChanges {
  kind: RecordKind;
  put?: ReadonlyMap<string, string>;
  remove?: readonly string[];
}

/** Texts by key, of each kind. One writes at a time. */
export interface GraphRecords {
  all(kind: RecordKind): Promise<Map<string, string>>;
  /** All of it or nothing. */
  write(changes: GraphChanges): Promise<void>;
  close(): void;
}

/**
 * The records of a graph in the SQLite file at `path`.
 * @throws StoreError, when it is first used, for a file that is something else; InvalidRequestError where there
 *   is no Node
 */
export function graphFile(path: string): GraphRecords {
  return inFile(path);
}

/** The same in this process's memory. */
export function memoryGraph(): GraphRecords {
  const kept = new Map<RecordKind, Map<string, string>>();
  const of = (kind: RecordKind) => {
    const own = kept.get(kind) ?? new Map<string, string>();
    kept.set(kind, own);
    return own;
  };
  return {
    all: async (kind) => new Map(of(kind)),
    async write({ kind, put = new Map(), remove = [] }) {
      for (const key of remove) of(kind).delete(key);
      for (const [key, value] of put) of(kind).set(key, value);
    },
    close() {},
  };
}

/** The SQLite store as the package's users see it: a door to Node's files, which is shut elsewhere. */
import { sqliteStore as inFile, memoryStore as inMemory } from "#sqlite";
import type { SidecarOptions, SqliteStoreOptions } from "../node/sqlite.ts";
import type { Store } from "./store.ts";

export type { SidecarOptions, SqliteStoreOptions };

/**
 * Keeps all in the SQLite file at `path`; several processes may use it. Vectors are searched exactly, until
 * there are many and `optimize()` has built an index.
 * @throws StoreError, from each method, when the file cannot be read or written; InvalidRequestError
 *   where there is no Node
 */
export function sqliteStore(options: SqliteStoreOptions): Store {
  return inFile(options);
}

/** The same without a file: gone with the process. */
export function memoryStore(): Store {
  return inMemory();
}

/** Where there is no Node there are no SQLite files. */
import { InvalidRequestError } from "@polycall/core";
import type { SqliteStoreOptions } from "../node/sqlite.ts";
import type { Store } from "./store.ts";

/** @throws InvalidRequestError always */
export function sqliteStore(_: SqliteStoreOptions): Store {
  return memoryStore();
}

/** @throws InvalidRequestError always */
export function memoryStore(): Store {
  throw new InvalidRequestError(
    "The SQLite store, in a file or in memory, needs Node's node:sqlite. Give another store.",
    { param: "store" },
  );
}

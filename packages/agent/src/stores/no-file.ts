/** Where there are no files, sessions whose agent names no store have none. */
import { InvalidRequestError } from "@polycall/core";
import type { Store } from "../store.ts";

/** @throws InvalidRequestError always */
export async function fileStore(): Promise<Store> {
  throw new InvalidRequestError(
    "Sessions are kept in a SQLite file where no store is named, and there are no files here. Give agent({ store }): memoryStore(), or one of your own.",
    { param: "store" },
  );
}

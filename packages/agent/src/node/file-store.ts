/** The store of sessions whose agent names none: a SQLite file in the current folder. */
import type { Store } from "../store.ts";

let opened: Promise<Store> | undefined;

/** Opened with the first use, for all agents of this process. */
export function fileStore(): Promise<Store> {
  opened ??= import("./sqlite.ts").then(({ sqliteStore }) => sqliteStore(".polycall/agent.sqlite"));
  return opened;
}

/** A process that appends to an SQLite file until that fails, and says how: `node fills.ts PATH [USER]`. */
import { sqliteStore } from "../src/node/sqlite.ts";
import type { StoreError } from "../src/store.ts";

if (process.argv[3]) process.setuid?.(Number(process.argv[3]));
const store = sqliteStore(process.argv[2]!);
let told = 0;
try {
  const entries = Array.from({ length: 20 }, () => ({ data: "x".repeat(1000) }));
  for (;;) told = await store.append("log", told, entries);
} catch (error) {
  const { name, message, cause } = error as StoreError;
  const kept = await store.read("log").then(
    ({ length }) => length,
    () => undefined,
  );
  console.log(JSON.stringify({ name, message, cause: String(cause), told, kept }));
}

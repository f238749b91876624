/** The SQLite store, in a file and in memory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { memoryStore, sqliteStore } from "../src/index.ts";
import { storeContract } from "./contract.ts";

const folder = mkdtempSync(join(tmpdir(), "stores-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("in a file", () => {
  storeContract(async (name) => sqliteStore({ path: join(folder, "made", `${name}.sqlite`) }));
});

describe("in a file, most vectors not kept in memory", () => {
  storeContract(async (name) =>
    sqliteStore({ path: join(folder, `${name}-uncached.sqlite`), cacheBytes: 0 }),
  );
});

describe("in memory", () => {
  storeContract(async () => memoryStore(), { shared: false });
});

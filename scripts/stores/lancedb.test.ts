/** The LanceDB store, in process. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { lanceStore } from "../../packages/rag/src/stores/lancedb.ts";
import { storeContract } from "../../packages/rag/test/contract.ts";
import { filterContract } from "../../packages/rag/test/filter-contract.ts";
import { installed } from "./installed.ts";

describe.skipIf(!installed("@lancedb/lancedb"))("LanceDB", () => {
  const folder = mkdtempSync(join(tmpdir(), "lancedb-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const connect = async (name: string) => {
    const { connect: open } = await import("@lancedb/lancedb");
    return lanceStore({ connection: await open(folder), table: name });
  };
  storeContract(connect);
  filterContract(connect, { numRuns: 100 });
});

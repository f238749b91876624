/** Every store keeps the contract, on real servers; and what is each one's own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { memoryStore, StoreError } from "../src/index.ts";
import { openStore, type Place } from "./open-store.ts";
import { postgresServer, redisServer } from "./servers.ts";
import { storeContract } from "./store-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "stores-"));
const [postgres, redis] = await Promise.all([postgresServer(), redisServer()]);
afterAll(async () => {
  await Promise.all([postgres?.stop(), redis?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});
const prefix = `polycall_test_${process.pid}`;

describe("memoryStore", () => {
  const store = memoryStore();
  storeContract(async () => store);

  test("a closed store says so", async () => {
    const closed = memoryStore();
    await closed.append("a", 0, [{ data: 1 }]);
    await closed.close();
    await expect(closed.read("a")).rejects.toThrow(StoreError);
  });
});

describe("sqliteStore", () => {
  const place: Place = { kind: "sqlite", at: join(folder, "new", "a.db"), prefix };
  storeContract(() => openStore(place), place);
});

describe.skipIf(!postgres)("postgresStore on a real PostgreSQL", () => {
  const place: Place = { kind: "postgres", at: postgres?.url ?? "", prefix };
  storeContract(() => openStore(place), place);
});

describe.skipIf(!redis)("redisStore on a real Redis", () => {
  const place: Place = { kind: "redis", at: redis?.url ?? "", prefix };
  storeContract(() => openStore(place), place);
});

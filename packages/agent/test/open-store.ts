/** Opens a real store by a name and an address, in the tests and in their child processes. */
import { sqliteStore } from "../src/node/sqlite.ts";
import type { Store } from "../src/store.ts";
import { postgresStore } from "../src/stores/postgres.ts";
import { redisStore } from "../src/stores/redis.ts";

export interface Place {
  kind: "sqlite" | "postgres" | "redis";
  /** A path or a URL. */
  at: string;
  prefix: string;
}

/** `close()` closes the connections too. */
export async function openStore({ kind, at, prefix }: Place): Promise<Store> {
  if (kind === "sqlite") return sqliteStore(at, { synchronous: "normal" });
  if (kind === "postgres") {
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({ connectionString: at, max: 4 });
    // A server that stops says so to connections that are just ending.
    pool.on("connect", (connection) => connection.on("error", () => {}));
    return closing(postgresStore({ pool, prefix }), () => pool.end());
  }
  const { createClient } = await import("@redis/client");
  const client = createClient({ url: at });
  await client.connect();
  return closing(redisStore({ client, prefix: `{${prefix}}` }), () => client.close());
}

function closing(store: Store, end: () => Promise<unknown>): Store {
  return {
    ...store,
    async close() {
      await store.close();
      await end();
    },
  };
}

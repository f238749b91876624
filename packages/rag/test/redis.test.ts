/** The store in Redis: on the server of REDIS_URL or `redis-server`, where it has vector sets, and in memory. */
import { createClient, type RedisClientType } from "@redis/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisServer, type Server } from "../../agent/test/servers.ts";
import { redisStore } from "../src/stores/redis.ts";
import { storeContract } from "./contract.ts";
import { sourceOf } from "./corpus.ts";
import { filterContract } from "./filter-contract.ts";
import { redisInMemory } from "./redis-memory.ts";

const run = Date.now().toString(36);
const server: Server | undefined = await redisServer();
async function connected(url: string, RESP: 2 | 3): Promise<RedisClientType> {
  const client = createClient({ url, RESP, socket: { reconnectStrategy: false } });
  await client.connect();
  return client as unknown as RedisClientType;
}
async function hasVectorSets(): Promise<boolean> {
  if (!server) return false;
  const client = await connected(server.url, 2);
  const has = await client.sendCommand(["VCARD", `${run}:none`]).then(
    () => true,
    () => false,
  );
  client.destroy();
  if (!has)
    console.warn("SKIPPED: this Redis has no vector sets. Install Redis 8, or set REDIS_URL.");
  return has;
}
const live = await hasVectorSets();
afterAll(() => server?.stop());

describe.skipIf(!live).each([2, 3] as const)("Redis, protocol %i", (RESP) => {
  let client: RedisClientType;
  beforeAll(async () => {
    client = await connected(server!.url, RESP);
  });
  afterAll(async () => {
    const keys = await client.sendCommand(["KEYS", `{t${run}-${RESP}-*`]);
    if (Array.isArray(keys) && keys.length) await client.sendCommand(["DEL", ...keys.map(String)]);
    client.destroy();
  });
  const connect = async (name: string) =>
    redisStore({ client, prefix: `{t${run}-${RESP}-${name}}` });
  storeContract(connect, { big: 2000 });
  filterContract(connect);
});

describe("Redis's commands, in memory", () => {
  const client = redisInMemory();
  const connect = async (name: string) => redisStore({ client, prefix: `{${name}}` });
  storeContract(connect, { big: 700 });
  filterContract(connect);

  test("stores of two prefixes keep apart", async () => {
    const [one, two] = [await connect("one"), redisStore({ client })];
    const index = { model: "m", dimensions: 4 };
    await one.open(index);
    await two.open({ ...index, dimensions: 8 });
    await one.replace("a", "h", sourceOf("a", ["x"], { dimensions: 4, seed: 1 }));
    expect([await one.count(), await two.count()]).toEqual([1, 0]);
  });
});

test.skipIf(!server || live)("a Redis without vector sets is told by name", async () => {
  const client = await connected(server!.url, 3);
  const store = redisStore({ client });
  await expect(store.open({ model: "m", dimensions: 4 })).rejects.toThrow(/come with Redis 8/);
  client.destroy();
});

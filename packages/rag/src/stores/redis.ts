/** The store in the vector sets of Redis 8 or newer, through a client of `redis`. */
import { StoreError } from "./errors.ts";
import { type Driver, type FoundRecord, recordStore } from "./records.ts";
import { type RedisExpression, redisAttributes, redisLanguage } from "./redis-filter.ts";
import type { IndexDescription, Store } from "./store.ts";

/** What the store asks of a client: a connected `createClient()` of `redis`, or what sends as it does. */
export interface RedisClient {
  sendCommand(command: string[]): Promise<unknown>;
}

export interface RedisStoreOptions {
  client: RedisClient;
  /** How its keys begin. In a cluster, keep braces in it: all keys must be in one slot. Default "{polycall-rag}". */
  prefix?: string;
}

const page = 500;

/** Names with values: a list of both in turn, or what the newer protocol makes of it. */
function pairs(reply: unknown): [string, unknown][] {
  if (reply instanceof Map) return Array.from(reply, ([key, value]) => [String(key), value]);
  if (!Array.isArray(reply)) return Object.entries(reply as Record<string, unknown>);
  return Array.from({ length: reply.length / 2 }, (_, i) => [
    String(reply[2 * i]),
    reply[2 * i + 1],
  ]);
}

/**
 * Keeps vectors in a vector set, unquantized, and chunks in a hash beside it. Without a filter the search is
 * Redis's approximate one; with a filter Redis looks at all vectors, so that `k` are found where so many match.
 * What outlives the server itself is for its settings to say. The client stays yours.
 * @throws StoreError, from each method, when Redis refuses or cannot be reached
 */
export function redisStore({ client, prefix = "{polycall-rag}" }: RedisStoreOptions): Store {
  const vectors = `${prefix}:vectors`;
  const chunks = `${prefix}:chunks`;
  const marks = `${prefix}:sources`;
  const description = `${prefix}:index`;
  /** The chunks of a source by their place: all that was begun is there, so that it can be taken away. */
  const placesOf = (source: string) => `${prefix}:places:${source}`;

  const send = async <T>(...command: (string | number)[]) =>
    (await client.sendCommand(command.map(String))) as T;

  /** All of a hash, each field once. */
  async function* scan(key: string): AsyncGenerator<[string, string]> {
    const seen = new Set<string>();
    for (let cursor = "0"; ; ) {
      const [next, found] = await send<[unknown, unknown]>("HSCAN", key, cursor, "COUNT", page);
      for (const [field, value] of pairs(found)) {
        if (!seen.has(field)) yield [field, String(value)];
        seen.add(field);
      }
      cursor = String(next);
      if (cursor === "0") return;
    }
  }
  async function bodiesOf(ids: readonly string[]): Promise<(string | undefined)[]> {
    if (ids.length === 0) return [];
    const bodies = await send<unknown[]>("HMGET", chunks, ...ids);
    return bodies.map((body) => (body === null || body === undefined ? undefined : String(body)));
  }
  const values = (vector: Float32Array) => ["VALUES", vector.length, ...vector];

  const driver: Driver<RedisExpression> = {
    name: `The Redis store ${prefix}`,
    remedy: "give another prefix",
    language: redisLanguage,
    batch: 200,
    most: 100_000,
    async open(asked) {
      await send("VCARD", vectors).catch((cause: unknown) => {
        if (!/unknown command/i.test(String(cause))) throw cause;
        throw new StoreError("This Redis has no vector sets: they come with Redis 8.", { cause });
      });
      const { model, dimensions } = asked;
      await send("SETNX", description, JSON.stringify({ model, dimensions }));
      return JSON.parse(String(await send("GET", description))) as IndexDescription;
    },
    async *marked() {
      for await (const [source, hash] of scan(marks)) yield { source, hash };
    },
    async mark(source, hash) {
      await send("HSET", marks, source, hash);
    },
    async unmark(sources) {
      await send("HDEL", marks, ...sources);
    },
    async put(records) {
      const places = placesOf(records[0]!.chunk.source);
      await send("ZADD", places, ...records.flatMap(({ chunk }) => [chunk.index, chunk.id]));
      await send("HSET", chunks, ...records.flatMap(({ chunk, body }) => [chunk.id, body]));
      await Promise.all(
        records.map(({ chunk, vector }) =>
          send(
            "VADD",
            vectors,
            ...values(vector),
            chunk.id,
            "NOQUANT",
            "SETATTR",
            redisAttributes(chunk),
          ),
        ),
      );
    },
    async drop(source) {
      const ids = (await send<unknown[]>("ZRANGE", placesOf(source), 0, -1)).map(String);
      for (let i = 0; i < ids.length; i += page) {
        const some = ids.slice(i, i + page);
        await Promise.all(some.map((id) => send("VREM", vectors, id)));
        await send("HDEL", chunks, ...some);
      }
      await send("DEL", placesOf(source));
    },
    async nearest(query, { k, where, vectors: wanted }) {
      const how = where ? ["FILTER", where.text, "TRUTH"] : ["EF", Math.max(200, 2 * k)];
      const reply = await send("VSIM", vectors, ...values(query), "WITHSCORES", "COUNT", k, ...how);
      const found = pairs(reply);
      const bodies = await bodiesOf(found.map(([id]) => id));
      const kept = wanted
        ? await Promise.all(found.map(([id]) => send<unknown[] | null>("VEMB", vectors, id)))
        : [];
      return found.flatMap(([, score], i): FoundRecord[] => {
        const [body, vector] = [bodies[i], kept[i]];
        // It may have been taken away since.
        if (body === undefined || vector === null) return [];
        return [
          { body, score: 2 * Number(score) - 1, ...(vector && { vector: vector.map(Number) }) },
        ];
      });
    },
    async ofSource(source, from, to) {
      if (to <= from) return [];
      const ids = await send<unknown[]>("ZRANGE", placesOf(source), from, `(${to}`, "BYSCORE");
      const bodies: string[] = [];
      for (let i = 0; i < ids.length; i += page) {
        const some = await bodiesOf(ids.slice(i, i + page).map(String));
        bodies.push(...some.filter((body) => body !== undefined));
      }
      return bodies;
    },
    async *bodies() {
      for await (const [, body] of scan(chunks)) yield body;
    },
    async count() {
      return Number(await send("VCARD", vectors));
    },
  };
  return recordStore(driver);
}

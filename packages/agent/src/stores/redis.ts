/** A store in Redis 6 or newer, through a client of `redis`. Each write is one Lua script. */
import { type Store, VersionConflictError } from "../store.ts";
import { queryWords, rank, textWords } from "../words.ts";
import {
  checkLimit,
  checkLog,
  checkPrefix,
  checkRange,
  closedError,
  defaultLimit,
  linesToAppend,
  readLine,
  storeError,
} from "./entries.ts";

/** What the store asks of a client: a connected `createClient()` of `redis`, or what sends as it does. */
export interface RedisClient {
  sendCommand(command: string[]): Promise<unknown>;
}

export interface RedisOptions {
  client: RedisClient;
  /** How its keys begin. In a cluster, keep braces in it: all keys must be in one slot. Default "{polycall}". */
  prefix?: string;
}

/** All that can fail comes before the first write. A score is µs since 1970. */
const append = `
local length = redis.call('LLEN', KEYS[1])
if length ~= tonumber(ARGV[2]) then return { 0, length } end
if #ARGV > 2 then
  local now = redis.call('TIME')
  redis.call('ZADD', KEYS[3], string.format('%.0f', now[1] * 1000000 + now[2]), ARGV[1])
  redis.call('ZADD', KEYS[2], 0, ARGV[1])
  for i = 3, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
end
return { 1, length + #ARGV - 2 }`;

/** No UTF-8 text has the byte 255, so it ends the range of the names that begin so. */
const list = `
local rows = {}
for _, name in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], '[' .. ARGV[1], '(' .. ARGV[1] .. '\\255')) do
  rows[#rows + 1] = { name, redis.call('LLEN', ARGV[2] .. name), redis.call('ZSCORE', KEYS[2], name) }
end
return rows`;

const remove = `
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])`;

/**
 * Keeps each log in a list. What outlives the server itself is for its settings to say (`appendonly`).
 * A search reads every log under its prefix, so keep the prefix narrow. The client stays yours: `close()`
 * does not end it.
 * @throws StoreError, from each method, when Redis refuses or cannot be reached
 */
export function redisStore({ client, prefix: start = "{polycall}" }: RedisOptions): Store {
  const names = `${start}:names`;
  const times = `${start}:times`;
  const entries = `${start}:log:`;
  let closed = false;

  async function send<T>(doing: string, ...command: (string | number)[]): Promise<T> {
    if (closed) throw closedError();
    try {
      return (await client.sendCommand(command.map(String))) as T;
    } catch (error) {
      throw storeError(doing, error);
    }
  }
  async function readLines(
    log: string,
    from = 0,
    to = Number.MAX_SAFE_INTEGER,
  ): Promise<unknown[]> {
    if (to <= from) return [];
    return send<unknown[]>(`read "${log}"`, "LRANGE", entries + log, from, to - 1);
  }
  async function listLogs(prefix: string) {
    checkPrefix(prefix);
    type Row = [log: unknown, version: unknown, score: unknown];
    const doing = "list its logs";
    const rows = await send<Row[]>(doing, "EVAL", list, 2, names, times, prefix, entries);
    return rows
      .map(([log, version, score]) => {
        return { log: String(log), version: Number(version), score: Number(score) };
      })
      .sort((a, b) => b.score - a.score);
  }

  return {
    async append(log, version, added) {
      const lines = linesToAppend(log, version, added).map(({ json }) => json);
      const command = ["EVAL", append, 3, entries + log, names, times, log, version, ...lines];
      const [done, length] = await send<[unknown, unknown]>(`append to "${log}"`, ...command);
      if (Number(done) !== 1) throw new VersionConflictError(log, version, Number(length));
      return Number(length);
    },
    async read(log, options) {
      checkLog(log);
      const { from, to } = checkRange(options);
      const lines = await readLines(log, from, to);
      return lines.map((json, i) => readLine(log, from + i, json));
    },
    async version(log) {
      checkLog(log);
      return Number(await send(`read "${log}"`, "LLEN", entries + log));
    },
    async list(prefix, { limit } = {}) {
      const logs = await listLogs(prefix);
      return logs.slice(0, checkLimit(limit)).map(({ log, version, score }) => {
        return { log, version, updatedAt: Math.floor(score / 1000) };
      });
    },
    async search(query, { prefix, limit }) {
      checkPrefix(prefix);
      const words = queryWords(query);
      const wanted = checkLimit(limit, defaultLimit);
      if (words.length === 0) return [];
      const candidates = [];
      for (const { log } of await listLogs(prefix)) {
        const lines = await readLines(log);
        const found = lines.map((json, index) => ({
          log,
          index,
          entry: readLine(log, index, json),
        }));
        candidates.push(...found.filter(({ entry }) => entry.text).reverse());
      }
      return rank(words, candidates, ({ entry }) => textWords(entry.text!)).slice(0, wanted);
    },
    async delete(log) {
      checkLog(log);
      await send(`delete "${log}"`, "EVAL", remove, 3, entries + log, names, times, log);
    },
    async close() {
      closed = true;
    },
  };
}

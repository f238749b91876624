/** Redis's vector sets in memory, as far as the store uses them, each command held to its form. */
import type { RedisClient } from "../src/stores/redis.ts";
import { dot } from "./loopback.ts";

type Value = number | string | (number | string)[];
interface Element {
  vector: number[];
  attributes: Record<string, Value>;
}

class Missing extends Error {}

/** An expression, every part of it evaluated, as Redis does: what asks for a missing field fails whole. */
function evaluate(text: string, attributes: Record<string, Value>): boolean {
  const tokens =
    text.match(/"[^"]*"|\.[A-Za-z0-9_-]+|==|[<>]=?|[()]|-?\d+(?:\.\d+)?|[a-z]+/g) ?? [];
  if (tokens.join("") !== text.replaceAll(" ", "")) throw new Error("ERR syntax error in FILTER");
  let at = 0;
  function take(expected?: string): string {
    const token = tokens[at++];
    if (token === undefined || (expected && token !== expected))
      throw new Error("ERR syntax error in FILTER");
    return token;
  }
  function value(): Value | boolean {
    const token = take();
    if (token === "(") {
      const inner = either();
      take(")");
      return inner;
    }
    if (token === "not") return !value();
    if (token.startsWith('"')) return token.slice(1, -1);
    if (!token.startsWith(".")) return Number(token);
    const found = attributes[token.slice(1)];
    if (found === undefined) throw new Missing();
    return found;
  }
  function compared(): Value | boolean {
    const left = value();
    const op = tokens[at];
    if (op === undefined || !/^(==|[<>]=?|in)$/.test(op)) return left;
    at++;
    const right = value();
    if (op === "in") return Array.isArray(right) && right.includes(left as string);
    const [a, b] = [Number(left), Number(right)];
    return { "==": left === right, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b }[op]!;
  }
  function both(): Value | boolean {
    let result = compared();
    while (tokens[at] === "and" && at++) result = [compared(), result].every(Boolean);
    return result;
  }
  function either(): Value | boolean {
    let result = both();
    while (tokens[at] === "or" && at++) result = [both(), result].some(Boolean);
    return result;
  }
  try {
    const result = either();
    if (at < tokens.length) throw new Error("ERR syntax error in FILTER");
    return Boolean(result);
  } catch (error) {
    if (error instanceof Missing) return false;
    throw error;
  }
}

export function redisInMemory(): RedisClient {
  const sets = new Map<string, Map<string, Element>>();
  const hashes = new Map<string, Map<string, string>>();
  const texts = new Map<string, string>();
  const places = new Map<string, Map<string, number>>();
  const at = <T>(kind: Map<string, Map<string, T>>, key: string) => {
    if (!kind.has(key)) kind.set(key, new Map());
    return kind.get(key)!;
  };
  const takeVector = (rest: string[]): number[] => {
    if (rest.shift() !== "VALUES") throw new Error("ERR invalid vector specification");
    return rest.splice(0, Number(rest.shift())).map(Number);
  };
  const commands: Record<string, (key: string, ...rest: string[]) => unknown> = {
    VCARD: (key) => at(sets, key).size,
    VADD(key, ...rest) {
      const vector = takeVector(rest);
      const [id, noquant, setattr, attributes, ...more] = rest;
      if (noquant !== "NOQUANT" || setattr !== "SETATTR" || more.length)
        throw new Error("ERR invalid option after element");
      at(sets, key).set(id!, { vector, attributes: JSON.parse(attributes!) });
      return 1;
    },
    VREM: (key, id) => Number(at(sets, key).delete(id!)),
    VEMB: (key, id) => at(sets, key).get(id!)?.vector.map(String) ?? null,
    VSIM(key, ...rest) {
      const vector = takeVector(rest);
      const [withscores, count, k, ...more] = rest;
      const [option, value, truth] = more;
      if (withscores !== "WITHSCORES" || count !== "COUNT") throw new Error("ERR syntax error");
      const filtered = option === "FILTER" && truth === "TRUTH" && more.length === 3;
      if (!filtered && !(option === "EF" && more.length === 2 && Number(value) <= 1_000_000))
        throw new Error("ERR syntax error");
      return [...at(sets, key)]
        .filter(([, { attributes }]) => !filtered || evaluate(value!, attributes))
        .map(([id, one]): [string, number] => [id, (1 + dot(vector, one.vector)) / 2])
        .sort((a, b) => b[1] - a[1])
        .slice(0, Number(k))
        .flatMap(([id, score]) => [id, String(score)]);
    },
    SETNX(key, value) {
      if (texts.has(key)) return 0;
      texts.set(key, value!);
      return 1;
    },
    GET: (key) => texts.get(key) ?? null,
    HSET(key, ...rest) {
      for (let i = 0; i < rest.length; i += 2) at(hashes, key).set(rest[i]!, rest[i + 1]!);
      return rest.length / 2;
    },
    HDEL: (key, ...fields) => fields.filter((field) => at(hashes, key).delete(field)).length,
    HMGET: (key, ...fields) => fields.map((field) => at(hashes, key).get(field) ?? null),
    HSCAN(key, cursor, count, page) {
      if (count !== "COUNT") throw new Error("ERR syntax error");
      const from = Number(cursor);
      const end = from + Number(page);
      const all = [...at(hashes, key)];
      // One is given twice, as may happen while a hash grows.
      const some = all.slice(Math.max(0, from - 1), end);
      return [end < all.length ? String(end) : "0", some.flat()];
    },
    ZADD(key, ...rest) {
      for (let i = 0; i < rest.length; i += 2) at(places, key).set(rest[i + 1]!, Number(rest[i]));
      return rest.length / 2;
    },
    ZRANGE(key, from, to, by) {
      const sorted = [...at(places, key)].sort((a, b) => a[1] - b[1]);
      if (by === undefined) return sorted.map(([id]) => id);
      if (by !== "BYSCORE" || !to!.startsWith("(")) throw new Error("ERR syntax error");
      return sorted
        .filter(([, place]) => place >= Number(from) && place < Number(to!.slice(1)))
        .map(([id]) => id);
    },
    DEL: (key) => Number(places.delete(key)),
  };
  return {
    async sendCommand([name, key, ...rest]) {
      if (rest.some((one) => typeof one !== "string")) throw new TypeError("no text");
      const command = commands[name!];
      if (!command) throw new Error(`ERR unknown command '${name}'`);
      return command(key!, ...rest);
    },
  };
}

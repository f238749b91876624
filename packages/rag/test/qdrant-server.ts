/** Qdrant in memory, written by hand, as far as the store uses it. */
import { type Asked, dot, type Json, type Loopback, Refusal, serve, shaped } from "./loopback.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

interface Collection {
  settings: Json;
  points: Map<string, Json>;
}

/** Values at a path such as `metadata."a b"`; those of a list one by one. */
function valuesAt(payload: Json, path: string): Json[] {
  const keys = [...path.matchAll(/"([^"]*)"|([^".]+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain!,
  );
  const value = keys.reduce((at: Json, key) => at?.[key], payload);
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function holds(payload: Json, condition: Json): boolean {
  if ("key" in condition) {
    const { key, match, range } = shaped(condition, ["key"], ["match", "range"]);
    const values = valuesAt(payload, key);
    if (match) {
      const { value, any } = shaped(match, [], ["value", "any"]);
      if (any && !any.every((one: Json) => typeof one === "string")) throw new Refusal(400, "any");
      if (typeof value === "number" && !Number.isInteger(value)) throw new Refusal(400, "match");
      return values.some((one) => (any ? any.includes(one) : one === value));
    }
    const bounds = shaped(range, [], ["gt", "gte", "lt", "lte"]);
    for (const bound of Object.values(bounds))
      if (typeof bound !== "number") throw new Refusal(400, "range");
    const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = bounds;
    return values.some(
      (one) => typeof one === "number" && one > gt && one >= gte && one < lt && one <= lte,
    );
  }
  const {
    must = [],
    should,
    must_not = [],
  } = shaped(condition, [], ["must", "should", "must_not"]);
  if (should?.length === 0) throw new Refusal(400, "an empty should lets all pass");
  return (
    must.every((one: Json) => holds(payload, one)) &&
    (!should || should.some((one: Json) => holds(payload, one))) &&
    !must_not.some((one: Json) => holds(payload, one))
  );
}

export function qdrantServer(apiKey: string): Promise<Loopback> {
  const collections = new Map<string, Collection>();
  return serve(({ method, path, query, headers, body }: Asked) => {
    if (headers["api-key"] !== apiKey) throw new Refusal(401, "Must provide an API key");
    const [, root, name, ...rest] = path.split("/");
    if (root !== "collections") throw new Refusal(404, path);
    const at = rest.join("/");
    const known = collections.get(name!);
    if (method === "PUT" && at === "") {
      if (known) throw new Refusal(409, "already exists");
      const { vectors } = shaped(body, ["vectors"]);
      if (Object.keys(vectors).length) shaped(vectors, ["size", "distance"]);
      collections.set(name!, { settings: body, points: new Map() });
      return { result: true };
    }
    if (!known) throw new Refusal(404, `Collection ${name} doesn't exist`);
    const { points, settings } = known;
    const passing = (filter: Json) =>
      [...points.values()].filter(({ payload }) => !filter || holds(payload, filter));
    const pick = ({ id, payload, vector }: Json, fields: string[], withVector = false) => ({
      id,
      payload: Object.fromEntries(Object.entries(payload).filter(([key]) => fields.includes(key))),
      ...(withVector && { vector }),
    });
    if (method === "GET" && at === "") return { result: settings };
    if (method === "PUT" && at === "index") {
      shaped(body, ["field_name", "field_schema"]);
      return { result: {} };
    }
    if (method === "GET" && at.startsWith("points/")) {
      const point = points.get(at.slice(7));
      if (!point) throw new Refusal(404, "no such point");
      return { result: point };
    }
    if (query.get("wait") !== "true" && (method === "PUT" || at === "points/delete"))
      throw new Refusal(400, "what is not waited for may not be found");
    if (method === "PUT" && at === "points") {
      for (const point of shaped(body, ["points"]).points) {
        shaped(point, ["id", "vector", "payload"]);
        if (!uuid.test(point.id)) throw new Refusal(400, "no UUID");
        const { size } = settings.vectors;
        if (size ? point.vector.length !== size : Object.keys(point.vector).length)
          throw new Refusal(400, "Vector dimension error");
        points.set(point.id, point);
      }
      return { result: {} };
    }
    switch (`${method} ${at}`) {
      case "POST points/delete": {
        const { points: ids, filter } = shaped(body, [], ["points", "filter"]);
        const gone = ids ?? passing(filter).map(({ id }) => id);
        for (const id of gone) points.delete(id);
        return { result: {} };
      }
      case "POST points/query": {
        const {
          query: vector,
          limit,
          filter,
          with_payload,
          with_vector,
        } = shaped(body, ["query", "limit"], ["filter", "with_payload", "with_vector"]);
        if (limit < 1) throw new Refusal(422, "limit");
        const scored = passing(filter).map((point) => ({
          ...pick(point, with_payload, with_vector),
          score: dot(vector, point.vector),
        }));
        return { result: { points: scored.sort((a, b) => b.score - a.score).slice(0, limit) } };
      }
      case "POST points/scroll": {
        const { filter, limit, offset, with_payload } = shaped(
          body,
          ["limit"],
          ["filter", "offset", "with_payload", "with_vector"],
        );
        const sorted = passing(filter).sort((a, b) => (a.id < b.id ? -1 : 1));
        const from = offset ? sorted.filter(({ id }) => id >= offset) : sorted;
        return {
          result: {
            points: from.slice(0, limit).map((point) => pick(point, with_payload)),
            next_page_offset: from[limit]?.id ?? null,
          },
        };
      }
      case "POST points/count":
        shaped(body, [], ["exact", "filter"]);
        return { result: { count: points.size } };
      default:
        throw new Refusal(404, `${method} ${path}`);
    }
  });
}

/** Pinecone in memory, written by hand, as far as the store uses it. */
import { type Asked, dot, type Json, type Loopback, Refusal, serve, shaped } from "./loopback.ts";

interface Namespace {
  vectors: Map<string, Json>;
  /** Writes that queries do not see yet. */
  pending: (() => void)[];
  written: number;
  visible: number;
}

const numeric = ["$gt", "$gte", "$lt", "$lte"];
const isOrder = (op: string, value: Json, bound: Json) =>
  typeof value === "number" &&
  { $gt: value > bound, $gte: value >= bound, $lt: value < bound, $lte: value <= bound }[op]!;

/** What its guide leaves open is decided against the store: `$ne` and `$nin` fail where nothing is. */
function passes(value: Json, op: string, asked: Json): boolean {
  const values = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const listed = op === "$in" || op === "$nin";
  if (
    listed &&
    (!Array.isArray(asked) ||
      asked.length === 0 ||
      asked.some((one: Json) => typeof one === "boolean"))
  )
    throw new Refusal(400, `${op} takes a list of texts and numbers`);
  if (numeric.includes(op) && typeof asked !== "number")
    throw new Refusal(400, `${op} takes a number`);
  const among = values.some((one) => (listed ? asked.includes(one) : one === asked));
  if (op === "$eq" || op === "$in") return among;
  if (op === "$ne" || op === "$nin") return values.length > 0 && !among;
  if (op === "$exists") return (value !== undefined) === asked;
  if (numeric.includes(op)) return isOrder(op, value, asked);
  throw new Refusal(400, `no operator ${op}`);
}

function holds(metadata: Json, filter: Json): boolean {
  return Object.entries<Json>(filter).every(([key, value]) => {
    if (key === "$and" || key === "$or") {
      if (value.length === 0) throw new Refusal(400, `${key} is empty`);
      const held = value.map((one: Json) => holds(metadata, one));
      return key === "$and" ? !held.includes(false) : held.includes(true);
    }
    if (key.startsWith("$")) throw new Refusal(400, `no operator ${key}`);
    return Object.entries(value).every(([op, asked]) => passes(metadata[key], op, asked));
  });
}

function checkVector({ id, values, metadata }: Json, dimension: number): void {
  if (typeof id !== "string" || Buffer.byteLength(id) > 512) throw new Refusal(400, "id");
  if (values.length !== dimension) throw new Refusal(400, "Vector dimension does not match");
  if (!values.some((one: number) => Math.abs(one) >= 1e-8)) throw new Refusal(400, "only zeros");
  if (Buffer.byteLength(JSON.stringify(metadata)) > 40 * 1024) throw new Refusal(400, "metadata");
  for (const [key, value] of Object.entries<Json>(metadata)) {
    const flat =
      ["string", "number", "boolean"].includes(typeof value) ||
      value.every((one: Json) => typeof one === "string");
    if (key.startsWith("$") || !flat) throw new Refusal(400, `metadata ${key}`);
  }
}

export interface PineconeServerOptions {
  dimension?: number;
  metric?: string;
  /** Writes are seen by the second query after them. */
  lagging?: boolean;
}

export function pineconeServer(
  apiKey: string,
  { dimension = 16, metric = "cosine", lagging = false }: PineconeServerOptions = {},
): Promise<Loopback> {
  const namespaces = new Map<string, Namespace>();
  function named(name: string): Namespace {
    const known = namespaces.get(name) ?? {
      vectors: new Map(),
      pending: [],
      written: 0,
      visible: 0,
    };
    namespaces.set(name, known);
    return known;
  }
  function write(
    name: string,
    act: (vectors: Map<string, Json>) => void,
    reply: Record<string, string>,
  ): Json {
    const at = named(name);
    at.written++;
    if (lagging) at.pending.push(() => act(at.vectors));
    else act(at.vectors);
    if (!lagging) at.visible = at.written;
    reply["x-pinecone-request-lsn"] = String(at.written);
    return {};
  }
  return serve(({ method, path, query, headers, body, reply }: Asked) => {
    if (headers["api-key"] !== apiKey) throw new Refusal(401, "Invalid API Key");
    if (headers["x-pinecone-api-version"] !== "2026-07") throw new Refusal(400, "version");
    if (JSON.stringify(body).length > 2_000_000) throw new Refusal(400, "Request size");
    const answered = answer({ method, path, query, headers, body, reply });
    if (JSON.stringify(answered).length > 4_000_000) throw new Refusal(400, "Response size");
    return answered;
  });
  function answer({ method, path, query, body, reply }: Asked): Json {
    switch (`${method} ${path}`) {
      case "POST /describe_index_stats": {
        shaped(body, []);
        const counts = [...namespaces].map(([name, { vectors }]) => [
          name,
          { vectorCount: vectors.size },
        ]);
        return { dimension, metric, namespaces: Object.fromEntries(counts) };
      }
      case "POST /vectors/upsert": {
        const { vectors, namespace } = shaped(body, ["vectors", "namespace"]);
        if (vectors.length === 0 || vectors.length > 1000) throw new Refusal(400, "vectors");
        for (const vector of vectors)
          checkVector(shaped(vector, ["id", "values", "metadata"]), dimension);
        return write(
          namespace,
          (kept) => vectors.forEach((one: Json) => void kept.set(one.id, one)),
          reply,
        );
      }
      case "POST /vectors/delete": {
        const { ids, filter, namespace } = shaped(body, ["namespace"], ["ids", "filter"]);
        if (!namespaces.has(namespace)) throw new Refusal(404, "Namespace not found");
        if ((ids === undefined) === (filter === undefined) || ids?.length > 1000)
          throw new Refusal(400, "ids");
        return write(
          namespace,
          (kept) => {
            const gone =
              ids ??
              [...kept.values()]
                .filter(({ metadata }) => holds(metadata, filter))
                .map(({ id }) => id);
            for (const id of gone) kept.delete(id);
          },
          reply,
        );
      }
      case "GET /vectors/fetch": {
        const ids = query.getAll("ids");
        if (ids.length === 0 || ids.length > 1000) throw new Refusal(400, "ids");
        const { vectors } = named(query.get("namespace")!);
        return {
          vectors: Object.fromEntries(
            ids.filter((id) => vectors.has(id)).map((id) => [id, vectors.get(id)]),
          ),
        };
      }
      case "POST /vectors/fetch_by_metadata": {
        const {
          namespace,
          filter,
          limit = 100,
          paginationToken,
        } = shaped(body, ["namespace", "filter"], ["limit", "paginationToken"]);
        if (limit < 1 || limit > 100) throw new Refusal(400, "limit");
        const sorted = [...named(namespace).vectors.values()]
          .filter(({ metadata }) => holds(metadata, filter))
          .sort((a, b) => (a.id < b.id ? -1 : 1));
        const from = paginationToken ? sorted.filter(({ id }) => id >= paginationToken) : sorted;
        const page = from.slice(0, limit).map((one) => [one.id, one]);
        return {
          vectors: Object.fromEntries(page),
          ...(from[limit] && { pagination: { next: from[limit].id } }),
        };
      }
      case "POST /query": {
        const {
          namespace,
          vector,
          topK,
          filter = {},
          includeMetadata,
          includeValues,
        } = shaped(
          body,
          ["namespace", "vector", "topK"],
          ["filter", "includeMetadata", "includeValues"],
        );
        if (topK < 1 || topK > 10_000) throw new Refusal(400, "topK");
        if (vector.length !== dimension) throw new Refusal(400, "Vector dimension");
        const at = named(namespace);
        reply["x-pinecone-max-indexed-lsn"] = String(at.visible);
        const scored = [...at.vectors.values()]
          .filter(({ metadata }) => holds(metadata, filter))
          .map(({ id, values, metadata }) => ({
            id,
            score: dot(vector, values),
            ...(includeMetadata && { metadata }),
            ...(includeValues && { values }),
          }));
        for (const act of at.pending.splice(0)) act();
        at.visible = at.written;
        return { matches: scored.sort((a, b) => b.score - a.score).slice(0, topK) };
      }
      default:
        throw new Refusal(404, `${method} ${path}`);
    }
  }
}

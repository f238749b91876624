/** Elasticsearch in memory, written by hand, as far as the store uses it. */
import { type Asked, dot, type Json, type Loopback, Refusal, serve, shaped } from "./loopback.ts";

interface Index {
  mappings: Json;
  docs: Map<string, Json>;
}

/** UTF-8 compares as code points do. */
const compare = (a: Json, b: Json) =>
  typeof a === "string" ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : a - b;

/** A field of a document, or of the nested document that is looked at. */
function valuesOf(doc: Json, field: string): Json[] {
  const value = doc[field.replace(/^metadata\./, "")];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function one(clause: Json): [string, Json] {
  const entries = Object.entries(clause);
  if (entries.length !== 1) throw new Refusal(400, `one clause: ${JSON.stringify(clause)}`);
  return entries[0]!;
}

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

function holds(doc: Json, query: Json): boolean {
  const [kind, body] = one(query);
  switch (kind) {
    case "match_all":
      return true;
    case "match_none":
      return false;
    case "term": {
      const [field, value] = one(body);
      return valuesOf(doc, field).includes(value);
    }
    case "terms": {
      const [field, values] = one(body);
      return valuesOf(doc, field).some((value) => values.includes(value));
    }
    case "exists":
      return valuesOf(doc, shaped(body, ["field"]).field).length > 0;
    case "range": {
      const [field, bounds] = one(body);
      shaped(bounds, [], ["gt", "gte", "lt", "lte"]);
      const within: Record<string, (order: number) => boolean> = {
        gt: (o) => o > 0,
        gte: (o) => o >= 0,
        lt: (o) => o < 0,
        lte: (o) => o <= 0,
      };
      return valuesOf(doc, field).some((value) =>
        Object.entries(bounds).every(([op, bound]) => within[op]!(compare(value, bound))),
      );
    }
    case "match": {
      const [field, text] = one(body);
      const has = words(doc[field]);
      return words(text).some((word) => has.includes(word));
    }
    case "nested": {
      const { path, query: inner } = shaped(body, ["path", "query"]);
      return doc[path].some((part: Json) => holds(part, inner));
    }
    case "bool": {
      const {
        must = [],
        filter = [],
        should,
        must_not = [],
        minimum_should_match = 0,
      } = shaped(body, [], ["must", "filter", "should", "must_not", "minimum_should_match"]);
      const held = (should ?? []).filter((part: Json) => holds(doc, part)).length;
      return (
        [...must, ...filter].every((part) => holds(doc, part)) &&
        held >= minimum_should_match &&
        !must_not.some((part: Json) => holds(doc, part))
      );
    }
    default:
      throw new Refusal(400, `unknown query [${kind}]`);
  }
}

export function elasticsearchServer(apiKey: string): Promise<Loopback> {
  const indices = new Map<string, Index>();
  return serve(({ method, path, query, headers, body }: Asked) => {
    if (headers.authorization !== `ApiKey ${apiKey}`) throw new Refusal(401, "unauthorized");
    const [, name, action = ""] = path.split("/");
    if (method === "PUT" && action === "") {
      const { mappings } = shaped(body, ["mappings"], ["settings"]);
      if (indices.has(name!)) throw new Refusal(400, "resource_already_exists_exception");
      indices.set(name!, { mappings, docs: new Map() });
      return { acknowledged: true };
    }
    const index = indices.get(name!);
    if (!index) throw new Refusal(404, "index_not_found_exception");
    const { docs, mappings } = index;
    const dims = mappings.properties.vector?.dims;
    const pick = (doc: Json, fields: string[]) =>
      Object.fromEntries(
        fields.flatMap((field) => (doc[field] === undefined ? [] : [[field, doc[field]]])),
      );
    switch (`${method} ${action}`) {
      case "GET _mapping":
        return { [name!]: { mappings } };
      case "GET _count":
        return { count: docs.size };
      case "POST _delete_by_query": {
        let deleted = 0;
        for (const [id, doc] of docs)
          if (holds(doc, shaped(body, ["query"]).query) && docs.delete(id)) deleted++;
        return { deleted };
      }
      case "POST _bulk": {
        if (query.get("refresh") !== "true")
          throw new Refusal(400, "what is not refreshed is not found");
        const items: Json[] = [];
        for (let i = 0; i < body.length; i++) {
          const [op, { _id }] = one(body[i]);
          if (op === "delete") items.push({ delete: { status: docs.delete(_id) ? 200 : 404 } });
          else {
            const doc = body[++i];
            if (dims && doc.vector.length !== dims)
              items.push({
                index: { status: 400, error: { reason: "different number of dimensions" } },
              });
            else items.push({ index: { status: 201 } });
            docs.set(_id, doc);
          }
        }
        return { errors: items.some(({ index: done }) => done?.error), items };
      }
      case "POST _search": {
        const {
          query: asked,
          knn,
          size = 10,
          sort,
          search_after,
          _source,
        } = shaped(body, ["size"], ["query", "knn", "sort", "search_after", "_source"]);
        if (size > 10_000) throw new Refusal(400, "Result window is too large");
        let hits = [...docs.values()].map((doc) => ({ doc, _score: 1, sort: undefined as Json }));
        if (knn) {
          const { query_vector, k, num_candidates, filter } = shaped(
            knn,
            ["field", "query_vector", "k", "num_candidates"],
            ["filter"],
          );
          if (k > num_candidates || num_candidates > 10_000)
            throw new Refusal(400, "num_candidates");
          hits = hits.filter(({ doc }) => !filter || holds(doc, filter));
          for (const hit of hits) hit._score = (1 + dot(query_vector, hit.doc.vector)) / 2;
          hits = hits.sort((a, b) => b._score - a._score).slice(0, k);
        } else {
          hits = hits.filter(({ doc }) => holds(doc, asked));
          // Rare words weigh more, as in BM25.
          const match = asked.bool?.must?.[0]?.match?.text;
          const lists = [...docs.values()].map((doc) => words(String(doc.text)));
          for (const hit of match === undefined ? [] : hits) {
            const own = words(hit.doc.text);
            hit._score = words(match)
              .filter((word) => own.includes(word))
              .reduce(
                (sum, word) =>
                  sum +
                  Math.log(1 + docs.size / lists.filter((list) => list.includes(word)).length),
                0,
              );
          }
          hits.sort((a, b) => b._score - a._score);
        }
        if (sort) {
          const [field] = one(sort[0]);
          if (mappings.properties[field]?.type === "text") throw new Refusal(400, "no fielddata");
          for (const hit of hits) hit.sort = [hit.doc[field]];
          hits.sort((a, b) => compare(a.sort[0], b.sort[0]));
          if (search_after) hits = hits.filter((hit) => compare(hit.sort[0], search_after[0]) > 0);
        }
        return {
          hits: {
            hits: hits
              .slice(0, size)
              .map(({ doc, ...hit }) => ({ ...hit, _source: pick(doc, _source) })),
          },
        };
      }
      default:
        throw new Refusal(404, `${method} ${path}`);
    }
  });
}

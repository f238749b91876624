/** Filters as Elasticsearch's queries, and the fields that they are evaluated on. */
import { cleanMetadata, cleanText } from "./encoded.ts";
import type { FilterLanguage, Test } from "./filter.ts";
import type { StoreRecord } from "./records.ts";
import type { FilterValue, IndexDescription } from "./store.ts";

export type ElasticQuery = Record<string, unknown>;

/** Longer texts are not looked up: Lucene refuses terms beyond 32 KB. */
const longest = 8000;

/**
 * A field has one type and the keys of metadata have any, so that each key is a small document of its own:
 * its name, and its value under the name of its type.
 */
export function elasticMappings({ model, dimensions }: IndexDescription): unknown {
  const keyword = { type: "keyword", ignore_above: longest };
  return {
    _meta: { model, dimensions },
    dynamic: false,
    properties: {
      id: { type: "keyword" },
      source: { type: "keyword" },
      place: { type: "integer" },
      page: { type: "double" },
      text: { type: "text" },
      vector: { type: "dense_vector", dims: dimensions, index: true, similarity: "cosine" },
      metadata: {
        type: "nested",
        properties: {
          key: { type: "keyword" },
          text: keyword,
          number: { type: "double" },
          truth: { type: "boolean" },
          item: keyword,
        },
      },
    },
  };
}

const typeNames: Record<string, string> = { string: "text", number: "number", boolean: "truth" };
const typed = (value: FilterValue) => typeNames[typeof value]!;

export function elasticFields({ chunk, body, text, vector }: StoreRecord): Record<string, unknown> {
  return {
    id: chunk.id,
    source: chunk.source,
    place: chunk.index,
    ...(chunk.page !== undefined && { page: chunk.page }),
    text,
    vector: Array.from(vector),
    metadata: Object.entries(cleanMetadata(chunk.metadata)).map(([key, value]) =>
      Array.isArray(value) ? { key, item: value } : { key, [typed(value)]: value },
    ),
    chunk: body,
  };
}

const bool = (clauses: Record<string, unknown>): ElasticQuery => ({ bool: clauses });

export const elasticLanguage: FilterLanguage<ElasticQuery> = {
  all: (filter) => bool({ filter }),
  any: (should) => bool({ should, minimum_should_match: 1 }),
  never: () => ({ match_none: {} }),
  test(test) {
    const long = "values" in test ? test.values : "value" in test ? [test.value] : [];
    if (long.some((value) => typeof value === "string" && value.length > longest))
      return { exact: false };
    const said = test.key === "source" || test.key === "page" ? ofField(test) : ofMetadata(test);
    return { part: test.not ? bool({ must_not: [said] }) : said, exact: true };
  },
};

const clean = (value: FilterValue) => (typeof value === "string" ? cleanText(value) : value);

function ofMetadata(test: Test): ElasticQuery {
  const named = { term: { "metadata.key": cleanText(test.key) } };
  const nested = (...more: ElasticQuery[]) => ({
    nested: { path: "metadata", query: bool({ filter: [named, ...more] }) },
  });
  switch (test.op) {
    case "in": {
      const should = ["string", "number", "boolean"].flatMap((type) => {
        const values = test.values.filter((value) => typeof value === type).map(clean);
        return values.length ? [{ terms: { [`metadata.${typeNames[type]}`]: values } }] : [];
      });
      return nested(bool({ should, minimum_should_match: 1 }));
    }
    case "contains":
      return nested({ term: { "metadata.item": cleanText(test.value) } });
    case "exists":
      return nested();
  }
  return nested({ range: { [`metadata.${typed(test.value)}`]: { [test.op]: clean(test.value) } } });
}

function ofField(test: Test): ElasticQuery {
  const type = test.key === "source" ? "string" : "number";
  switch (test.op) {
    case "in":
      return { terms: { [test.key]: test.values.filter((value) => typeof value === type) } };
    case "contains":
      return elasticLanguage.never();
    case "exists":
      return { exists: { field: test.key } };
  }
  if (typeof test.value !== type) return elasticLanguage.never();
  return { range: { [test.key]: { [test.op]: clean(test.value) } } };
}

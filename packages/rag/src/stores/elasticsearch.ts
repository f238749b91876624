/** The store in Elasticsearch, over its REST API. Its requests are held to the types of Elastic's client 9.5. */
import {
  type ElasticQuery,
  elasticFields,
  elasticLanguage,
  elasticMappings,
} from "./elasticsearch-filter.ts";
import { sender } from "./http.ts";
import { type Driver, type FoundRecord, nameOf, recordStore } from "./records.ts";
import type { IndexDescription, Store } from "./store.ts";

export interface ElasticsearchStoreOptions {
  /** "http://localhost:9200" */
  url: string;
  apiKey?: string;
  /** Sent with each request, for another kind of authorization. */
  headers?: Record<string, string>;
  /** The index; another, with "-sources" after its name, keeps what is stored whole. */
  index: string;
  fetch?: typeof fetch;
}

interface ElasticHit {
  _score: number;
  _source: Record<string, unknown>;
  sort?: unknown[];
}
interface Found {
  hits: { hits: ElasticHit[] };
}

const page = 500;

/**
 * Keeps chunks in an index, which `open` makes where it is missing. Words are searched there, too, by
 * Elasticsearch's own BM25.
 * @throws StoreError, from each method, when Elasticsearch refuses or cannot be reached
 */
export function elasticsearchStore(options: ElasticsearchStoreOptions): Store {
  const { url, apiKey, headers = {}, index: name, fetch } = options;
  const authorization: Record<string, string> = apiKey ? { authorization: `ApiKey ${apiKey}` } : {};
  const send = sender({ url, fetch, headers: { ...authorization, ...headers } });
  const chunks = `/${encodeURIComponent(name)}`;
  const marks = `/${encodeURIComponent(`${name}-sources`)}`;

  async function* pages(at: string, query: unknown, key: string, fields: string[]) {
    for (let after: unknown[] | undefined; ; ) {
      const asked = {
        query,
        size: page,
        sort: [{ [key]: "asc" }],
        _source: fields,
        ...(after && { search_after: after }),
      };
      const { hits } = (await send<Found>("POST", `${at}/_search`, asked)).hits;
      for (const { _source } of hits) yield _source;
      after = hits.at(-1)?.sort;
      if (hits.length < page || !after) return;
    }
  }
  async function make(at: string, mappings: unknown): Promise<void> {
    const known = await send<unknown>("GET", `${at}/_mapping`, undefined, { missing: true });
    if (!known) await send("PUT", at, { mappings });
  }
  async function bulk(at: string, lines: readonly unknown[]): Promise<void> {
    const body = `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`;
    type Done = { errors: boolean; items: Record<string, { error?: { reason: string } }>[] };
    const { errors, items } = await send<Done>("POST", `${at}/_bulk?refresh=true`, body);
    if (!errors) return;
    const failed = items.flatMap((item) => Object.values(item)).find(({ error }) => error);
    throw new Error(failed?.error?.reason ?? "a document was refused");
  }
  const found = ({ hits }: Found, toScore: (score: number) => number): FoundRecord[] =>
    hits.hits.map(({ _score, _source }) => {
      const vector = _source.vector as number[] | undefined;
      const body = String(_source.chunk);
      return { body, score: toScore(_score), ...(vector && { vector }) };
    });
  const fieldsOf = (vectors: boolean) => ["chunk", ...(vectors ? ["vector"] : [])];

  const driver: Driver<ElasticQuery> = {
    name: `The Elasticsearch index ${name}`,
    remedy: "give another index",
    language: elasticLanguage,
    batch: 200,
    most: 10_000,
    async open(asked) {
      await make(chunks, elasticMappings(asked));
      const keyword = { type: "keyword" };
      await make(marks, { dynamic: false, properties: { source: keyword, hash: keyword } });
      type Known = Record<string, { mappings: { _meta?: IndexDescription } }>;
      const [known] = Object.values(await send<Known>("GET", `${chunks}/_mapping`));
      const { model, dimensions } = known!.mappings._meta ?? {};
      return { model: model ?? "an unknown encoder", dimensions: dimensions ?? Number.NaN };
    },
    async *marked() {
      const all = { match_all: {} };
      for await (const { source, hash } of pages(marks, all, "source", ["source", "hash"])) {
        yield { source: String(source), hash: String(hash) };
      }
    },
    async mark(source, hash) {
      await bulk(marks, [{ index: { _id: await nameOf(source) } }, { source, hash }]);
    },
    async unmark(sources) {
      const ids = await Promise.all(sources.map(nameOf));
      await bulk(
        marks,
        ids.map((_id) => ({ delete: { _id } })),
      );
    },
    async put(records) {
      const lines = await Promise.all(
        records.map(async (record) => [
          { index: { _id: await nameOf(record.chunk.id) } },
          elasticFields(record),
        ]),
      );
      await bulk(chunks, lines.flat());
    },
    async drop(source) {
      const path = `${chunks}/_delete_by_query?refresh=true&conflicts=proceed`;
      await send("POST", path, { query: { term: { source } } });
    },
    async nearest(query, { k, where, vectors, signal }) {
      const knn = {
        field: "vector",
        query_vector: Array.from(query),
        k,
        num_candidates: Math.min(10_000, Math.max(100, 2 * k)),
        ...(where && { filter: where }),
      };
      const asked = { knn, size: k, _source: fieldsOf(vectors) };
      const reply = await send<Found>("POST", `${chunks}/_search`, asked, { signal });
      return found(reply, (score) => 2 * score - 1);
    },
    async byWords(words, { k, where, vectors, signal }) {
      const must = [{ match: { text: words } }];
      const query = { bool: { must, ...(where && { filter: [where] }) } };
      const asked = { query, size: k, _source: fieldsOf(vectors) };
      const reply = await send<Found>("POST", `${chunks}/_search`, asked, { signal });
      return found(reply, (score) => score);
    },
    async ofSource(source, from, to) {
      const query = {
        bool: { filter: [{ term: { source } }, { range: { place: { gte: from, lt: to } } }] },
      };
      const bodies: string[] = [];
      for await (const { chunk } of pages(chunks, query, "place", ["chunk"]))
        bodies.push(String(chunk));
      return bodies;
    },
    async *bodies() {
      const all = { match_all: {} };
      for await (const { chunk } of pages(chunks, all, "id", ["chunk"])) yield String(chunk);
    },
    async count() {
      const { count } = await send<{ count: number }>("GET", `${chunks}/_count`);
      return count;
    },
  };
  return recordStore(driver);
}

/** The store in Qdrant, over its REST API. Its requests are held to the types of Qdrant's client 1.19. */
import { sender } from "./http.ts";
import { type QdrantCondition, qdrantLanguage, qdrantPayload } from "./qdrant-filter.ts";
import { type Driver, type FoundRecord, nameOf, recordStore } from "./records.ts";
import type { Store } from "./store.ts";

export interface QdrantStoreOptions {
  /** "http://localhost:6333" */
  url: string;
  apiKey?: string;
  /** The collection; another, with "-sources" after its name, keeps what is stored whole. */
  collection: string;
  fetch?: typeof fetch;
}

interface Point {
  payload: Record<string, unknown>;
  score?: number;
  vector?: number[];
}
interface Scrolled {
  result: { points: Point[]; next_page_offset?: string | number | null };
}

/** Qdrant's names of points are UUIDs. */
async function uuidOf(text: string): Promise<string> {
  const hex = await nameOf(text);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

/**
 * Keeps chunks in a collection, which `open` makes where it is missing.
 * @throws StoreError, from each method, when Qdrant refuses or cannot be reached
 */
export function qdrantStore({ url, apiKey, collection, fetch }: QdrantStoreOptions): Store {
  const send = sender({ url, fetch, headers: apiKey ? { "api-key": apiKey } : {} });
  const chunks = `/collections/${encodeURIComponent(collection)}`;
  const marks = `/collections/${encodeURIComponent(`${collection}-sources`)}`;
  const index = "the index itself";

  async function* scroll(at: string, filter: unknown, fields: string[]) {
    for (let offset: unknown = null; ; ) {
      const asked = { filter, limit: 500, offset, with_payload: fields, with_vector: false };
      const { result } = await send<Scrolled>("POST", `${at}/points/scroll`, asked);
      for (const { payload } of result.points) yield payload;
      offset = result.next_page_offset ?? null;
      if (offset === null) return;
    }
  }
  async function make(at: string, settings: unknown): Promise<void> {
    if (await send<unknown>("GET", at, undefined, { missing: true })) return;
    await send("PUT", at, settings);
  }
  const sourceIs = (source: string) => ({ must: [{ key: "source", match: { value: source } }] });

  const driver: Driver<QdrantCondition> = {
    name: `The Qdrant collection ${collection}`,
    remedy: "give another collection",
    language: qdrantLanguage,
    batch: 200,
    most: 100_000,
    async open({ model, dimensions }) {
      await make(marks, { vectors: {} });
      const id = await uuidOf(index);
      type Known = { result: { payload: { model: string; dimensions: number } } };
      const at = `${marks}/points/${id}`;
      const known = await send<Known | undefined>("GET", at, undefined, { missing: true });
      if (known) return known.result.payload;
      await make(chunks, { vectors: { size: dimensions, distance: "Cosine" } });
      await send("PUT", `${chunks}/index?wait=true`, {
        field_name: "source",
        field_schema: "keyword",
      });
      const point = { id, vector: {}, payload: { model, dimensions } };
      await send("PUT", `${marks}/points?wait=true`, { points: [point] });
      return { model, dimensions };
    },
    async *marked() {
      for await (const { source, hash } of scroll(marks, undefined, ["source", "hash"])) {
        if (source !== undefined) yield { source: String(source), hash: String(hash) };
      }
    },
    async mark(source, hash) {
      const point = { id: await uuidOf(`source ${source}`), vector: {}, payload: { source, hash } };
      await send("PUT", `${marks}/points?wait=true`, { points: [point] });
    },
    async unmark(sources) {
      const points = await Promise.all(sources.map((source) => uuidOf(`source ${source}`)));
      await send("POST", `${marks}/points/delete?wait=true`, { points });
    },
    async put(records) {
      const points = await Promise.all(
        records.map(async (record) => ({
          id: await uuidOf(record.chunk.id),
          vector: Array.from(record.vector),
          payload: qdrantPayload(record),
        })),
      );
      await send("PUT", `${chunks}/points?wait=true`, { points });
    },
    async drop(source) {
      await send("POST", `${chunks}/points/delete?wait=true`, { filter: sourceIs(source) });
    },
    async nearest(query, { k, where, vectors, signal }) {
      const asked = {
        query: Array.from(query),
        limit: k,
        ...(where && { filter: { must: [where] } }),
        with_payload: ["chunk"],
        with_vector: vectors,
      };
      type Found = { result: { points: Point[] } };
      const { result } = await send<Found>("POST", `${chunks}/points/query`, asked, { signal });
      return result.points.map(({ payload, score, vector }): FoundRecord => {
        return { body: String(payload.chunk), score: score!, ...(vector && { vector }) };
      });
    },
    async ofSource(source, from, to) {
      const place = { key: "place", range: { gte: from, lt: to } };
      const filter = { must: [...sourceIs(source).must, place] };
      const bodies: string[] = [];
      for await (const { chunk } of scroll(chunks, filter, ["chunk"])) bodies.push(String(chunk));
      return bodies;
    },
    async *bodies() {
      for await (const { chunk } of scroll(chunks, undefined, ["chunk"])) yield String(chunk);
    },
    async count() {
      type Counted = { result: { count: number } };
      const { result } = await send<Counted>("POST", `${chunks}/points/count`, { exact: true });
      return result.count;
    },
  };
  return recordStore(driver);
}

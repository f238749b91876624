/** The store in a serverless index of Pinecone, over its REST API of 2026-07. Its requests are held to the types of Pinecone's client 9.0. */
import { StoreError } from "./errors.ts";
import { sender } from "./http.ts";
import {
  type PineconeFilter,
  type PineconeMetadata,
  pineconeLanguage,
  pineconeMetadata,
} from "./pinecone-filter.ts";
import { freshness } from "./pinecone-fresh.ts";
import { type Driver, type FoundRecord, nameOf, recordStore } from "./records.ts";
import type { Store } from "./store.ts";

export interface PineconeStoreOptions {
  /** Where the index is: "docs-abc123.svc.aped-4627-b74a.pinecone.io", as its console and API tell. */
  host: string;
  apiKey: string;
  /** The namespace; another, with "-sources" after its name, keeps what is stored whole. */
  namespace: string;
  fetch?: typeof fetch;
}

interface Vector {
  id: string;
  values?: number[];
  metadata?: PineconeMetadata;
  score?: number;
}
type Vectors = Record<string, Vector>;

/** A request may have 2 MB, a reply 4 MB. */
const largest = 1_800_000;
/** So many letters a number of a vector has at most, and so many the rest of a record has mostly. */
const [perNumber, perRecord] = [25, 5000];

const indexId = "the index itself";

/**
 * Keeps chunks in a namespace of an index that you have made, with the metric "cosine" and the length of
 * the encoder's vectors. What was written through this store is waited for before it reads.
 * @throws StoreError, from each method, when Pinecone refuses or cannot be reached
 */
export function pineconeStore({ host, apiKey, namespace, fetch }: PineconeStoreOptions): Store {
  const url = /^https?:/.test(host) ? host : `https://${host}`;
  const headers = { "api-key": apiKey, "x-pinecone-api-version": "2026-07" };
  const send = sender({ url, fetch, headers });
  const chunks = namespace;
  const marks = `${namespace}-sources`;
  const missing = true;
  let direction: number[] = [];
  /** So many records with their vectors fit into a reply. */
  let page = 1;

  const { wrote, seen, settle } = freshness(async (at, signal) => {
    const asked = { namespace: at, vector: direction, topK: 1 };
    await send("POST", "/query", asked, { signal, missing, headers: seen(at) });
  });
  const write = (at: string, path: string, body: Record<string, unknown>) =>
    send("POST", path, { ...body, namespace: at }, { missing, headers: wrote(at) });

  async function upsert(at: string, vectors: readonly Vector[]): Promise<void> {
    let [batch, size]: [Vector[], number] = [[], 0];
    for (const vector of vectors) {
      const bytes = new TextEncoder().encode(JSON.stringify(vector)).length;
      if (batch.length && size + bytes > largest) {
        await write(at, "/vectors/upsert", { vectors: batch });
        [batch, size] = [[], 0];
      }
      batch.push(vector);
      size += bytes;
    }
    await write(at, "/vectors/upsert", { vectors: batch });
  }
  async function* list(at: string, filter: PineconeFilter): AsyncGenerator<PineconeMetadata> {
    await settle(at);
    for (let paginationToken: string | undefined; ; ) {
      const asked = {
        namespace: at,
        filter,
        limit: page,
        ...(paginationToken && { paginationToken }),
      };
      type Page = { vectors?: Vectors; pagination?: { next?: string } | null };
      const reply = await send<Page | undefined>("POST", "/vectors/fetch_by_metadata", asked, {
        missing,
      });
      for (const { metadata } of Object.values(reply?.vectors ?? {})) if (metadata) yield metadata;
      paginationToken = reply?.pagination?.next;
      if (!paginationToken) return;
    }
  }
  async function fetchAll(at: string, ids: readonly string[], signal?: AbortSignal) {
    const all: Vectors = {};
    for (let i = 0; i < ids.length; i += Math.min(page, 100)) {
      const asked = new URLSearchParams({ namespace: at });
      for (const id of ids.slice(i, i + Math.min(page, 100))) asked.append("ids", id);
      const reply = await send<{ vectors?: Vectors } | undefined>(
        "GET",
        `/vectors/fetch?${asked}`,
        undefined,
        { signal, missing },
      );
      Object.assign(all, reply?.vectors);
    }
    return all;
  }
  const bodyOf = ({ metadata }: Vector) => String(metadata?.["polycall:chunk"]);

  const driver: Driver<PineconeFilter> = {
    name: `The Pinecone namespace ${namespace}`,
    remedy: "give another namespace",
    language: pineconeLanguage,
    batch: 200,
    most: 10_000,
    async open({ model, dimensions }) {
      type Stats = { dimension?: number; metric?: string };
      const { dimension, metric = "cosine" } = await send<Stats>(
        "POST",
        "/describe_index_stats",
        {},
      );
      if (dimension === undefined || metric === "euclidean")
        throw new StoreError(
          `The Pinecone index is of another kind: it must be dense, with the metric "cosine".`,
        );
      direction = Array.from({ length: dimension }, (_, i) => (i ? 0 : 1));
      page = Math.max(
        1,
        Math.min(100, Math.floor(3_500_000 / (dimension * perNumber + perRecord))),
      );
      await settle(marks);
      const known = (await fetchAll(marks, [indexId]))[indexId]?.metadata;
      if (known) return { model: String(known.model), dimensions: Number(known.dimensions) };
      if (dimension === dimensions)
        await upsert(marks, [{ id: indexId, values: direction, metadata: { model, dimensions } }]);
      return { model, dimensions: dimension };
    },
    async *marked() {
      for await (const { source, hash } of list(marks, { hash: { $exists: true } })) {
        yield { source: String(source), hash: String(hash) };
      }
    },
    async mark(source, hash) {
      const metadata = { source, hash };
      await upsert(marks, [{ id: await nameOf(source), values: direction, metadata }]);
    },
    async unmark(sources) {
      const ids = await Promise.all(sources.map(nameOf));
      for (let i = 0; i < ids.length; i += 1000)
        await write(marks, "/vectors/delete", { ids: ids.slice(i, i + 1000) });
    },
    async put(records) {
      const vectors = records.map(async (record) => ({
        id: await nameOf(record.chunk.id),
        values: Array.from(record.vector),
        metadata: pineconeMetadata(record),
      }));
      await upsert(chunks, await Promise.all(vectors));
    },
    async drop(source) {
      await write(chunks, "/vectors/delete", { filter: { source: { $eq: source } } });
    },
    async nearest(query, { k, where, vectors, signal }) {
      await settle(chunks, signal);
      const bytes = k * ((vectors ? query.length * perNumber : 0) + perRecord);
      const inline = bytes < 3_500_000;
      const asked = {
        namespace: chunks,
        vector: Array.from(query),
        topK: k,
        ...(where && { filter: where }),
        includeMetadata: inline,
        includeValues: inline && vectors,
      };
      type Found = { matches?: Vector[] } | undefined;
      const reply = await send<Found>("POST", "/query", asked, { signal, missing });
      const matches = reply?.matches ?? [];
      const ids = inline ? [] : matches.map(({ id }) => id);
      const whole = await fetchAll(chunks, ids, signal);
      return matches.flatMap((match): FoundRecord[] => {
        const found = inline ? match : whole[match.id];
        // It may have been taken away since.
        if (!found) return [];
        return [
          { body: bodyOf(found), score: match.score!, ...(vectors && { vector: found.values! }) },
        ];
      });
    },
    async ofSource(source, from, to) {
      const place = "polycall:place";
      const $and = [
        { source: { $eq: source } },
        { [place]: { $gte: from } },
        { [place]: { $lt: to } },
      ];
      const bodies: string[] = [];
      for await (const metadata of list(chunks, { $and }))
        bodies.push(bodyOf({ id: "", metadata }));
      return bodies;
    },
    async *bodies() {
      for await (const metadata of list(chunks, { "polycall:place": { $gte: 0 } }))
        yield bodyOf({ id: "", metadata });
    },
    async count() {
      await settle(chunks);
      type Stats = { namespaces?: Record<string, { vectorCount?: number }> };
      const { namespaces } = await send<Stats>("POST", "/describe_index_stats", {});
      return namespaces?.[chunks]?.vectorCount ?? 0;
    },
  };
  return recordStore(driver);
}

/** The store in Chroma 1.0 or newer, through a client of `chromadb`. */
import { type ChromaWhere, chromaFields, chromaLanguage } from "./chroma-filter.ts";
import { type Driver, type FoundRecord, recordStore } from "./records.ts";
import type { IndexDescription, Store } from "./store.ts";

type Fields = Record<string, string | number | boolean>;

/** What the store asks of a collection of `chromadb`. */
export interface ChromaCollection {
  metadata?: Record<string, unknown> | null;
  add(records: {
    ids: string[];
    embeddings: number[][];
    metadatas: Fields[];
    documents: string[];
  }): Promise<unknown>;
  get(query: {
    ids?: string[];
    // biome-ignore lint/suspicious/noExplicitAny: chromadb's own type lists every shape of a filter.
    where?: any;
    limit?: number;
    offset?: number;
    include: ("metadatas" | "documents")[];
  }): Promise<{ ids: string[]; metadatas: (Record<string, unknown> | null)[] }>;
  query(query: {
    queryEmbeddings: number[][];
    nResults: number;
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    where?: any;
    include: ("metadatas" | "distances" | "embeddings")[];
  }): Promise<{
    metadatas: (Record<string, unknown> | null)[][];
    distances: (number | null)[][];
    embeddings: (number[] | null)[][];
  }>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  delete(query: { ids?: string[]; where?: any }): Promise<unknown>;
  count(): Promise<number>;
}

/** What the store asks of a client: `new ChromaClient()` of `chromadb`. */
export interface ChromaClient {
  getOrCreateCollection(options: {
    name: string;
    metadata?: Record<string, string | number | boolean>;
    /** None: vectors are made elsewhere. */
    embeddingFunction?: null;
  }): Promise<ChromaCollection>;
}

export interface ChromaStoreOptions {
  client: ChromaClient;
  /** The collection; another, with "-sources" after its name, keeps what is stored whole. */
  collection: string;
}

const page = 1000;

/**
 * Keeps chunks in a collection, which `open` makes where it is missing. Its documents are the chunks'
 * texts, its metadata theirs.
 * @throws StoreError, from each method, when Chroma refuses or cannot be reached
 */
export function chromaStore({ client, collection: name }: ChromaStoreOptions): Store {
  let chunks: ChromaCollection;
  let marks: ChromaCollection;

  async function* pages(collection: ChromaCollection, where?: ChromaWhere) {
    for (let offset = 0; ; offset += page) {
      const got = await collection.get({ where, limit: page, offset, include: ["metadatas"] });
      for (const fields of got.metadatas) if (fields) yield fields;
      if (got.ids.length < page) return;
    }
  }

  const driver: Driver<ChromaWhere> = {
    name: `The Chroma collection ${name}`,
    remedy: "give another collection",
    language: chromaLanguage,
    batch: 300,
    most: 100_000,
    async open({ model, dimensions }) {
      const embeddingFunction = null;
      const metadata = { "polycall:model": model, "polycall:dimensions": dimensions };
      const wanted = { name, embeddingFunction, metadata: { ...metadata, "hnsw:space": "cosine" } };
      chunks = await client.getOrCreateCollection(wanted);
      marks = await client.getOrCreateCollection({ name: `${name}-sources`, embeddingFunction });
      const known = chunks.metadata ?? {};
      return {
        model: String(known["polycall:model"] ?? "an unknown encoder"),
        dimensions: Number(known["polycall:dimensions"] ?? Number.NaN),
      } satisfies IndexDescription;
    },
    async *marked() {
      for await (const { source, hash } of pages(marks)) {
        yield { source: String(source), hash: String(hash) };
      }
    },
    async mark(source, hash) {
      await marks.add({
        ids: [source],
        embeddings: [[1]],
        metadatas: [{ source, hash }],
        documents: [source],
      });
    },
    async unmark(sources) {
      await marks.delete({ ids: [...sources] });
    },
    async put(records) {
      await chunks.add({
        ids: records.map(({ chunk }) => chunk.id),
        embeddings: records.map(({ vector }) => Array.from(vector)),
        metadatas: records.map(({ chunk, body }) => chromaFields(chunk, body)),
        documents: records.map(({ text }) => text),
      });
    },
    async drop(source) {
      await chunks.delete({ where: { source } });
    },
    async nearest(query, { k, where, vectors }) {
      const include = ["metadatas", "distances", ...(vectors ? ["embeddings"] : [])];
      const found = await chunks.query({
        queryEmbeddings: [Array.from(query)],
        nResults: k,
        where,
        include: include as "metadatas"[],
      });
      return found.metadatas[0]!.map((fields, i): FoundRecord => {
        const vector = vectors ? found.embeddings[0]![i] : undefined;
        const score = 1 - (found.distances[0]![i] ?? 1);
        return { body: String(fields!["polycall:chunk"]), score, ...(vector && { vector }) };
      });
    },
    async ofSource(source, from, to) {
      const place = "polycall:place";
      const where = { $and: [{ source }, { [place]: { $gte: from } }, { [place]: { $lt: to } }] };
      const bodies: string[] = [];
      for await (const fields of pages(chunks, where))
        bodies.push(String(fields["polycall:chunk"]));
      return bodies;
    },
    async *bodies() {
      for await (const fields of pages(chunks)) yield String(fields["polycall:chunk"]);
    },
    count: () => chunks.count(),
  };
  return recordStore(driver);
}

/** Search by words for a store that has none: an index in memory, made at the first search. */
import { type Bm25Index, bm25Index } from "../bm25.ts";
import { holds, readFilter } from "../stores/filter.ts";
import type { Hit, SearchOptions, Store, StoredChunk } from "../stores/store.ts";

export interface Words {
  search(query: string, options: SearchOptions): Promise<Hit[]>;
  /** The store was written to: the next search reads it anew. */
  forget(): void;
}

/** @param store what it is asked for, where it cannot search by words itself */
export function wordsOf(store: Store): Words {
  let reading: Promise<{ index: Bm25Index; chunks: Map<string, StoredChunk> }> | undefined;
  const read = async () => {
    const index = bm25Index();
    const chunks = new Map<string, StoredChunk>();
    for await (const chunk of store.all()) {
      index.add(chunk.id, chunk.text);
      chunks.set(chunk.id, chunk);
    }
    return { index, chunks };
  };
  return {
    async search(query, options) {
      if (store.searchText) return store.searchText(query, options);
      reading ??= read();
      const { index, chunks } = await reading.catch((error) => {
        reading = undefined;
        throw error;
      });
      const { k, filter } = options;
      const condition = filter && readFilter(filter);
      const found = index.search(query, {
        k,
        ...(condition && { filter: (id) => holds(chunks.get(id)!, condition) }),
      });
      return found.map(({ id, score }) => ({ chunk: chunks.get(id)!, score }));
    },
    forget() {
      reading = undefined;
    },
  };
}

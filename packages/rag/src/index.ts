/** A knowledge base, from documents to answers with citations. */

export type { Chunk, Chunker, Metadata, SourceDocument } from "./chunk.ts";
export { FilterError, IndexMismatchError, StoreError } from "./stores/errors.ts";
export { matches } from "./stores/filter.ts";
export type { SidecarOptions, SqliteStoreOptions } from "./stores/sqlite.ts";
export { memoryStore, sqliteStore } from "./stores/sqlite.ts";
export type {
  EmbeddedChunk,
  Filter,
  FilterTest,
  FilterValue,
  Hit,
  IndexDescription,
  OptimizeOptions,
  SearchOptions,
  Store,
  StoredChunk,
} from "./stores/store.ts";

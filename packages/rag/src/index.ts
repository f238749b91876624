/** A knowledge base, from documents to answers with citations. */

export type { SqliteStoreOptions } from "#sqlite";
export { memoryStore, sqliteStore } from "#sqlite";
export type { Chunk, Chunker, Metadata, SourceDocument } from "./chunk.ts";
export { markdownChunker } from "./chunkers/markdown.ts";
export { type RecursiveOptions, recursiveChunker } from "./chunkers/recursive.ts";
export type { Separator } from "./chunkers/separators.ts";
export type { Measure, SizeOptions } from "./chunkers/size.ts";
export { FilterError, IndexMismatchError, StoreError } from "./stores/errors.ts";
export { matches } from "./stores/filter.ts";
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

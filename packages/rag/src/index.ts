/** A knowledge base, from documents to answers with citations. */
export type { Chunk, Chunker, Metadata, SourceDocument } from "./chunk.ts";
export type {
  Filter,
  FilterTest,
  FilterValue,
  Hit,
  IndexDescription,
  SearchOptions,
  Store,
  StoredChunk,
} from "./stores/store.ts";

/** A knowledge base, from documents to answers with citations. */
export type { Chunk, Chunker, Metadata, SourceDocument } from "./chunk.ts";
export { markdownChunker } from "./chunkers/markdown.ts";
export { type RecursiveOptions, recursiveChunker } from "./chunkers/recursive.ts";
export type { Separator } from "./chunkers/separators.ts";
export type { Measure, SizeOptions } from "./chunkers/size.ts";
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

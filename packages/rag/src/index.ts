/** A knowledge base, from documents to answers with citations. */
export {
  type Bm25Hit,
  type Bm25Index,
  type Bm25Options,
  type Bm25SearchOptions,
  bm25Index,
} from "./bm25.ts";
export type { Chunk, Chunker, Metadata, SourceDocument } from "./chunk.ts";
export { chunker } from "./chunkers/chunker.ts";
export { type CodeOptions, codeChunker } from "./chunkers/code.ts";
export { markdownChunker } from "./chunkers/markdown.ts";
export { type ParentChildOptions, parentChild } from "./chunkers/parent-child.ts";
export { type RecursiveOptions, recursiveChunker } from "./chunkers/recursive.ts";
export { type SemanticOptions, semanticChunker } from "./chunkers/semantic.ts";
export { type SentenceOptions, sentenceChunker } from "./chunkers/sentence.ts";
export type { Separator } from "./chunkers/separators.ts";
export type { Measure, SizeOptions } from "./chunkers/size.ts";
export { type ChunkStatistics, chunkStatistics } from "./chunkers/statistics.ts";
export { type TokenEncoding, type TokenOptions, tokenChunker } from "./chunkers/token.ts";
export {
  type BeirDocument,
  readCorpus,
  readJudgements,
  readQueries,
} from "./evaluation/beir.ts";
export { type CompareOptions, type Comparison, compareRetrievers } from "./evaluation/compare.ts";
export {
  type EvaluateOptions,
  type Evaluation,
  evaluateRetriever,
  type QueryEvaluation,
  type Retrieve,
  type Scores,
  type TestSet,
} from "./evaluation/evaluate.ts";
export {
  hitRate,
  type Judgements,
  type Metric,
  map,
  metrics,
  mrr,
  ndcg,
  precision,
  type Ranking,
  recall,
} from "./evaluation/metrics.ts";
export { type Fused, type FusionOptions, fuse } from "./fusion.ts";
export { type ChunksPageOptions, chunksToHTML } from "./page/chunks.ts";
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

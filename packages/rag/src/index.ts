/** A knowledge base, from documents to answers with citations. */

export type { Answer, AnswerTrace } from "./answer/answer.ts";
export type { AnswerStream } from "./answer/ask.ts";
export type { Citation } from "./answer/citations.ts";
export type { FoundPassage, SearchToolOptions } from "./answer/tool.ts";
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
export type { BootstrapOptions, Difference } from "./evaluation/bootstrap.ts";
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
export type { IngestInput, IngestOptions } from "./ingest/ingest.ts";
export type { Applied, ApplyOptions, IngestStep, PlanOptions } from "./ingest/plan.ts";
export { progressBar, type Terminal } from "./ingest/progress-bar.ts";
export type { IngestFailure, IngestProgress, IngestReport, IngestStatus } from "./ingest/report.ts";
export type { FolderOptions } from "./ingest/source.ts";
export {
  type AnswerComparison,
  type CompareAnswersOptions,
  compareAnswers,
} from "./judging/compare-answers.ts";
export {
  type AnswerEvaluation,
  type AskFunction,
  type EvaluateAnswersOptions,
  evaluateAnswers,
  type JudgedQuestion,
  type JudgeOptions,
  judgeAnswer,
  judgeModel,
} from "./judging/evaluate-answers.ts";
export {
  type Corpus,
  type Dropped,
  estimateTestSet,
  type GeneratedQuestion,
  type GeneratedTestSet,
  type GenerateOptions,
  generateTestSet,
} from "./judging/generate.ts";
export { type JudgeName, judgeNames } from "./judging/judges.ts";
export { type Keyword, type KeywordCoverage, keywordCoverage } from "./judging/keywords.ts";
export type { AnswerScores, CategoryScores, JudgeScore } from "./judging/scores.ts";
export { readTestSet, type TestQuestion, testSetLines } from "./judging/test-set.ts";
export type {
  Judge,
  JudgeCall,
  JudgedAnswer,
  Verdict,
  VerdictPart,
} from "./judging/verdict.ts";
export {
  type AskOptions,
  type KnowledgeBase,
  type KnowledgeBaseOptions,
  knowledgeBase,
} from "./knowledge-base.ts";
export { BudgetExceededError } from "./model/errors.ts";
export {
  type AskModelOptions,
  type CostEstimate,
  type LanguageModel,
  type LanguageModelOptions,
  languageModel,
  type ModelCounts,
  type ModelOption,
  type Question,
} from "./model/language-model.ts";
export { type FileReplies, fileReplies, memoryReplies, type ReplyCache } from "./model/replies.ts";
export { type AnswerPageOptions, answerToHTML } from "./page/answer.ts";
export { type ChunksPageOptions, chunksToHTML } from "./page/chunks.ts";
export { type EvaluationPageOptions, evaluationToHTML } from "./page/evaluation.ts";
export type { Passage, RetrieveOptions, Retriever } from "./retrieval/passage.ts";
export type { RetrieverOptions } from "./retrieval/retriever.ts";
export type { RetrievalTrace, TracedCall, TraceNode, TraceStep } from "./retrieval/trace.ts";
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

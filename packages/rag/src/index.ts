/** A knowledge base, from documents to answers with citations. */

export {
  type AgentOutcome,
  type AskAgentCall,
  type AskAgentOptions,
  askAgent,
  type RunsAgents,
} from "./agentic/ask-agent.ts";
export type { Answer, AnswerTrace } from "./answer/answer.ts";
export type { Citation } from "./answer/citations.ts";
export type { AnswerStream } from "./answer/streaming.ts";
export type { FoundPassage, SearchToolOptions } from "./answer/tool.ts";
export {
  type Bm25Hit,
  type Bm25Index,
  type Bm25Options,
  type Bm25SearchOptions,
  bm25Index,
} from "./bm25.ts";
export type { Chunk, Chunker, ChunkOptions, Metadata, SourceDocument } from "./chunk.ts";
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
export type { AskAllOptions, Asked, Retrieve } from "./evaluation/ask-all.ts";
export {
  type BeirDocument,
  readCorpus,
  readJudgements,
  readQueries,
} from "./evaluation/beir.ts";
export {
  type BootstrapOptions,
  bootstrap,
  type Difference,
  type Interval,
  meanInterval,
} from "./evaluation/bootstrap.ts";
export { type CompareOptions, type Comparison, compareRetrievers } from "./evaluation/compare.ts";
export {
  type ChunkerComparison,
  type ChunkerEvaluation,
  type ChunkerQuestion,
  type CompareChunkersOptions,
  compareChunkers,
} from "./evaluation/compare-chunkers.ts";
export {
  type CompareEncodersOptions,
  compareEncoders,
  type EncoderComparison,
  type EncoderEvaluation,
  type EncoderPair,
  type EncoderTestSet,
} from "./evaluation/compare-encoders.ts";
export {
  type EvaluateOptions,
  type Evaluation,
  evaluateRetriever,
  type QueryEvaluation,
  type Scores,
  type TestSet,
} from "./evaluation/evaluate.ts";
export {
  type Amount,
  type ExcerptMetric,
  type ExcerptQuestion,
  type ExcerptScores,
  foundScores,
  type Place,
  precisionOmega,
} from "./evaluation/excerpts.ts";
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
export type { Range } from "./evaluation/ranges.ts";
export { type ExcerptSet, readExcerpts } from "./evaluation/read-excerpts.ts";
export { type Fused, type FusionOptions, fuse } from "./fusion.ts";
export type {
  GraphBuildOptions,
  GraphEstimate,
  GraphProgress,
  GraphReport,
  Made,
} from "./graph/build.ts";
export type { EdgeKind } from "./graph/chunk-graph.ts";
export {
  type GraphContents,
  type GraphRag,
  type GraphRagOptions,
  type GraphRetrieverOptions,
  graphRag,
} from "./graph/graph-rag.ts";
export { type LinkGraphOptions, linkGraph } from "./graph/link-graph.ts";
export {
  type GraphChanges,
  type GraphRecords,
  graphFile,
  memoryGraph,
  type RecordKind,
} from "./graph/records.ts";
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
export { type ChunkersPageOptions, chunkersToHTML } from "./page/chunkers.ts";
export { type ChunksPageOptions, chunksToHTML } from "./page/chunks.ts";
export { chunkersToMarkdown, encodersToMarkdown } from "./page/comparison-tables.ts";
export { type EvaluationPageOptions, evaluationToHTML } from "./page/evaluation.ts";
export {
  type ContextualChunker,
  type ContextualChunkerCounts,
  type ContextualChunkerOptions,
  contextualChunker,
} from "./preprocess/contextual-chunker.ts";
export { estimateChunking } from "./preprocess/estimate.ts";
export {
  type ModelChunker,
  type ModelChunkerCounts,
  type ModelChunkerOptions,
  modelChunker,
} from "./preprocess/model-chunker.ts";
export {
  type AnswerPrompt,
  type AnswerTemplate,
  type AnswerTemplateOptions,
  answerTemplate,
  type SlotValue,
} from "./prompts/answer-template.ts";
export {
  type ComparePromptsOptions,
  comparePrompts,
  type JudgeFunction,
  type PromptAnswer,
  type PromptComparison,
  type PromptScore,
} from "./prompts/compare-prompts.ts";
export { TemplateError } from "./prompts/errors.ts";
export { type ExpandQueriesOptions, expandQueries } from "./queries/expand-queries.ts";
export { type HydeOptions, hyde } from "./queries/hyde.ts";
export { type MultiQueryOptions, multiQuery } from "./queries/multi-query.ts";
export { rewriteQuery } from "./queries/rewrite.ts";
export { stepBack } from "./queries/step-back.ts";
export type { Query, QueryTechnique } from "./queries/technique.ts";
export type { BuildOptions, BuildProgress, BuildReport } from "./raptor/build.ts";
export { type Raptor, type RaptorOptions, raptor } from "./raptor/raptor.ts";
export type { TreeRetrieverOptions } from "./raptor/retrieve.ts";
export { type ApiRerankerOptions, apiReranker } from "./rerank/api-reranker.ts";
export { type ModelRerankerOptions, modelReranker } from "./rerank/model-reranker.ts";
export { type RerankOptions, rerankPassages } from "./rerank/rerank-passages.ts";
export type { Ranked, Reranked, Reranker } from "./rerank/reranker.ts";
export type { Indexed } from "./retrieval/indexed.ts";
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

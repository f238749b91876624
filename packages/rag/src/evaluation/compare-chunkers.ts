/** `compareChunkers()`: how much of the answers is found, and with how little else, as documents are cut. */
import { InvalidRequestError } from "@polycall/core";
import type { Encoder } from "@polycall/embeddings";
import { bm25Index } from "../bm25.ts";
import type { Chunk, Chunker, SourceDocument } from "../chunk.ts";
import { type ChunkStatistics, chunkStatistics } from "../chunkers/statistics.ts";
import { type AskAllOptions, type Asked, askAll, type Retrieve } from "./ask-all.ts";
import {
  type BootstrapOptions,
  bootstrap,
  checkDrawing,
  type Difference,
  type Interval,
  meanInterval,
} from "./bootstrap.ts";
import {
  type Amount,
  type ExcerptMetric,
  type ExcerptScores,
  foundScores,
  holdingCount,
  type Place,
  precisionOmega,
} from "./excerpts.ts";
import { idsOf } from "./metrics.ts";
import type { ExcerptSet } from "./read-excerpts.ts";
import { type VectorOptions, vectorIndex } from "./vector-index.ts";

export interface CompareChunkersOptions
  extends Omit<AskAllOptions, "k" | "onProgress">,
    BootstrapOptions,
    Pick<VectorOptions, "cache" | "client"> {
  /**
   * Chunks that are brought for each question; "holding": as many as hold some of its excerpts, at most 20.
   * Default: 5
   */
  k?: number | "holding";
  /** What finds them: an encoder, by its string or itself. Default: BM25 */
  encoder?: string | Encoder;
  /** Or a way of your own: an index over the chunks of all documents. */
  index?(chunks: readonly { id: string; text: string }[]): Retrieve | Promise<Retrieve>;
  /** Where the tokens of a text begin, to count by them. Default: each character (UTF-16 unit) */
  tokens?(text: string): readonly number[];
  /** Called when a chunker has been measured. */
  onProgress?(done: number, of: number): void;
}

export interface ChunkerQuestion {
  id: string;
  text: string;
  /** What was brought, best first. */
  found: Place[];
  scores: ExcerptScores;
  /** Why nothing was brought. It counts as nothing found. */
  error?: unknown;
}

export interface ChunkerEvaluation {
  /** Its name. */
  chunker: string;
  statistics: ChunkStatistics;
  /** Where each chunk lies, and how large its `text` is, in characters. */
  chunks: (Place & { size: number })[];
  /** Means over the questions. */
  scores: ExcerptScores;
  intervals: { [name in ExcerptMetric]: Interval };
  /** What it is better or worse by than the first of the chunkers; absent for that one. */
  difference?: { [name in ExcerptMetric]: Difference };
  questions: ChunkerQuestion[];
  /** Questions for which the search failed: 0 in every mean, but for `precisionOmega`. */
  failed: number;
}

export interface ChunkerComparison {
  k: number | "holding";
  /** What found the chunks. */
  retriever: string;
  confidence: number;
  /** In the order in which they were given. */
  chunkers: ChunkerEvaluation[];
}

export const excerptMetrics = ["recall", "precision", "iou", "precisionOmega"] as const;

const mostHolding = 20;

/**
 * Cuts the documents with each chunker, indexes all chunks together, asks every question, and holds what is
 * brought against the excerpts; each chunker beside the first by a paired bootstrap over the questions.
 * @throws InvalidRequestError for a set or options that cannot be meant; what a chunker or an index throws
 */
export async function compareChunkers(
  chunkers: readonly Chunker[],
  testSet: ExcerptSet,
  options: CompareChunkersOptions = {},
): Promise<ChunkerComparison> {
  check(chunkers, testSet, options);
  const { k = 5, encoder, index, confidence = 0.95, signal, onProgress } = options;
  const amount = options.tokens && amountBy(options.tokens, testSet.documents);
  const evaluations: ChunkerEvaluation[] = [];
  for (const chunker of chunkers) {
    signal?.throwIfAborted();
    const evaluation = await evaluate(chunker, testSet, options, amount);
    const [first] = evaluations;
    if (first) evaluation.difference = differences(first, evaluation, options);
    evaluations.push(evaluation);
    onProgress?.(evaluations.length, chunkers.length);
  }
  const own = index ? index.name || "index" : "BM25";
  const retriever = encoder ? (typeof encoder === "string" ? encoder : encoder.model) : own;
  return { k, retriever, confidence, chunkers: evaluations };
}

async function evaluate(
  chunker: Chunker,
  { documents, questions }: ExcerptSet,
  options: CompareChunkersOptions,
  amount: Amount | undefined,
): Promise<ChunkerEvaluation> {
  const chunks: Chunk[] = [];
  const places: (Place & { id: string; text: string })[] = [];
  const { k = 5, concurrency, signal } = options;
  for (const document of documents) {
    signal?.throwIfAborted();
    const cut = await chunker.chunk(document, signal && { signal });
    for (const [i, chunk] of cut.entries()) {
      const { start, end, text } = chunk;
      chunks.push(chunk);
      places.push({ id: `${document.source}#${i}`, source: document.source, start, end, text });
    }
  }
  const retrieve = await indexOf(places, options);
  const wanted = new Map(
    questions.map((question) => {
      const holding = () => Math.min(mostHolding, holdingCount(question, places));
      return [question.id, k === "holding" ? holding() : k];
    }),
  );
  const most = Math.max(1, ...wanted.values());
  const asked = await askAll(retrieve, questions, {
    k: most,
    ...(concurrency && { concurrency }),
    ...(signal && { signal }),
  });
  const byId = new Map(places.map(({ id, source, start, end }) => [id, { source, start, end }]));
  const scored = asked.map((one: Asked, i): ChunkerQuestion => {
    const { id, text, ranking } = one;
    const found = idsOf(ranking, wanted.get(id)!).flatMap((found) => byId.get(found) ?? []);
    const omega = precisionOmega(questions[i]!, places, amount);
    const scores = { ...foundScores(questions[i]!, found, amount), precisionOmega: omega };
    return { id, text, found, scores, ...("error" in one && { error: one.error }) };
  });
  const of = (name: ExcerptMetric) => scored.map(({ scores }) => scores[name]);
  const each = <T>(make: (values: number[]) => T) =>
    Object.fromEntries(excerptMetrics.map((name) => [name, make(of(name))])) as {
      [name in ExcerptMetric]: T;
    };
  return {
    chunker: chunker.name,
    statistics: chunkStatistics(chunks),
    chunks: places.map(({ source, start, end, text }) => ({
      ...{ source, start, end },
      size: text.length,
    })),
    scores: each((values) => values.reduce((sum, one) => sum + one, 0) / values.length),
    intervals: each((values) => meanInterval(values, options)),
    questions: scored,
    failed: scored.filter((one) => "error" in one).length,
  };
}

function indexOf(
  chunks: readonly { id: string; text: string }[],
  { encoder, index, ...options }: CompareChunkersOptions,
): Promise<Retrieve> | Retrieve {
  if (index) return index(chunks);
  if (encoder) return vectorIndex(chunks, encoder, options).then(({ retrieve }) => retrieve);
  const words = bm25Index();
  for (const { id, text } of chunks) words.add(id, text);
  return (query, { k }) => words.search(query, { k }).map(({ id }) => id);
}

function differences(
  first: ChunkerEvaluation,
  second: ChunkerEvaluation,
  options: BootstrapOptions,
): { [name in ExcerptMetric]: Difference } {
  const pairs = excerptMetrics.map((name) => {
    const less = second.questions.map(
      ({ scores }, i) => scores[name] - first.questions[i]!.scores[name],
    );
    return [name, bootstrap(less, options)];
  });
  return Object.fromEntries(pairs);
}

/** How many tokens begin in a stretch. */
function amountBy(
  tokens: (text: string) => readonly number[],
  documents: readonly SourceDocument[],
): Amount {
  const starts = new Map(documents.map(({ source, text }) => [source, tokens(text)]));
  return ({ source, start, end }) => {
    const all = starts.get(source)!;
    return before(all, end) - before(all, start);
  };
}

/** How many of ascending numbers are less than `limit`. */
function before(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function check(
  chunkers: readonly Chunker[],
  { documents, questions }: ExcerptSet,
  options: CompareChunkersOptions,
): void {
  const { k, encoder, index } = options;
  const refuse = (what: string): never => {
    throw new InvalidRequestError(`compareChunkers(): ${what}`);
  };
  if (chunkers.length === 0) refuse("there is no chunker.");
  if (questions.length === 0) refuse("there is no question.");
  if (k !== undefined && k !== "holding" && !(Number.isInteger(k) && k >= 1)) {
    refuse(`k is a whole number from 1, or "holding", not ${k}.`);
  }
  if (encoder && index) refuse("an encoder or an index of your own finds the chunks, not both.");
  const twice = (names: readonly string[]) => names.find((name, i) => names.indexOf(name) !== i);
  const chunker = twice(chunkers.map(({ name }) => name));
  if (chunker) refuse(`two chunkers are called ${chunker}.`);
  const question = twice(questions.map(({ id }) => id));
  if (question) refuse(`two questions have the id ${JSON.stringify(question)}.`);
  const document = twice(documents.map(({ source }) => source));
  if (document) refuse(`two documents are called ${JSON.stringify(document)}.`);
  const lengths = new Map(documents.map(({ source, text }) => [source, text.length]));
  const lost = questions.find(({ source }) => !lengths.has(source));
  if (lost) {
    refuse(
      `question ${JSON.stringify(lost.id)} is about ${JSON.stringify(lost.source)}, which is not there.`,
    );
  }
  const bare = questions.find(({ excerpts }) => excerpts.length === 0);
  if (bare) refuse(`question ${JSON.stringify(bare.id)} has no excerpt.`);
  for (const { id, source, excerpts } of questions) {
    const odd = excerpts.find(
      ({ start, end }) => !(start >= 0 && start < end && end <= lengths.get(source)!),
    );
    if (odd) {
      refuse(
        `question ${JSON.stringify(id)} has an excerpt from ${odd.start} to ${odd.end}, which is no stretch of ${JSON.stringify(source)}.`,
      );
    }
  }
  checkDrawing(options);
}

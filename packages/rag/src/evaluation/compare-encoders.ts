/** `compareEncoders()`: which encoder finds more of what it should, how fast, for how much. */
import { InvalidRequestError } from "@polycall/core";
import type { Encoder } from "@polycall/embeddings";
import type { BeirDocument } from "./beir.ts";
import { type BootstrapOptions, checkDrawing, type Interval, meanInterval } from "./bootstrap.ts";
import { type Comparison, compareRetrievers } from "./compare.ts";
import { checkAsking, type Evaluation, evaluateRetriever, type TestSet } from "./evaluate.ts";
import { metrics as known, type Metric } from "./metrics.ts";
import { type VectorIndex, type VectorOptions, vectorIndex } from "./vector-index.ts";

/** Queries and judgements, and the documents they are about; `beirTestSet()` gives one. */
export interface EncoderTestSet extends TestSet {
  corpus():
    | Iterable<Pick<BeirDocument, "id" | "title" | "text">>
    | AsyncIterable<Pick<BeirDocument, "id" | "title" | "text">>;
}

export interface CompareEncodersOptions extends VectorOptions, BootstrapOptions {
  /** Down to which rank. Default: 10 */
  k?: number;
  /** What is told with intervals, and compared. Default: nDCG, MRR and recall */
  metrics?: readonly Metric[];
  /** Called when an encoder has been measured. */
  onProgress?(done: number, of: number): void;
}

export interface EncoderEvaluation {
  model: string;
  /** Absent where nothing could be indexed: `error` says why. */
  evaluation?: Evaluation;
  intervals?: { [name in Metric]?: Interval };
  dimensions?: number;
  /** At the index; absent where vectors came from the cache. */
  textsPerSecond?: number;
  /** ms until a query has its vector, the median; absent where all came from the cache. */
  queryMs?: number;
  /** Dollars for the index and the queries; absent where it is not known. */
  cost?: number;
  /** Documents without a text: no model takes them. */
  blank?: number;
  error?: unknown;
}

export interface EncoderPair {
  first: string;
  second: string;
  /** The second less the first, by each metric. */
  comparisons: Comparison[];
}

export interface EncoderComparison {
  k: number;
  metrics: readonly Metric[];
  confidence: number;
  /** In the order in which they were given. */
  encoders: EncoderEvaluation[];
  /** Each with each that comes after it, where both could be measured. */
  pairs: EncoderPair[];
  /** Encoders that could not be measured. */
  failed: number;
}

/**
 * Embeds the documents with each encoder (title and text, as one), asks every query that has judgements by an
 * exact search, and compares each with each by a paired bootstrap. An encoder that fails is told as such, and
 * the others are compared.
 * @throws InvalidRequestError for a set or options that cannot be meant; what the signal says
 */
export async function compareEncoders(
  encoders: readonly (string | Encoder)[],
  testSet: EncoderTestSet,
  options: CompareEncodersOptions = {},
): Promise<EncoderComparison> {
  const { k = 10, metrics = ["ndcg", "mrr", "recall"], confidence = 0.95 } = options;
  const { signal, onProgress, samples, seed } = options;
  const names = encoders.map((one) => (typeof one === "string" ? one : one.model));
  if (names.length === 0) throw new InvalidRequestError("compareEncoders(): there is no encoder.");
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new InvalidRequestError(`compareEncoders(): two encoders are called ${twice}.`);
  const strange = metrics.find((name) => !Object.hasOwn(known, name));
  if (strange) {
    throw new InvalidRequestError(
      `compareEncoders(): there is no metric ${JSON.stringify(strange)}: ${Object.keys(known).join(", ")}.`,
    );
  }
  // Before anything is embedded, which may be dear.
  checkAsking(testSet, options);
  checkDrawing(options);
  const texts: { id: string; text: string }[] = [];
  for await (const { id, title, text } of testSet.corpus()) {
    texts.push({ id, text: title ? `${title} ${text}` : text });
  }
  if (texts.length === 0) throw new InvalidRequestError("compareEncoders(): there is no document.");
  const drawing = {
    confidence,
    ...(samples !== undefined && { samples }),
    ...(seed !== undefined && { seed }),
  };
  const measured: EncoderEvaluation[] = [];
  for (const [i, encoder] of encoders.entries()) {
    signal?.throwIfAborted();
    const index = await vectorIndex(texts, encoder, options).catch((error: unknown) => {
      signal?.throwIfAborted();
      return { error };
    });
    if ("error" in index) measured.push({ model: names[i]!, error: index.error });
    else {
      const evaluation = await evaluateRetriever(index.retrieve, testSet, {
        // One after the other: what is timed does not wait for another.
        ...{ k, concurrency: 1 },
        ...(signal && { signal }),
      });
      const intervals = Object.fromEntries(
        metrics.map((name) => {
          const values = evaluation.queries.map(({ scores }) => scores[name]);
          return [name, meanInterval(values, drawing)];
        }),
      );
      measured.push({ model: names[i]!, evaluation, intervals, ...speedOf(index) });
    }
    onProgress?.(measured.length, encoders.length);
  }
  const sound = measured.filter(({ evaluation }) => evaluation);
  const pairs = sound.flatMap((first, i) =>
    sound.slice(i + 1).map((second) => ({
      first: first.model,
      second: second.model,
      comparisons: metrics.map((metric) =>
        compareRetrievers(first.evaluation!, second.evaluation!, { metric, ...drawing }),
      ),
    })),
  );
  const failed = measured.length - sound.length;
  return { k, metrics, confidence, encoders: measured, pairs, failed };
}

function speedOf({ reply, ms, asked, blank }: VectorIndex): Partial<EncoderEvaluation> {
  const times = [...asked.times].sort((a, b) => a - b);
  const { vectors, cached, dimensions } = reply;
  const cost =
    reply.cost === undefined || asked.cost === undefined ? undefined : reply.cost + asked.cost;
  return {
    ...{ dimensions, blank },
    ...(!cached && { textsPerSecond: (vectors.length / ms) * 1000 }),
    ...(times.length > 0 && { queryMs: times[times.length >> 1]! }),
    ...(cost !== undefined && { cost }),
  };
}

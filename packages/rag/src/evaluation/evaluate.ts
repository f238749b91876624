/** `evaluateRetriever()`: what a retriever finds of what a test set says it should. */
import { InvalidRequestError } from "@polycall/core";
import { type Judgements, type Metric, metrics, type Ranking } from "./metrics.ts";

export interface TestSet {
  queries: readonly { id: string; text: string }[];
  /** By the query's id. Queries without an entry are not asked. */
  judgements: ReadonlyMap<string, Judgements>;
}

/** Finds the ids of documents: best first, or with scores. */
export type Retrieve = (
  query: string,
  options: { k: number; signal?: AbortSignal },
) => Ranking | Promise<Ranking>;

export interface EvaluateOptions {
  /** Down to which rank. Default: 10 */
  k?: number;
  /** Queries in flight together. Default: 4 */
  concurrency?: number;
  signal?: AbortSignal;
  onProgress?(done: number, of: number): void;
}

export type Scores = { [name in Metric]: number };

export interface QueryEvaluation {
  id: string;
  text: string;
  ranking: Ranking;
  scores: Scores;
  /** ms */
  time: number;
  /** Why nothing was retrieved. It counts as nothing found. */
  error?: unknown;
}

export interface Evaluation {
  k: number;
  /** Means over `queries`. */
  scores: Scores;
  queries: QueryEvaluation[];
  /** Of `queries`, those whose retrieval failed: 0 in every mean. */
  failed: number;
}

/**
 * Asks a retriever every query that has judgements, and scores what comes at rank `k`.
 * @throws InvalidRequestError where no query has any; what the signal says
 */
export async function evaluateRetriever(
  retrieve: Retrieve,
  testSet: TestSet,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { k = 10, concurrency = 4, signal, onProgress } = options;
  if (!Number.isInteger(k) || k < 1) {
    throw new InvalidRequestError(`k is a whole number from 1, not ${k}.`);
  }
  const asked = testSet.queries.filter(({ id }) => testSet.judgements.has(id));
  if (asked.length === 0) {
    throw new InvalidRequestError("No query of the test set has judgements. Do their ids agree?");
  }
  const queries: QueryEvaluation[] = new Array(asked.length);
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < asked.length) {
      const at = next++;
      const { id, text } = asked[at]!;
      const begun = performance.now();
      const outcome: { ranking: Ranking; error?: unknown } = { ranking: [] };
      try {
        outcome.ranking = await retrieve(text, { k, signal });
      } catch (error) {
        signal?.throwIfAborted();
        outcome.error = error;
      }
      signal?.throwIfAborted();
      const time = performance.now() - begun;
      const scores = scoresOf(outcome.ranking, testSet.judgements.get(id)!, k);
      queries[at] = { id, text, ...outcome, scores, time };
      onProgress?.(++done, asked.length);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
  const failed = queries.filter((query) => "error" in query).length;
  return { k, scores: meansOf(queries.map(({ scores }) => scores)), queries, failed };
}

const names = Object.keys(metrics) as Metric[];

function scoresOf(ranking: Ranking, judged: Judgements, k: number): Scores {
  const scored = names.map((name) => [name, metrics[name](ranking, judged, k)]);
  return Object.fromEntries(scored) as Scores;
}

function meansOf(all: readonly Scores[]): Scores {
  const means = names.map((name) => [
    name,
    all.reduce((sum, one) => sum + one[name], 0) / all.length,
  ]);
  return Object.fromEntries(means) as Scores;
}

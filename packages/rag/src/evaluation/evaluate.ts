/** `evaluateRetriever()`: what a retriever finds of what a test set says it should. */
import { InvalidRequestError } from "@polycall/core";
import { type AskAllOptions, type Asked, askAll, checkRank, type Retrieve } from "./ask-all.ts";
import { type Judgements, type Metric, metrics, type Ranking } from "./metrics.ts";

export interface TestSet {
  queries: readonly { id: string; text: string }[];
  /** By the query's id. Queries without an entry are not asked. */
  judgements: ReadonlyMap<string, Judgements>;
}

export type EvaluateOptions = AskAllOptions;

export type Scores = { [name in Metric]: number };

export interface QueryEvaluation extends Asked {
  scores: Scores;
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
  const { k = 10 } = options;
  const judged = checkAsking(testSet, options);
  const asked = await askAll(retrieve, judged, options);
  const queries = asked.map((one) => ({
    ...one,
    scores: scoresOf(one.ranking, testSet.judgements.get(one.id)!, k),
  }));
  const failed = queries.filter((query) => "error" in query).length;
  return { k, scores: meansOf(queries.map(({ scores }) => scores)), queries, failed };
}

/** The queries that have judgements. @throws InvalidRequestError for what cannot be asked */
export function checkAsking({ queries, judgements }: TestSet, { k }: Pick<EvaluateOptions, "k">) {
  const judged = queries.filter(({ id }) => judgements.has(id));
  if (judged.length === 0) {
    throw new InvalidRequestError("No query of the test set has judgements. Do their ids agree?");
  }
  checkRank(k);
  return judged;
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

/** `compareRetrievers()`: whether one retriever is better than another, or was only lucky with the queries. */
import { InvalidRequestError } from "@polycall/core";
import { randomOf } from "../random.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Metric } from "./metrics.ts";

export interface CompareOptions {
  /** Default: "ndcg" */
  metric?: Metric;
  /** Times that the queries are drawn anew. Default: 10,000 */
  samples?: number;
  /** Of the interval. Default: 0.95 */
  confidence?: number;
  /** The same seed gives the same result. Default: 1 */
  seed?: number;
}

export interface Comparison {
  metric: Metric;
  /** Mean of the second's scores less the first's. */
  difference: number;
  /** In which the difference lies with the confidence asked for. */
  interval: readonly [low: number, high: number];
  /** How likely so great a difference, to either side, would be if they were equally good. */
  p: number;
  /** Queries at which the second is better, worse, as good. */
  better: number;
  worse: number;
  same: number;
}

/**
 * The paired bootstrap over the queries of two evaluations of one test set: the interval by percentiles, `p`
 * from the differences shifted to a mean of 0.
 * @see Efron and Tibshirani, An Introduction to the Bootstrap, 13.3, 16.4; Sakai, SIGIR 2006
 * @throws InvalidRequestError where the two were not asked the same queries to the same rank
 */
export function compareRetrievers(
  first: Evaluation,
  second: Evaluation,
  options: CompareOptions = {},
): Comparison {
  const { metric = "ndcg", samples = 10_000, confidence = 0.95, seed = 1 } = options;
  if (!Number.isInteger(samples) || samples < 1) {
    throw new InvalidRequestError(`samples is a whole number from 1, not ${samples}.`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new InvalidRequestError(`confidence lies between 0 and 1: not ${confidence}.`);
  }
  if (first.k !== second.k) {
    throw new InvalidRequestError(`One is scored at rank ${first.k}, the other at ${second.k}.`);
  }
  const others = new Map(second.queries.map(({ id, scores }) => [id, scores[metric]]));
  const missing = first.queries.find(({ id }) => !others.has(id));
  if (missing || others.size !== first.queries.length) {
    const which = missing ? `: the second was not asked ${JSON.stringify(missing.id)}` : "";
    throw new InvalidRequestError(`The two were not asked the same queries${which}.`);
  }
  const differences = Float64Array.from(
    first.queries,
    ({ id, scores }) => others.get(id)! - scores[metric],
  );
  const count = differences.length;
  const difference = differences.reduce((sum, one) => sum + one, 0) / count;
  const random = randomOf(seed);
  const means = new Float64Array(samples);
  let asGreat = 0;
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += differences[Math.floor(random() * count)]!;
    means[sample] = sum / count;
    // Rounding must not make two equal retrievers differ.
    if (Math.abs(means[sample]! - difference) >= Math.abs(difference) - 1e-12) asGreat++;
  }
  means.sort();
  const at = (share: number) => means[Math.min(samples - 1, Math.floor(share * samples))]!;
  const tail = (1 - confidence) / 2;
  const signs = [...differences].map((one) => Math.sign(Math.abs(one) < 1e-12 ? 0 : one));
  return {
    ...{ metric, difference, interval: [at(tail), at(1 - tail)] as const },
    p: (asGreat + 1) / (samples + 1),
    better: signs.filter((sign) => sign > 0).length,
    worse: signs.filter((sign) => sign < 0).length,
    same: signs.filter((sign) => sign === 0).length,
  };
}

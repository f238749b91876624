/** `compareRetrievers()`: whether one retriever is better than another, or was only lucky with the queries. */
import { InvalidRequestError } from "@polycall/core";
import { type BootstrapOptions, bootstrap, type Difference } from "./bootstrap.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Metric } from "./metrics.ts";

export interface CompareOptions extends BootstrapOptions {
  /** Default: "ndcg" */
  metric?: Metric;
}

export interface Comparison extends Difference {
  metric: Metric;
}

/**
 * The paired bootstrap over the queries of two evaluations of one test set.
 * @see Sakai, Evaluating Evaluation Metrics based on the Bootstrap, SIGIR 2006
 * @throws InvalidRequestError where the two were not asked the same queries to the same rank
 */
export function compareRetrievers(
  first: Evaluation,
  second: Evaluation,
  options: CompareOptions = {},
): Comparison {
  const { metric = "ndcg" } = options;
  if (first.k !== second.k) {
    throw new InvalidRequestError(`One is scored at rank ${first.k}, the other at ${second.k}.`);
  }
  const others = new Map(second.queries.map(({ id, scores }) => [id, scores[metric]]));
  const missing = first.queries.find(({ id }) => !others.has(id));
  if (missing || others.size !== first.queries.length) {
    const which = missing ? `: the second was not asked ${JSON.stringify(missing.id)}` : "";
    throw new InvalidRequestError(`The two were not asked the same queries${which}.`);
  }
  const differences = first.queries.map(({ id, scores }) => others.get(id)! - scores[metric]);
  return { metric, ...bootstrap(differences, options) };
}

/** The bootstrap over the queries of a test set: how far a mean, or a difference of means, may be luck. */
import { InvalidRequestError } from "@polycall/core";
import { randomOf } from "../random.ts";

export interface BootstrapOptions {
  /** Times that the queries are drawn anew. Default: 10,000 */
  samples?: number;
  /** Of the interval. Default: 0.95 */
  confidence?: number;
  /** The same seed gives the same result. Default: 1 */
  seed?: number;
}

/** In which a value lies with the confidence asked for. */
export type Interval = readonly [low: number, high: number];

export interface Difference {
  /** Mean of the second's scores less the first's. */
  difference: number;
  /** In which the difference lies with the confidence asked for. */
  interval: Interval;
  /** How likely so great a difference, to either side, would be if they were equally good. */
  p: number;
  /** Queries at which the second is better, worse, as good. */
  better: number;
  worse: number;
  same: number;
}

/**
 * Of the mean of one score per query, by percentiles.
 * @throws InvalidRequestError for options that cannot be meant, or no values
 */
export function meanInterval(values: readonly number[], options: BootstrapOptions = {}): Interval {
  return intervalOf(drawn(Float64Array.from(values), options), options);
}

/**
 * The paired bootstrap over one difference per query: the interval by percentiles, `p` from the differences
 * shifted to a mean of 0.
 * @see Efron and Tibshirani, An Introduction to the Bootstrap, 13.3, 16.4; Sakai, SIGIR 2006
 * @throws InvalidRequestError for options that cannot be meant, or no differences
 */
export function bootstrap(
  differences: readonly number[],
  options: BootstrapOptions = {},
): Difference {
  const means = drawn(Float64Array.from(differences), options);
  const difference = differences.reduce((sum, one) => sum + one, 0) / differences.length;
  // Rounding must not make two that are equal differ.
  const asGreat = means.filter(
    (mean) => Math.abs(mean - difference) >= Math.abs(difference) - 1e-12,
  ).length;
  const signs = differences.map((one) => Math.sign(Math.abs(one) < 1e-12 ? 0 : one));
  return {
    difference,
    interval: intervalOf(means, options),
    p: (asGreat + 1) / (means.length + 1),
    better: signs.filter((sign) => sign > 0).length,
    worse: signs.filter((sign) => sign < 0).length,
    same: signs.filter((sign) => sign === 0).length,
  };
}

/** For before what is compared is made: it may be dear. @throws InvalidRequestError */
export function checkDrawing({ samples = 10_000, confidence = 0.95 }: BootstrapOptions): void {
  if (!Number.isInteger(samples) || samples < 1) {
    throw new InvalidRequestError(`samples is a whole number from 1, not ${samples}.`);
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new InvalidRequestError(`confidence lies between 0 and 1: not ${confidence}.`);
  }
}

/** Means of the values drawn anew, ascending. */
function drawn(values: Float64Array, options: BootstrapOptions): Float64Array {
  checkDrawing(options);
  const { samples = 10_000, seed = 1 } = options;
  const count = values.length;
  if (count === 0) throw new InvalidRequestError("There are no scores to draw from.");
  const random = randomOf(seed);
  const means = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[Math.floor(random() * count)]!;
    means[sample] = sum / count;
  }
  return means.sort();
}

function intervalOf(means: Float64Array, { confidence = 0.95 }: BootstrapOptions): Interval {
  const at = (share: number) =>
    means[Math.min(means.length - 1, Math.floor(share * means.length))]!;
  const tail = (1 - confidence) / 2;
  return [at(tail), at(1 - tail)];
}

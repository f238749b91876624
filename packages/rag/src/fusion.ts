/** `fuse()`: several rankings as one, by reciprocal ranks. */
import { InvalidRequestError } from "@polycall/core";

export interface FusionOptions {
  /** One for each ranking; 0 leaves it out. Default: 1 each */
  weights?: readonly number[];
  /** The larger, the less the first places stand out. Default: 60 */
  constant?: number;
  /** Default: all */
  k?: number;
}

export interface Fused<T> {
  id: string;
  /** Sum of weight / (constant + rank), ranks from 1, over the rankings that have it. */
  score: number;
  /** As the first ranking that has it gives it. */
  item: T;
  /** Its rank in each ranking, from 1; undefined where it is not in it. */
  ranks: readonly (number | undefined)[];
}

/**
 * Weighted reciprocal rank fusion. What a ranking has twice counts where it stands first, what it lacks adds
 * nothing. Of equals the one that an earlier ranking has, or has earlier, comes first.
 * @param rankings each best first
 * @see Cormack, Clarke and Büttcher, Reciprocal Rank Fusion outperforms Condorcet, SIGIR 2009
 * @throws InvalidRequestError where weights and rankings are not as many, or one is below 0
 */
export function fuse<T extends { id: string } | string>(
  rankings: readonly (readonly T[])[],
  options: FusionOptions = {},
): Fused<T>[] {
  const { weights = rankings.map(() => 1), constant = 60, k = Number.POSITIVE_INFINITY } = options;
  if (weights.length !== rankings.length) {
    throw new InvalidRequestError(
      `There are ${weights.length} weights for ${rankings.length} rankings.`,
    );
  }
  for (const weight of weights) {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new InvalidRequestError(`A weight is a number from 0, not ${weight}.`);
    }
  }
  if (!(constant >= 0))
    throw new InvalidRequestError(`constant is a number from 0, not ${constant}.`);
  const fused = new Map<string, Fused<T> & { ranks: (number | undefined)[] }>();
  for (const [at, ranking] of rankings.entries()) {
    if (weights[at] === 0) continue;
    const seen = new Set<string>();
    for (const item of ranking) {
      const id = typeof item === "string" ? item : item.id;
      if (seen.has(id)) continue;
      seen.add(id);
      const rank = seen.size;
      const one = fused.get(id) ?? { id, score: 0, item, ranks: rankings.map(() => undefined) };
      fused.set(id, one);
      one.score += weights[at]! / (constant + rank);
      one.ranks[at] = rank;
    }
  }
  return [...fused.values()].sort((a, b) => b.score - a.score).slice(0, k);
}

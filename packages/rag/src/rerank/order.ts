/** An order of all that was given, from what somebody says it should be. Pure. */
import type { Ranked } from "./reranker.ts";

export interface Order {
  /** Every place once: those that were ranked, then the others in their order. */
  order: readonly Ranked[];
  /** Of them, those that were ranked. */
  kept: number;
  /** What was wrong with it, for a person; absent where nothing was. */
  wrong?: string;
}

/** @param count of what was given */
export function orderOf(ranked: readonly Ranked[], count: number): Order {
  const kept = new Map<number, Ranked>();
  const faults = { unknown: 0, twice: 0, unscored: 0 };
  for (const { index, score } of ranked) {
    if (!Number.isInteger(index) || index < 0 || index >= count) faults.unknown++;
    else if (score !== undefined && !Number.isFinite(score)) faults.unscored++;
    else if (kept.has(index)) faults.twice++;
    else kept.set(index, score === undefined ? { index } : { index, score });
  }
  const missing = count - kept.size;
  const said = [
    faults.unknown && `${faults.unknown} that there are not`,
    faults.twice && `${faults.twice} twice`,
    faults.unscored && `${faults.unscored} with a score that is no number`,
    missing && `${missing} not at all`,
  ].filter(Boolean);
  const rest = Array.from({ length: count }, (_, index) => ({ index }));
  return {
    order: [...kept.values(), ...rest.filter(({ index }) => !kept.has(index))],
    kept: kept.size,
    ...(said.length && { wrong: `of ${count} passages it ranked ${said.join(", ")}` }),
  };
}

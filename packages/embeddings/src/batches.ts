/** Texts in batches that a request may hold, by count and by tokens. Pure. */
import type { Limits } from "./families.ts";

/** A text that waits for its vector. */
export interface Waiting {
  /** Its key in the cache; empty where there is none. */
  key: string;
  /** As it is sent, prefix included. */
  text: string;
  /** Estimated. */
  tokens: number;
  /** Where its vector goes: a text that comes twice is embedded once. */
  places: number[];
}

/** The estimate may be too low: what of a limit is made use of. */
const share = 0.75;

/** In the order of the texts; a text that is longer than a batch may be goes alone. */
export function batchesOf(waiting: readonly Waiting[], limits: Limits): Waiting[][] {
  const { inputs = Infinity, batchTokens = Infinity } = limits;
  const most = batchTokens * share;
  const batches: Waiting[][] = [];
  let batch: Waiting[] = [];
  let tokens = 0;
  for (const one of waiting) {
    if (batch.length && (batch.length === inputs || tokens + one.tokens > most)) {
      batches.push(batch);
      batch = [];
      tokens = 0;
    }
    batch.push(one);
    tokens += one.tokens;
  }
  if (batch.length) batches.push(batch);
  return batches;
}

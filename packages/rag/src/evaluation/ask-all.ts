/** Asking a retriever many queries, several at once, a failure kept as one. */
import { InvalidRequestError } from "@polycall/core";
import type { Ranking } from "./metrics.ts";

/** Finds the ids of documents: best first, or with scores. */
export type Retrieve = (
  query: string,
  options: { k: number; signal?: AbortSignal },
) => Ranking | Promise<Ranking>;

export interface AskAllOptions {
  /** Down to which rank. Default: 10 */
  k?: number;
  /** Queries in flight together. Default: 4 */
  concurrency?: number;
  signal?: AbortSignal;
  onProgress?(done: number, of: number): void;
}

export interface Asked {
  id: string;
  text: string;
  ranking: Ranking;
  /** ms */
  time: number;
  /** Why nothing was retrieved. It counts as nothing found. */
  error?: unknown;
}

/** @throws InvalidRequestError */
export function checkRank(k = 10): void {
  if (!Number.isInteger(k) || k < 1) {
    throw new InvalidRequestError(`k is a whole number from 1, not ${k}.`);
  }
}

/** @throws InvalidRequestError for a rank that is none; what the signal says */
export async function askAll(
  retrieve: Retrieve,
  queries: readonly { id: string; text: string }[],
  options: AskAllOptions,
): Promise<Asked[]> {
  const { k = 10, concurrency = 4, signal, onProgress } = options;
  checkRank(k);
  const asked: Asked[] = new Array(queries.length);
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < queries.length) {
      const at = next++;
      const { id, text } = queries[at]!;
      const begun = performance.now();
      const outcome: { ranking: Ranking; error?: unknown } = { ranking: [] };
      try {
        outcome.ranking = await retrieve(text, { k, ...(signal && { signal }) });
      } catch (error) {
        signal?.throwIfAborted();
        outcome.error = error;
      }
      signal?.throwIfAborted();
      asked[at] = { id, text, ...outcome, time: performance.now() - begun };
      onProgress?.(++done, queries.length);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
  return asked;
}

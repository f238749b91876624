/** `chunkStatistics()`: how a document, or many, was cut, in numbers. */
import type { Chunk } from "../chunk.ts";
import type { Measure } from "./size.ts";

export interface ChunkStatistics {
  count: number;
  /** Of `text`, as measured. */
  size: { min: number; max: number; mean: number; median: number; p95: number };
  /** Characters that a chunk repeats of the one before, on average; over pairs that share any. */
  overlap: { pairs: number; mean: number };
  /** Chunks whose `text` is larger than `limit`: what could not be cut. */
  oversize: number;
  /** Chunks of less than a quarter of `limit`; without one, of the largest. */
  stubs: number;
}

/**
 * @param chunks of one document, in order; of several, one after another
 * @param options `limit`: the size that the chunker was given; `measure`: what it was given
 */
export function chunkStatistics(
  chunks: readonly Chunk[],
  options: { limit?: number; measure?: Measure } = {},
): ChunkStatistics {
  const { measure = (text) => text.length } = options;
  const sizes = chunks.map(({ text }) => measure(text));
  const sorted = [...sizes].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);
  const shared: number[] = [];
  for (let i = 1; i < chunks.length; i++) {
    const common = chunks[i - 1]!.end - chunks[i]!.start;
    // Another document begins where offsets begin anew.
    if (common > 0 && chunks[i]!.start > chunks[i - 1]!.start) shared.push(common);
  }
  const limit = options.limit ?? at(1);
  return {
    count: chunks.length,
    size: {
      ...{ min: at(0), max: at(1), median: at(0.5), p95: at(0.95) },
      mean: sizes.length ? sum(sizes) / sizes.length : 0,
    },
    overlap: { pairs: shared.length, mean: shared.length ? sum(shared) / shared.length : 0 },
    oversize: sizes.filter((size) => size > limit).length,
    stubs: sizes.filter((size) => size < limit / 4).length,
  };
}

/** Chunks and vectors for the tests of stores, the same ones each time, and what a search must find in them. */
import type { EmbeddedChunk, Metadata, StoredChunk } from "../src/index.ts";

/** Numbers in [0, 1) that look random (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Points in all directions. */
export function randomVector(random: () => number, dimensions: number): Float32Array {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Float32Array.from({ length: dimensions }, normal);
}

export function chunkOf(
  source: string,
  index: number,
  text: string,
  metadata: Metadata = {},
  more: Partial<StoredChunk> = {},
): StoredChunk {
  return {
    id: `${source}#${index}`,
    source,
    index,
    text,
    raw: text,
    start: 0,
    end: text.length,
    headings: [],
    metadata,
    ...more,
  };
}

/** The source's chunks, each with a vector of its own. */
export function sourceOf(
  source: string,
  texts: readonly string[],
  { dimensions, seed, metadata }: { dimensions: number; seed: number; metadata?: Metadata },
): EmbeddedChunk[] {
  const random = randomFrom(seed);
  return texts.map((text, i) => ({
    chunk: chunkOf(source, i, text, metadata),
    vector: randomVector(random, dimensions),
  }));
}

export function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return dot / Math.sqrt(aa * bb);
}

/** The nearest by looking at each. */
export function nearest(
  all: readonly EmbeddedChunk[],
  query: Float32Array,
  k: number,
): { id: string; score: number }[] {
  return all
    .map(({ chunk, vector }) => ({ id: chunk.id, score: cosine(query, vector) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, k);
}

/** Deterministic embeddings: words and their trigrams hashed into a unit vector. */
import { hash } from "./hash.ts";

const POSITIONS_PER_FEATURE = 4;

function add(vector: number[], feature: string, weight: number): void {
  for (let i = 0; i < POSITIONS_PER_FEATURE; i++) {
    const value = hash(`${i}:${feature}`);
    const at = value % vector.length;
    vector[at] = (vector[at] ?? 0) + (value & 0x40000000 ? weight : -weight);
  }
}

/**
 * The embedding of a text: texts that share words, or parts of words, are near.
 * @param dimensions length of the vector, at least 1
 * @returns a vector of length 1
 */
export function embedText(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    add(vector, word, 1);
    const padded = `^${word}$`;
    for (let i = 0; i + 3 <= padded.length; i++) add(vector, padded.slice(i, i + 3), 0.3);
  }
  const norm = Math.hypot(...vector);
  if (norm === 0) return vector.map((_, i) => (i === 0 ? 1 : 0));
  return vector.map((value) => value / norm);
}

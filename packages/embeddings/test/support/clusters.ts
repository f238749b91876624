/** Vectors in groups, the same in every run. */
import { normalBy, randomBy } from "../../src/projection/random.ts";

/** `each` vectors around each of `groups` middles, and whose each is. */
export function clusters(groups: number, each: number, dimensions: number, spread = 0.4) {
  const normal = normalBy(randomBy(7));
  const middles = Array.from({ length: groups }, () => Array.from({ length: dimensions }, normal));
  const labels = Array.from({ length: groups * each }, (_, i) => i % groups);
  const vectors = labels.map((label) =>
    Float32Array.from(middles[label]!, (value) => value + spread * normal()),
  );
  return { vectors, labels };
}

/** When processes die, by chance, and the same for the same seed. */
import type { Fate } from "./harness.ts";

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function fateOf(random: () => number): Fate {
  const upTo = (most: number) => 1 + Math.floor(random() * most);
  const when = random() < 0.5 ? "before" : "after";
  const kind = Math.floor(random() * 5);
  if (kind === 0) return { at: "time", ms: random() * 150 };
  if (kind === 1) return { at: "model", nth: upTo(6) };
  if (kind === 2) return { at: "append", nth: upTo(18), when };
  return { at: "effect", nth: upTo(4), when };
}

/** Chance by a seed: the same numbers on every machine. */

/** Numbers in [0, 1), 32 bits each (Bob Jenkins' small fast generator, sfc32). */
export function randomBy(seed: number): () => number {
  let a = 0x9e3779b9;
  let b = seed | 0;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let count = 1;
  const next = () => {
    const sum = (a + b + count++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // Seeds that are alike begin alike.
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** Of the normal distribution, mean 0 and deviation 1. */
export function normalBy(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Vectors as embeddings are, without an encoder: the same in every run. */

export const dimensions = 384;
export const queries = 50;

export interface Corpus {
  /** One after another. */
  vectors: Float32Array;
  /** The topic of each. */
  labels: number[];
  /** What is asked for in a search. */
  asked: Float32Array[];
}

/** Clustered, as embeddings are: 48 directions that matter, 200 topics. */
export function corpus(count: number): Corpus {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const latent = 48;
  const basis = Float32Array.from({ length: latent * dimensions }, normal);
  const topics = Array.from({ length: 200 }, () => Float32Array.from({ length: latent }, normal));
  let drawn = 0;
  const write = (into: Float32Array) => {
    drawn = Math.floor(random() * topics.length);
    const topic = topics[drawn]!;
    for (let l = 0; l < latent; l++) {
      const weight = topic[l]! + 0.5 * normal();
      for (let i = 0; i < dimensions; i++) into[i]! += weight * basis[l * dimensions + i]!;
    }
    const length = Math.hypot(...into);
    for (let i = 0; i < dimensions; i++) into[i]! /= length;
    return into;
  };
  const vectors = new Float32Array(count * dimensions);
  const labels: number[] = [];
  for (let n = 0; n < count; n++) {
    write(vectors.subarray(n * dimensions, (n + 1) * dimensions));
    labels.push(drawn);
  }
  return {
    ...{ vectors, labels },
    asked: Array.from({ length: queries }, () => write(new Float32Array(dimensions))),
  };
}

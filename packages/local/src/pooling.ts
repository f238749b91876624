/** From a vector for each token to one for each text. Pure. */
import type { Tensor } from "./transformers.ts";

/** The mean of a text's tokens, the greatest of each column, its first token, or its last. */
export type Pooling = "mean" | "max" | "cls" | "last";

export const poolings: readonly string[] = ["mean", "max", "cls", "last"] satisfies Pooling[];

/**
 * @param states [texts, tokens, dimensions]
 * @param mask [texts, tokens]: 1 for a token of the text, 0 for what fills up, at either end
 */
export function pool(states: Tensor, mask: Tensor, pooling: Pooling): Float32Array[] {
  const [texts = 0, length = 0, dimensions = 0] = states.dims;
  const data = states.data as ArrayLike<number>;
  return Array.from({ length: texts }, (_, text) => {
    const own: number[] = [];
    for (let token = 0; token < length; token++) {
      if (Number(mask.data[text * length + token])) own.push((text * length + token) * dimensions);
    }
    return poolOne(data, chosen(own, pooling), dimensions, pooling === "max");
  });
}

function chosen(tokens: number[], pooling: Pooling): number[] {
  if (pooling === "cls") return tokens.slice(0, 1);
  return pooling === "last" ? tokens.slice(-1) : tokens;
}

/** @param offsets where the vectors of the tokens begin */
function poolOne(
  data: ArrayLike<number>,
  offsets: readonly number[],
  dimensions: number,
  isMax: boolean,
): Float32Array {
  const pooled = new Float64Array(dimensions).fill(isMax ? -Infinity : 0);
  for (const offset of offsets) {
    for (let i = 0; i < dimensions; i++) {
      const value = data[offset + i]!;
      if (isMax) pooled[i] = Math.max(pooled[i]!, value);
      else pooled[i]! += value / offsets.length;
    }
  }
  return Float32Array.from(pooled);
}

/** The first so many of a vector's values, brought to length 1 where that is wanted. */
export function finish(
  vector: Float32Array,
  dimensions: number | undefined,
  normalize: boolean,
): Float32Array {
  const cut = vector.slice(0, dimensions);
  const length = normalize ? Math.hypot(...cut) : 0;
  if (length) for (let i = 0; i < cut.length; i++) cut[i]! /= length;
  return cut;
}

/** The rows of a matrix, [texts, dimensions]. */
export function rowsOf({ data, dims }: Tensor): Float32Array[] {
  const [texts = 0, dimensions = 0] = dims;
  const values = Float32Array.from(data as ArrayLike<number>);
  return Array.from({ length: texts }, (_, i) =>
    values.slice(i * dimensions, (i + 1) * dimensions),
  );
}

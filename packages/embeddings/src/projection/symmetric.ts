/** The largest eigenvalues of a symmetric matrix that has none below 0, and their vectors. */

export interface Eigen {
  /** Largest first. */
  values: Float64Array;
  /** One after another, each of length 1. */
  vectors: Float64Array;
}

/** Multiplies each of `count` vectors of length `size` with the matrix. */
export type Multiply = (
  vectors: Float64Array,
  count: number,
  into: Float64Array,
) => Promise<void> | void;

export interface SubspaceOptions {
  size: number;
  wanted: number;
  /** It ends when no value changes by more than this part of the largest. */
  precision: number;
  maxRounds: number;
  normal: () => number;
}

/**
 * Subspace iteration from a random start.
 * @see Halko, Martinsson and Tropp, Finding structure with randomness, SIAM Review 53 (2011), 4.4
 */
export async function largest(multiply: Multiply, options: SubspaceOptions): Promise<Eigen> {
  const { size, wanted, precision, maxRounds, normal } = options;
  const count = Math.min(size, wanted + 10);
  let basis = Float64Array.from({ length: count * size }, normal);
  let image = new Float64Array(count * size);
  orthonormalise(basis, count, size);
  let before: Float64Array | undefined;
  for (let round = 0; ; round++) {
    await multiply(basis, count, image);
    // What the matrix is within the subspace, and how that turns.
    const inner = new Float64Array(count * count);
    for (let a = 0; a < count; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let j = 0; j < size; j++) sum += basis[a * size + j]! * image[b * size + j]!;
        inner[a * count + b] = sum;
        inner[b * count + a] = sum;
      }
    }
    const turn = jacobi(inner, count);
    const values = turn.values;
    const settled =
      before !== undefined &&
      values.subarray(0, wanted).every((value, i) => {
        return Math.abs(value - before![i]!) <= precision * Math.abs(values[0]!);
      });
    if (settled || round === maxRounds || count === size) {
      const vectors = new Float64Array(wanted * size);
      for (let a = 0; a < Math.min(wanted, count); a++) {
        for (let b = 0; b < count; b++) {
          const part = turn.vectors[a * count + b]!;
          for (let j = 0; j < size; j++) vectors[a * size + j]! += part * basis[b * size + j]!;
        }
      }
      return { values: values.slice(0, wanted), vectors };
    }
    before = values;
    [basis, image] = [image, basis];
    orthonormalise(basis, count, size);
  }
}

/** Gram and Schmidt, twice each: once leaves what rounding lost. What depends on others becomes 0. */
function orthonormalise(vectors: Float64Array, count: number, size: number): void {
  for (let a = 0; a < count; a++) {
    const own = vectors.subarray(a * size, (a + 1) * size);
    const start = lengthOf(own);
    for (let pass = 0; pass < 2; pass++) {
      for (let b = 0; b < a; b++) {
        let sum = 0;
        for (let j = 0; j < size; j++) sum += own[j]! * vectors[b * size + j]!;
        for (let j = 0; j < size; j++) own[j]! -= sum * vectors[b * size + j]!;
      }
    }
    const length = lengthOf(own);
    const scale = length > start * 1e-12 ? 1 / length : 0;
    for (let j = 0; j < size; j++) own[j]! *= scale;
  }
}

function lengthOf(vector: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < vector.length; j++) sum += vector[j]! * vector[j]!;
  return Math.sqrt(sum);
}

/**
 * All of them, of a small matrix.
 * @param matrix is used up
 * @see Golub and Van Loan, Matrix Computations, 8.5
 */
export function jacobi(matrix: Float64Array, size: number): Eigen {
  const turned = new Float64Array(size * size);
  for (let i = 0; i < size; i++) turned[i * size + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let all = 0;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const square = matrix[i * size + j]! ** 2;
        all += square;
        if (i !== j) off += square;
      }
    }
    if (off <= all * 1e-28) break;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotate(matrix, turned, size, p, q);
    }
  }
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (a, b) => matrix[b * size + b]! - matrix[a * size + a]! || a - b,
  );
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => {
    vectors.set(turned.subarray(from * size, (from + 1) * size), to * size);
  });
  return { values: Float64Array.from(order, (i) => matrix[i * size + i]!), vectors };
}

/** Turns the plane of p and q so that the matrix is 0 there. */
function rotate(m: Float64Array, turned: Float64Array, size: number, p: number, q: number): void {
  const apart = m[p * size + q]!;
  if (apart === 0) return;
  const theta = (m[q * size + q]! - m[p * size + p]!) / (2 * apart);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cos = 1 / Math.sqrt(t * t + 1);
  const sin = t * cos;
  for (let i = 0; i < size; i++) {
    const a = m[i * size + p]!;
    const b = m[i * size + q]!;
    m[i * size + p] = cos * a - sin * b;
    m[i * size + q] = sin * a + cos * b;
  }
  for (const rows of [m, turned]) {
    for (let i = 0; i < size; i++) {
      const a = rows[p * size + i]!;
      const b = rows[q * size + i]!;
      rows[p * size + i] = cos * a - sin * b;
      rows[q * size + i] = sin * a + cos * b;
    }
  }
}

/** Principal components: the directions in which the vectors differ most. */
import type { Pace } from "./pace.ts";
import { normalBy } from "./random.ts";
import type { Rows } from "./rows.ts";
import { type Eigen, largest, type Multiply } from "./symmetric.ts";

export interface PcaSettings {
  /** How many components. */
  wanted: number;
  /** "picture" is exact to what a float holds, "reduction" to what distances need. */
  for: "picture" | "reduction";
  random: () => number;
  pace: Pace;
}

/** Up to it the smaller side's matrix is made; beyond, the vectors themselves are gone through. */
const largestMatrix = 1024;

/**
 * Each vector's place along the components, row by row; 0 along those that the vectors do not have. Of an
 * axis's two signs it is the one that makes the largest place positive.
 */
export async function principal(rows: Rows, settings: PcaSettings): Promise<Float64Array> {
  const { wanted, pace } = settings;
  const { count, dimensions } = rows;
  const places = new Float64Array(count * wanted);
  if (count < 2 || dimensions === 0) return places;
  const found = Math.min(wanted, count, dimensions);
  const mean = rows.mean();
  const exact = settings.for === "picture";
  const options = {
    wanted: found,
    precision: exact ? 1e-12 : 1e-4,
    maxRounds: exact ? 300 : 6,
    normal: normalBy(settings.random),
  };
  if (count <= dimensions && count <= largestMatrix) {
    const products = await productsOf(rows, mean, pace);
    const { values, vectors } = await largest(times(products), { ...options, size: count });
    for (let c = 0; c < found; c++) {
      const scale = Math.sqrt(Math.max(0, values[c]!));
      for (let i = 0; i < count; i++) places[i * wanted + c] = vectors[c * count + i]! * scale;
    }
  } else {
    const multiply =
      dimensions <= largestMatrix
        ? times(await covarianceOf(rows, mean, pace))
        : throughRows(rows, mean, pace);
    const axes = await largest(multiply, {
      ...options,
      ...(exact && dimensions > largestMatrix && { precision: 1e-7, maxRounds: 40 }),
      size: dimensions,
    });
    await place(rows, mean, axes, places, settings);
  }
  fixSigns(places, count, wanted);
  pace.done("reduce", count);
  return places;
}

/** A dense symmetric matrix times vectors. */
function times(matrix: Float64Array): Multiply {
  return (vectors, count, into) => {
    const size = vectors.length / count;
    into.fill(0);
    for (let a = 0; a < count; a++) {
      const from = a * size;
      let i = 0;
      // Four rows at a time: a sum is read and written once for all of them.
      for (; i + 3 < size; i += 4) {
        const v0 = vectors[from + i]!;
        const v1 = vectors[from + i + 1]!;
        const v2 = vectors[from + i + 2]!;
        const v3 = vectors[from + i + 3]!;
        const r0 = i * size;
        const r1 = r0 + size;
        const r2 = r1 + size;
        const r3 = r2 + size;
        for (let j = 0; j < size; j++) {
          into[from + j]! +=
            v0 * matrix[r0 + j]! +
            v1 * matrix[r1 + j]! +
            v2 * matrix[r2 + j]! +
            v3 * matrix[r3 + j]!;
        }
      }
      for (; i < size; i++) {
        const v = vectors[from + i]!;
        for (let j = 0; j < size; j++) into[from + j]! += v * matrix[i * size + j]!;
      }
    }
  };
}

/** Four rows after another, as zeros where there are no more. */
async function byFours(
  rows: Rows,
  mean: Float64Array,
  pace: Pace,
  see: (four: readonly [Float64Array, Float64Array, Float64Array, Float64Array], i: number) => void,
): Promise<void> {
  const row = () => new Float64Array(rows.dimensions);
  const four = [row(), row(), row(), row()] as const;
  for (let i = 0; i < rows.count; i += 4) {
    four.forEach((into, at) => {
      if (i + at < rows.count) rows.read(i + at, into, mean);
      else into.fill(0);
    });
    see(four, i);
    if (pace.due) await pace.rest("reduce", i, rows.count);
  }
}

async function covarianceOf(rows: Rows, mean: Float64Array, pace: Pace): Promise<Float64Array> {
  const size = rows.dimensions;
  const matrix = new Float64Array(size * size);
  await byFours(rows, mean, pace, ([a, b, c, d]) => {
    for (let i = 0; i < size; i++) {
      const from = i * size;
      const [a0, b0, c0, d0] = [a[i]!, b[i]!, c[i]!, d[i]!];
      for (let j = 0; j <= i; j++) {
        matrix[from + j]! += a0 * a[j]! + b0 * b[j]! + c0 * c[j]! + d0 * d[j]!;
      }
    }
  });
  mirror(matrix, size);
  return matrix;
}

async function productsOf(rows: Rows, mean: Float64Array, pace: Pace): Promise<Float64Array> {
  const { count, dimensions } = rows;
  const matrix = new Float64Array(count * count);
  const other = new Float64Array(dimensions);
  await byFours(rows, mean, pace, ([a, b, c, d], i) => {
    for (let n = 0; n < Math.min(count, i + 4); n++) {
      rows.read(n, other, mean);
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let j = 0; j < dimensions; j++) {
        const value = other[j]!;
        s0 += a[j]! * value;
        s1 += b[j]! * value;
        s2 += c[j]! * value;
        s3 += d[j]! * value;
      }
      [s0, s1, s2, s3].forEach((sum, at) => {
        if (i + at < count) matrix[(i + at) * count + n] = sum;
      });
    }
  });
  mirror(matrix, count);
  return matrix;
}

function mirror(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) matrix[j * size + i] = matrix[i * size + j]!;
  }
}

/** The covariance times vectors, where it would be too large to be made. */
function throughRows(rows: Rows, mean: Float64Array, pace: Pace): Multiply {
  const size = rows.dimensions;
  return async (vectors, count, into) => {
    into.fill(0);
    await byFours(rows, mean, pace, ([a, b, c, d]) => {
      for (let v = 0; v < count; v++) {
        const from = v * size;
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let j = 0; j < size; j++) {
          const value = vectors[from + j]!;
          s0 += a[j]! * value;
          s1 += b[j]! * value;
          s2 += c[j]! * value;
          s3 += d[j]! * value;
        }
        for (let j = 0; j < size; j++) {
          into[from + j]! += s0 * a[j]! + s1 * b[j]! + s2 * c[j]! + s3 * d[j]!;
        }
      }
    });
  };
}

async function place(
  rows: Rows,
  mean: Float64Array,
  { vectors }: Eigen,
  places: Float64Array,
  { wanted, pace }: PcaSettings,
): Promise<void> {
  const { count, dimensions } = rows;
  const found = vectors.length / dimensions;
  await byFours(rows, mean, pace, (four, i) => {
    for (let at = 0; at < 4 && i + at < count; at++) {
      const row = four[at]!;
      for (let c = 0; c < found; c++) {
        const from = c * dimensions;
        let sum = 0;
        for (let j = 0; j < dimensions; j++) sum += row[j]! * vectors[from + j]!;
        places[(i + at) * wanted + c] = sum;
      }
    }
  });
}

function fixSigns(places: Float64Array, count: number, wanted: number): void {
  for (let c = 0; c < wanted; c++) {
    let most = 0;
    for (let i = 0; i < count; i++) {
      const value = places[i * wanted + c]!;
      // Of two that are as far, rounding must not choose.
      if (Math.abs(value) > Math.abs(most) * (1 + 1e-9)) most = value;
    }
    if (most < 0) for (let i = 0; i < count; i++) places[i * wanted + c]! *= -1;
  }
}

/** Vectors in fewer dimensions, for clustering: their principal components, by subspace iteration. */
import { randomOf } from "../random.ts";

/** Rows of numbers, one after the other. */
export interface Matrix {
  data: Float64Array;
  rows: number;
  columns: number;
}

const iterations = 3;

/**
 * The first principal components of each row, as good as.
 * @see Halko, Martinsson, Tropp, Finding Structure with Randomness, SIAM Review 2011
 */
export function reduced(points: Matrix, dimensions: number, seed: number): Matrix {
  const centred = aroundMean(points);
  const { rows, columns: width } = points;
  const columns = Math.max(1, Math.min(dimensions, width, rows - 1));
  if (columns >= width) return centred;
  const random = randomOf(seed);
  let basis = Float64Array.from({ length: width * columns }, () => random() - 0.5);
  orthogonal(basis, width, columns);
  for (let i = 0; i < iterations; i++) {
    basis = back(centred, onto(centred, basis, columns), columns);
    orthogonal(basis, width, columns);
  }
  return { data: onto(centred, basis, columns), rows, columns };
}

function aroundMean({ data, rows, columns }: Matrix): Matrix {
  const mean = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) mean[at % columns]! += data[at]! / rows;
  return { data: data.map((value, at) => value - mean[at % columns]!), rows, columns };
}

/** Each row by each column of the basis. */
function onto({ data, rows, columns: width }: Matrix, basis: Float64Array, columns: number) {
  const result = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const to = row * columns;
    for (let i = 0; i < width; i++) {
      const value = data[row * width + i]!;
      const from = i * columns;
      for (let c = 0; c < columns; c++) result[to + c]! += value * basis[from + c]!;
    }
  }
  return result;
}

/** The transpose of the rows by what {@link onto} gave. */
function back({ data, rows, columns: width }: Matrix, scores: Float64Array, columns: number) {
  const result = new Float64Array(width * columns);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    for (let i = 0; i < width; i++) {
      const value = data[row * width + i]!;
      const to = i * columns;
      for (let c = 0; c < columns; c++) result[to + c]! += value * scores[from + c]!;
    }
  }
  return result;
}

/** Gram and Schmidt, in place, twice: the first leaves a remainder. A column that vanishes stays zero. */
function orthogonal(basis: Float64Array, width: number, columns: number): void {
  for (let pass = 0; pass < 2; pass++) {
    for (let c = 0; c < columns; c++) {
      for (let other = 0; other < c; other++) {
        let dot = 0;
        for (let i = 0; i < basis.length; i += columns) dot += basis[i + c]! * basis[i + other]!;
        for (let i = 0; i < basis.length; i += columns) basis[i + c]! -= dot * basis[i + other]!;
      }
      let square = 0;
      for (let i = 0; i < width; i++) square += basis[i * columns + c]! ** 2;
      const scale = square > 1e-20 ? 1 / Math.sqrt(square) : 0;
      for (let i = 0; i < width; i++) basis[i * columns + c]! *= scale;
    }
  }
}

/** k-means from seeds that lie far apart, and Schwarz's criterion of how well it describes the points. */
import { randomOf } from "../random.ts";

/** Rows of numbers, one after the other. */
export interface Matrix {
  data: Float64Array;
  rows: number;
  columns: number;
}

export interface Partition {
  /** The part of each row. */
  of: Int32Array;
  count: number;
  /** The lower the better. */
  bic: number;
}

const rounds = 30;

/**
 * @see Arthur, Vassilvitskii, k-means++, SODA 2007; Pelleg, Moore, X-means, ICML 2000
 * @param count at least 1, at most as many as there are rows
 */
export function kMeans({ data, rows, columns }: Matrix, count: number, seed: number): Partition {
  const random = randomOf(seed);
  const means = new Float64Array(count * columns);
  const of = new Int32Array(rows);
  const nearest = new Float64Array(rows).fill(Infinity);
  const distance = (row: number, part: number) => {
    let sum = 0;
    for (let a = row * columns, b = part * columns, end = a + columns; a < end; a++, b++) {
      const apart = data[a]! - means[b]!;
      sum += apart * apart;
    }
    return sum;
  };
  for (let part = 0; part < count; part++) {
    let row = Math.floor(random() * rows);
    if (part > 0) {
      let left = random() * nearest.reduce((sum, one) => sum + one, 0);
      for (row = 0; row < rows - 1; row++) {
        left -= nearest[row]!;
        if (left < 0) break;
      }
    }
    means.set(data.subarray(row * columns, (row + 1) * columns), part * columns);
    for (let one = 0; one < rows; one++) {
      nearest[one] = Math.min(nearest[one]!, distance(one, part));
    }
  }
  const sizes = new Float64Array(count);
  let scatter = 0;
  for (let round = 0; round < rounds; round++) {
    let moved = 0;
    scatter = 0;
    sizes.fill(0);
    for (let row = 0; row < rows; row++) {
      let [least, part] = [Infinity, 0];
      for (let one = 0; one < count; one++) {
        const far = distance(row, one);
        if (far < least) [least, part] = [far, one];
      }
      if (of[row] !== part) moved++;
      of[row] = part;
      sizes[part]!++;
      scatter += least;
    }
    if (round > 0 && moved === 0) break;
    for (let part = 0; part < count; part++) {
      if (sizes[part]! > 0) means.fill(0, part * columns, (part + 1) * columns);
    }
    for (let row = 0; row < rows; row++) {
      const part = of[row]!;
      for (let c = 0; c < columns; c++) {
        means[part * columns + c]! += data[row * columns + c]! / sizes[part]!;
      }
    }
  }
  return { of, count, bic: bicOf({ rows, columns }, sizes, scatter) };
}

/** Of round clouds, all of one variance. */
function bicOf(
  { rows, columns }: Pick<Matrix, "rows" | "columns">,
  sizes: Float64Array,
  scatter: number,
): number {
  const free = rows - sizes.length;
  const variance = scatter / (Math.max(1, free) * columns) + 1e-12;
  let log = 0;
  for (const size of sizes) if (size > 0) log += size * Math.log(size / rows);
  log -= ((rows * columns) / 2) * Math.log(2 * Math.PI * variance) + (free * columns) / 2;
  return sizes.length * (columns + 1) * Math.log(rows) - 2 * log;
}

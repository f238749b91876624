/** The k nearest of every point among the others: exact, every pair is looked at once. */
import type { Pace } from "./pace.ts";

export interface Neighbourhood {
  count: number;
  k: number;
  /** k of each point, nearest first; of equals the earlier one. */
  indexes: Int32Array;
  /** Their squared distances. */
  squares: Float64Array;
}

/** Points that are compared with all later ones together: each of those is read once for the four. */
const together = 4;

/** @param points row by row */
export async function neighbourhood(
  points: Float64Array,
  dimensions: number,
  k: number,
  pace: Pace,
): Promise<Neighbourhood> {
  const count = points.length / dimensions;
  // A row of zeros more for each that the last four lack; half the memory to go through.
  const rows = new Float32Array((count + together) * dimensions);
  rows.set(points);
  const nearest = new Nearest(count, k);
  const squares = new Float64Array(count);
  for (let i = 0; i < count; i++)
    squares[i] = product(rows, i * dimensions, i * dimensions, dimensions);
  for (let i = 0; i < count; i += together) {
    compare(rows, dimensions, squares, i, count, nearest);
    if (pace.due) {
      // The first have the most pairs.
      await pace.rest("neighbours", Math.floor(count * (1 - (1 - i / count) ** 2)), count);
    }
  }
  pace.done("neighbours", count);
  return nearest.sorted(pace);
}

function product(rows: Float32Array, a: number, b: number, length: number): number {
  let sum = 0;
  for (let j = 0; j < length; j++) sum += rows[a + j]! * rows[b + j]!;
  return sum;
}

function compare(
  rows: Float32Array,
  dimensions: number,
  squares: Float64Array,
  i: number,
  count: number,
  nearest: Nearest,
): void {
  const r0 = i * dimensions;
  const r1 = r0 + dimensions;
  const r2 = r1 + dimensions;
  const r3 = r2 + dimensions;
  const last = Math.min(count, i + together);
  const [q0, q1, q2, q3] = [squares[i]!, squares[i + 1]!, squares[i + 2]!, squares[i + 3]!];
  for (let a = i; a < last; a++) {
    for (let b = a + 1; b < last; b++) {
      const p = product(rows, a * dimensions, b * dimensions, dimensions);
      nearest.pair(a, b, squares[a]! + squares[b]! - 2 * p);
    }
  }
  for (let n = last; n < count; n++) {
    const r = n * dimensions;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let j = 0; j < dimensions; j++) {
      const value = rows[r + j]!;
      s0 += rows[r0 + j]! * value;
      s1 += rows[r1 + j]! * value;
      s2 += rows[r2 + j]! * value;
      s3 += rows[r3 + j]! * value;
    }
    const q = squares[n]!;
    nearest.pair(i, n, q0 + q - 2 * s0);
    nearest.pair(i + 1, n, q1 + q - 2 * s1);
    nearest.pair(i + 2, n, q2 + q - 2 * s2);
    nearest.pair(i + 3, n, q3 + q - 2 * s3);
  }
}

/** The k best of every point so far, each a heap whose root is the farthest. */
class Nearest {
  readonly #count: number;
  readonly #k: number;
  readonly #indexes: Int32Array;
  readonly #squares: Float64Array;
  /** What must be less to come in. */
  readonly #worst: Float64Array;

  constructor(count: number, k: number) {
    this.#count = count;
    this.#k = k;
    this.#indexes = new Int32Array(count * k).fill(-1);
    this.#squares = new Float64Array(count * k).fill(Infinity);
    this.#worst = new Float64Array(count).fill(Infinity);
  }

  pair(a: number, b: number, square: number): void {
    if (square < this.#worst[a]!) this.#offer(a, b, square);
    if (square < this.#worst[b]!) this.#offer(b, a, square);
  }

  #offer(to: number, index: number, square: number): void {
    const k = this.#k;
    const base = to * k;
    const squares = this.#squares;
    const indexes = this.#indexes;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= k) break;
      if (child + 1 < k && squares[base + child + 1]! > squares[base + child]!) child++;
      if (squares[base + child]! <= square) break;
      squares[base + at] = squares[base + child]!;
      indexes[base + at] = indexes[base + child]!;
      at = child;
    }
    squares[base + at] = square;
    indexes[base + at] = index;
    this.#worst[to] = squares[base]!;
  }

  async sorted(pace: Pace): Promise<Neighbourhood> {
    const k = this.#k;
    const order: number[] = [];
    const indexes = new Int32Array(k);
    const squares = new Float64Array(k);
    for (let i = 0; i < this.#count; i++) {
      const [own, far] = [this.#indexes, this.#squares].map((all) =>
        all.subarray(i * k, (i + 1) * k),
      ) as [Int32Array, Float64Array];
      for (let n = 0; n < k; n++) order[n] = n;
      order.sort((a, b) => far[a]! - far[b]! || own[a]! - own[b]!);
      order.forEach((from, n) => {
        indexes[n] = own[from]!;
        // What rounding leaves of 0.
        squares[n] = Math.max(0, far[from]!);
      });
      own.set(indexes);
      far.set(squares);
      if (pace.due) await pace.pause();
    }
    return { count: this.#count, k, indexes: this.#indexes, squares: this.#squares };
  }
}

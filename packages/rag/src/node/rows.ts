/** Rows of a store with their vectors: their keys ascend, and some are no longer there. */
import type { TopK } from "@polycall/embeddings";
import { rowsAtOnce, Vectors } from "./dots.ts";

export class Rows {
  readonly #vectors: Vectors;
  #keys = new Float64Array(1024);
  #gone = new Uint8Array(1024);
  /** How many are marked as gone. */
  goneCount = 0;

  constructor(dimensions: number) {
    this.#vectors = new Vectors(dimensions);
  }

  get size(): number {
    return this.#vectors.size;
  }
  get lastKey(): number {
    return this.size === 0 ? 0 : this.#keys[this.size - 1]!;
  }

  /**
   * @param first the key of the first, greater than all before; the others follow it
   * @param bytes the vectors, one after the other
   */
  push(first: number, bytes: Uint8Array): void {
    const before = this.size;
    this.#vectors.push(bytes);
    if (this.size > this.#keys.length) {
      const [keys, gone] = [this.#keys, this.#gone];
      this.#keys = new Float64Array(this.size * 2);
      this.#gone = new Uint8Array(this.size * 2);
      this.#keys.set(keys);
      this.#gone.set(gone);
    }
    for (let row = before; row < this.size; row++) {
      this.#keys[row] = first + row - before;
      this.#gone[row] = 0;
    }
  }

  /** Marks those as gone whose keys are from `first` to `last`. */
  drop(first: number, last: number): void {
    for (let row = this.#from(first); row < this.size && this.#keys[row]! <= last; row++) {
      if (this.#gone[row]) continue;
      this.#gone[row] = 1;
      this.goneCount++;
    }
  }

  /** Makes room; the memory stays. */
  empty(): void {
    this.#vectors.size = 0;
    this.goneCount = 0;
  }

  /**
   * Puts the nearest of all into `best`.
   * @param query of length 1
   */
  searchAll(query: Float32Array, best: TopK): void {
    this.#vectors.compareWith(query);
    for (let row = 0; row < this.size; row += rowsAtOnce) {
      const scores = this.#vectors.scores(row, Math.min(rowsAtOnce, this.size - row));
      for (let i = 0; i < scores.length; i++) {
        if (scores[i]! > best.threshold && !this.#gone[row + i]) {
          best.add(this.#keys[row + i]!, scores[i]!);
        }
      }
    }
  }

  /**
   * Puts the nearest of those with these keys into `best`.
   * @param only ascending
   * @param from where in `only` to begin
   * @returns the place in `only` that is beyond these rows
   */
  searchOnly(query: Float32Array, best: TopK, only: ArrayLike<number>, from: number): number {
    this.#vectors.compareWith(query);
    const last = this.lastKey;
    let at = from;
    for (let row = 0; at < only.length && only[at]! <= last; at++) {
      while (this.#keys[row]! < only[at]!) row++;
      if (this.#keys[row] !== only[at] || this.#gone[row]) continue;
      const [score] = this.#vectors.scores(row, 1);
      best.add(only[at]!, score!);
    }
    return at;
  }

  /** The first row whose key is at least this. */
  #from(key: number): number {
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

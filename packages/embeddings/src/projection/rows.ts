/** The vectors as they are worked with: checked, and read one by one without a copy of them all. */
import { InvalidRequestError } from "@polycall/core";
import type { Vector, Vectors } from "../arithmetic.ts";
import { DimensionError } from "../errors.ts";

export type Metric = "cosine" | "euclidean";

/** Longer ones, less their mean, may be more than a float holds. */
const longest = 1e37;

export class Rows {
  readonly count: number;
  readonly dimensions: number;
  readonly #vectors: Vectors;
  /** What each is multiplied with: by cosine it comes to length 1. */
  readonly #scales: Float64Array;

  /** @throws DimensionError; InvalidRequestError naming the vector that holds something else */
  constructor(vectors: Vectors, metric: Metric) {
    this.#vectors = vectors;
    if (!Array.isArray(vectors) && !(vectors as { matrix?: unknown } | undefined)?.matrix) {
      throw isNone("vectors", "a list of vectors, or a matrix");
    }
    if ("matrix" in vectors) {
      this.dimensions = vectors.dimensions;
      this.count = vectors.matrix.length / vectors.dimensions;
      if (!Number.isInteger(this.count)) {
        const message = `A matrix of ${vectors.matrix.length} numbers has no rows of ${vectors.dimensions}.`;
        throw new InvalidRequestError(message, { param: "vectors" });
      }
    } else {
      this.count = vectors.length;
      this.dimensions = vectors[0]?.length ?? 0;
    }
    this.#scales = new Float64Array(this.count);
    for (let i = 0; i < this.count; i++) {
      const square = this.#squareOf(i);
      const length = Math.sqrt(square);
      // Finite numbers that the picture's are not, or whose squares are not.
      if (square === Infinity || (metric === "euclidean" && length > longest)) {
        const message = `vectors[${i}] is too long to be measured: scale the vectors down.`;
        throw new InvalidRequestError(message, { param: `vectors[${i}]` });
      }
      this.#scales[i] = metric === "cosine" && length > 0 ? 1 / length : 1;
    }
  }

  /** @param less is subtracted from it, as the mean is */
  read(index: number, into: Float64Array, less?: Float64Array): void {
    const { data, from } = this.#at(index);
    const scale = this.#scales[index]!;
    const { dimensions } = this;
    if (less) for (let j = 0; j < dimensions; j++) into[j] = data[from + j]! * scale - less[j]!;
    else for (let j = 0; j < dimensions; j++) into[j] = data[from + j]! * scale;
  }

  mean(): Float64Array {
    const mean = new Float64Array(this.dimensions);
    const row = new Float64Array(this.dimensions);
    for (let i = 0; i < this.count; i++) {
      this.read(i, row);
      for (let j = 0; j < row.length; j++) mean[j]! += row[j]! / this.count;
    }
    return mean;
  }

  /** All of them, less their mean. */
  centred(): Float64Array {
    const mean = this.mean();
    const { dimensions } = this;
    const all = new Float64Array(this.count * dimensions);
    for (let i = 0; i < this.count; i++) {
      this.read(i, all.subarray(i * dimensions, (i + 1) * dimensions), mean);
    }
    return all;
  }

  #at(index: number): { data: Vector; from: number } {
    if ("matrix" in this.#vectors) {
      return { data: this.#vectors.matrix, from: index * this.dimensions };
    }
    return { data: this.#vectors[index]!, from: 0 };
  }

  /** Its squared length; here each vector is seen for the first time. */
  #squareOf(index: number): number {
    const { data, from } = this.#at(index);
    const { dimensions } = this;
    if (!(data instanceof Float32Array || Array.isArray(data) || ArrayBuffer.isView(data))) {
      throw isNone(`vectors[${index}]`, "a list of numbers");
    }
    if (!("matrix" in this.#vectors) && data.length !== dimensions) {
      throw new DimensionError(dimensions, data.length);
    }
    let square = 0;
    for (let j = from; j < from + dimensions; j++) {
      const value = data[j]!;
      if (!Number.isFinite(value)) {
        const message = `vectors[${index}] holds ${String(value)} at ${j - from}, which is not a finite number.`;
        throw new InvalidRequestError(message, { param: `vectors[${index}]` });
      }
      square += value * value;
    }
    return square;
  }
}

const isNone = (param: string, what: string) =>
  new InvalidRequestError(`${param} must be ${what}.`, { param });

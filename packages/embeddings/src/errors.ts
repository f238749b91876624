/** What can be wrong with vectors, beside a call to a model. */
import { PolycallError } from "@polycall/core";

/** Two vectors that do not compare: their lengths differ. */
export class DimensionError extends PolycallError {
  static override readonly kind: string = "DimensionError";
  constructor(a: number, b: number) {
    super(`Vectors of ${a} and ${b} dimensions do not compare.`);
  }
}

/** A file of vectors that is none, or broken; `line` says where. */
export class VectorFileError extends PolycallError {
  static override readonly kind: string = "VectorFileError";
  /** Counted from 1; in a binary file the word's number. */
  declare readonly line?: number;
  constructor(message: string, line?: number) {
    super(message);
    if (line !== undefined) Object.defineProperty(this, "line", { value: line, enumerable: true });
  }
}

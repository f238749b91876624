/** Words and their vectors while a file is read: one matrix that grows with what is expected. */
import { VectorFileError } from "../errors.ts";

export interface Words {
  words: string[];
  /** One vector after another. */
  matrix: Float32Array;
  dimensions: number;
}

/** Rows before anything is known of how many there will be. */
const firstRows = 1024;
const growth = 1.5;

export class Matrix {
  readonly words: string[] = [];
  #dimensions = 0;
  #data = new Float32Array(0);
  /** Rows that are expected, once that is known. */
  expected: number | undefined;

  get dimensions(): number {
    return this.#dimensions;
  }

  set dimensions(dimensions: number) {
    this.#dimensions = dimensions;
  }

  /** Where the next vector goes: its memory is there. */
  next(): { data: Float32Array; offset: number } {
    const offset = this.words.length * this.#dimensions;
    if (offset + this.#dimensions > this.#data.length) this.#grow();
    return { data: this.#data, offset };
  }

  #grow(): void {
    const rows = this.words.length;
    const more = Math.max(firstRows, Math.ceil(rows * growth));
    const wanted = this.expected && this.expected > rows ? this.expected : more;
    let grown: Float32Array<ArrayBuffer>;
    try {
      grown = new Float32Array(wanted * this.#dimensions);
    } catch {
      const size = `${wanted} vectors of ${this.#dimensions} dimensions`;
      throw new VectorFileError(`There is no memory for ${size}. Load fewer: { limit }.`);
    }
    grown.set(this.#data);
    this.#data = grown;
  }

  done(): Words {
    const matrix = this.#data.subarray(0, this.words.length * this.#dimensions);
    return { words: this.words, matrix, dimensions: this.#dimensions };
  }
}

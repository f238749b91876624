/** Vectors as word2vec's binary files have them: a word, a space, 32-bit floats. */
import { VectorFileError } from "../errors.ts";
import { joined } from "./joined.ts";
import type { Matrix } from "./matrix.ts";

const decoder = new TextDecoder();
/** A word that is longer is none: the file is another's. */
export const longestWord = 4096;

export class BinaryReader {
  readonly #matrix: Matrix;
  readonly #name: string;
  #rest = new Uint8Array(0);

  constructor(matrix: Matrix, name: string) {
    this.#matrix = matrix;
    this.#name = name;
  }

  read(chunk: Uint8Array, limit: number): void {
    const bytes = joined(this.#rest, chunk);
    const { words, dimensions } = this.#matrix;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    while (words.length < limit) {
      while (bytes[start] === 10) start++; // Some writers end each word's line.
      const space = bytes.indexOf(32, start);
      if (space < 0) {
        if (bytes.length - start > longestWord) throw this.#wrong("has no end");
        break;
      }
      const end = space + 1 + dimensions * 4;
      if (end > bytes.length) break;
      if (space === start) throw this.#wrong("is empty");
      const { data, offset } = this.#matrix.next();
      for (let i = 0; i < dimensions; i++) {
        const value = view.getFloat32(space + 1 + i * 4, true);
        if (!Number.isFinite(value)) throw this.#wrong("has something that is no number");
        data[offset + i] = value;
      }
      words.push(decoder.decode(bytes.subarray(start, space)));
      start = end;
    }
    this.#rest = bytes.slice(start);
  }

  /** @param count the words that the file says it has */
  end(limit: number, count: number): void {
    const { words } = this.#matrix;
    if (words.length < Math.min(limit, count)) throw this.#wrong(`of ${count} is not whole`);
  }

  #wrong(what: string): VectorFileError {
    const nth = this.#matrix.words.length + 1;
    return new VectorFileError(`${this.#name}: word ${nth} ${what}.`, nth);
  }
}

/** Vectors as text, a line for each word: GloVe's files, and word2vec's after their first line. */
import { VectorFileError } from "../errors.ts";
import { joined } from "./joined.ts";
import type { Matrix } from "./matrix.ts";

const decoder = new TextDecoder();
const newline = 10;
const space = 32;

export class TextReader {
  readonly #matrix: Matrix;
  readonly #name: string;
  #line: number;
  #rest = new Uint8Array(0);

  /** @param before lines of the file that were read already */
  constructor(matrix: Matrix, name: string, before: number) {
    this.#matrix = matrix;
    this.#name = name;
    this.#line = before;
  }

  read(chunk: Uint8Array, limit: number): void {
    const bytes = joined(this.#rest, chunk);
    let start = 0;
    while (this.#matrix.words.length < limit) {
      const end = bytes.indexOf(newline, start);
      if (end < 0) break;
      this.#take(bytes, start, end);
      start = end + 1;
    }
    this.#rest = bytes.slice(start);
  }

  /** @param count the words that the file says it has */
  end(limit: number, count: number): void {
    const { words } = this.#matrix;
    if (this.#rest.length && words.length < limit) this.#take(this.#rest, 0, this.#rest.length);
    if (count < Infinity && words.length < Math.min(limit, count)) {
      this.#line++;
      throw this.#wrong(`is missing: the file says that it has ${count} words`);
    }
  }

  #take(bytes: Uint8Array, from: number, to: number): void {
    this.#line++;
    const start = from;
    let end = to;
    while (end > start && bytes[end - 1]! <= space) end--;
    if (end === start) return; // A blank line.
    const matrix = this.#matrix;
    matrix.dimensions ||= fieldsOf(bytes, start, end) - 1;
    const { dimensions } = matrix;
    if (!dimensions) throw this.#wrong("has no numbers after its word");
    const { data, offset } = matrix.next();
    // From the end: a word may hold spaces itself, as some of GloVe's do.
    let at = end;
    for (let column = dimensions - 1; column >= 0; column--) {
      let begin = at;
      while (begin > start && bytes[begin - 1]! > space) begin--;
      if (begin === start) {
        throw this.#wrong(`has ${dimensions - 1 - column} numbers, not ${dimensions}`);
      }
      const value = numberOf(bytes, begin, at);
      if (!Number.isFinite(value)) {
        const said = decoder.decode(bytes.subarray(begin, Math.min(at, begin + 40)));
        throw this.#wrong(`holds "${said}" where a number must be`);
      }
      data[offset + column] = value;
      at = begin;
      while (at > start && bytes[at - 1]! <= space) at--;
      if (at === start) throw this.#wrong("has no word before its numbers");
    }
    matrix.words.push(decoder.decode(bytes.subarray(start, at)));
  }

  #wrong(what: string): VectorFileError {
    return new VectorFileError(`${this.#name}: line ${this.#line} ${what}.`, this.#line);
  }
}

function fieldsOf(bytes: Uint8Array, start: number, end: number): number {
  let fields = 0;
  let inField = false;
  for (let i = start; i < end; i++) {
    const isField = bytes[i]! > space;
    if (isField && !inField) fields++;
    inField = isField;
  }
  return fields;
}

/** A decimal number; one with an exponent, or that is none, is left to the platform. */
function numberOf(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const isNegative = bytes[at] === 45;
  if (isNegative) at++;
  let digits = 0;
  let scale = 0;
  let isFraction = false;
  for (; at < end; at++) {
    const code = bytes[at]!;
    if (code >= 48 && code <= 57) {
      digits = digits * 10 + (code - 48);
      if (isFraction) scale++;
    } else if (code === 46 && !isFraction) isFraction = true;
    else return slowNumberOf(bytes, start, end);
  }
  const isShort = end - start <= 17;
  if (!isShort || end - start - (isNegative ? 1 : 0) - (isFraction ? 1 : 0) < 1) {
    return slowNumberOf(bytes, start, end);
  }
  const value = digits / powers[scale]!;
  return isNegative ? -value : value;
}

const powers = Array.from({ length: 18 }, (_, i) => 10 ** i);

const slowNumberOf = (bytes: Uint8Array, start: number, end: number) => {
  const text = decoder.decode(bytes.subarray(start, end));
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
};

/** Dot products of one vector with many, four numbers at a time: WebAssembly has what JavaScript lacks. */

/**
 * `dots(query, vectors, rows, width, out)`, all but `rows` in bytes, width a multiple of 64. In C:
 *
 *     do {
 *       float32x4 a = 0, b = 0, c = 0, d = 0;
 *       for (i = 0; i < width; i += 64, vectors += 64) {
 *         a += query[i] * vectors[0]; b += query[i + 16] * vectors[16];
 *         c += query[i + 32] * vectors[32]; d += query[i + 48] * vectors[48];
 *       }
 *       *out++ = sum((a + b) + (c + d));
 *     } while (--rows);
 */
const code =
  "AGFzbQEAAAABCQFgBX9/f39/AAILAQFtAW0CAQGAgAQDAgEABwgBBGRvdHMAAAqbAgGYAgIEewF/A0D9DAAAAAAAAAAAAAAAAAAAAAAhBf0MAAAAAAAAAAAAAAAAAAAAACEG/QwAAAAAAAAAAAAAAAAAAAAAIQf9DAAAAAAAAAAAAAAAAAAAAAAhCEEAIQkDQCAFIAAgCWr9AAQAIAH9AAQA/eYB/eQBIQUgBiAAIAlq/QAEECAB/QAEEP3mAf3kASEGIAcgACAJav0ABCAgAf0ABCD95gH95AEhByAIIAAgCWr9AAQwIAH9AAQw/eYB/eQBIQggAUHAAGohASAJQcAAaiIJIANJDQALIAUgBv3kASAHIAj95AH95AEhBSAEIAX9HwAgBf0fAZIgBf0fAiAF/R8DkpI4AgAgBEEEaiEEIAJBAWsiAg0ACws=";

type Dots = (query: number, vectors: number, rows: number, width: number, out: number) => void;

const pageBytes = 65536;
let compiled: WebAssembly.Module | undefined;

/** So many rows at most are compared by one call. */
export const rowsAtOnce = 4096;

/** Vectors in a row, as many as are put in, up to 4 GiB. */
export class Vectors {
  readonly #dimensions: number;
  /** Bytes of a vector, with the zeros that fill it up. */
  readonly #width: number;
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 });
  readonly #dots: Dots;
  /** Where the scores are written; the query is at 0. */
  readonly #out: number;
  /** Where the vectors begin. */
  readonly #start: number;
  #floats = new Float32Array(0);
  size = 0;

  constructor(dimensions: number) {
    compiled ??= new WebAssembly.Module(Buffer.from(code, "base64"));
    const { exports } = new WebAssembly.Instance(compiled, { m: { m: this.#memory } });
    this.#dots = exports.dots as Dots;
    this.#dimensions = dimensions;
    this.#width = Math.ceil(dimensions / 16) * 64;
    this.#out = this.#width;
    this.#start = this.#out + rowsAtOnce * 4;
    this.#reserve(this.#start);
  }

  /** @param bytes one vector after the other, as 32-bit floats */
  push(bytes: Uint8Array): void {
    const own = this.#dimensions * 4;
    const count = bytes.length / own;
    const end = this.#start + this.size * this.#width;
    this.#reserve(end + count * this.#width);
    const target = new Uint8Array(this.#memory.buffer, end);
    if (own === this.#width) target.set(bytes);
    else {
      for (let i = 0; i < count; i++) {
        target.fill(0, i * this.#width + own, (i + 1) * this.#width);
        target.set(bytes.subarray(i * own, (i + 1) * own), i * this.#width);
      }
    }
    this.size += count;
  }

  /** What the next scores are of. */
  compareWith(query: Float32Array): void {
    this.#floats.fill(0, 0, this.#width / 4);
    this.#floats.set(query);
  }

  /**
   * Scores of `count` vectors, at most `rowsAtOnce`, from the one at `row` on.
   * @returns a view, overwritten by the next call
   */
  scores(row: number, count: number): Float32Array {
    const out = this.#out / 4;
    if (count > 0) this.#dots(0, this.#start + row * this.#width, count, this.#width, this.#out);
    return this.#floats.subarray(out, out + count);
  }

  #reserve(bytes: number): void {
    const has = this.#memory.buffer.byteLength;
    if (bytes > has) this.#memory.grow(Math.ceil((bytes - has) / pageBytes) + 63);
    if (this.#floats.buffer !== this.#memory.buffer)
      this.#floats = new Float32Array(this.#memory.buffer);
  }
}

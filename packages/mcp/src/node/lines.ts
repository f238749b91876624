/** Lines out of chunks of bytes, none longer than a limit. Each byte is looked at once. */

export class Lines {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that a chunk completes; `tooLong` when the limit is passed, after which nothing is read. */
  read(chunk: Buffer): { lines: string[]; tooLong: boolean } {
    const lines: string[] = [];
    for (let from = 0; ; ) {
      const at = chunk.indexOf(0x0a, from);
      const part = chunk.subarray(from, at < 0 ? undefined : at);
      this.#length += part.length;
      if (this.#length > this.#maxBytes) {
        this.#parts = [];
        return { lines, tooLong: true };
      }
      this.#parts.push(part);
      if (at < 0) return { lines, tooLong: false };
      lines.push(Buffer.concat(this.#parts).toString("utf8"));
      this.#parts = [];
      this.#length = 0;
      from = at + 1;
    }
  }
}

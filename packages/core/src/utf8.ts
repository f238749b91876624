/** UTF-8 in chunks: a code point that two of them share is kept for the second. */

/**
 * Decodes chunks as `TextDecoder` with `stream: true` would, several times as fast in Node, where
 * only whole texts take the quick path. A byte order mark at the start is left out.
 */
export class Utf8 {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #kept: Uint8Array | undefined;
  #started = false;

  /** The text of a chunk, as far as its code points are whole. */
  decode(chunk: Uint8Array): string {
    let bytes = chunk;
    if (this.#kept) {
      bytes = new Uint8Array(this.#kept.length + chunk.length);
      bytes.set(this.#kept);
      bytes.set(chunk, this.#kept.length);
    }
    const whole = wholeLength(bytes);
    this.#kept = whole === bytes.length ? undefined : bytes.slice(whole);
    return this.#text(whole === bytes.length ? bytes : bytes.subarray(0, whole));
  }

  /** What an unfinished code point at the very end stands for. */
  end(): string {
    const kept = this.#kept ?? new Uint8Array();
    this.#kept = undefined;
    return this.#text(kept);
  }

  #text(bytes: Uint8Array): string {
    const text = this.#decoder.decode(bytes);
    if (this.#started || text === "") return text;
    this.#started = true;
    return text.startsWith("\ufeff") ? text.slice(1) : text;
  }
}

/** How many of the bytes come before a code point that is not all here. */
function wholeLength(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back]!;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? length - back : length;
    }
  }
  return length;
}

/** What one conversion may still unpack, counted together over all threads that work on it. */
import type { ConversionLimits } from "./converter.ts";
import { DocumentError } from "./errors.ts";

type Limits = Pick<ConversionLimits, "maxUnpackedBytes" | "maxParts">;

export class Budget {
  /** Bytes and parts spent so far; shared with the thread. */
  readonly spent: SharedArrayBuffer;
  readonly #limits: Limits;
  readonly #counts: BigInt64Array;

  constructor(limits: Limits, spent = new SharedArrayBuffer(16)) {
    this.spent = spent;
    this.#limits = limits;
    this.#counts = new BigInt64Array(spent);
  }

  get bytesLeft(): number {
    return Math.max(0, this.#limits.maxUnpackedBytes - Number(Atomics.load(this.#counts, 0)));
  }

  /** @throws DocumentError `too_large` */
  spend(bytes: number, parts = 0): void {
    const { maxUnpackedBytes, maxParts } = this.#limits;
    const unpacked = Number(Atomics.add(this.#counts, 0, BigInt(bytes))) + bytes;
    const opened = Number(Atomics.add(this.#counts, 1, BigInt(parts))) + parts;
    if (unpacked > maxUnpackedBytes)
      throw new DocumentError(
        `It unpacks to more than ${maxUnpackedBytes} bytes (limits.maxUnpackedBytes).`,
        { code: "too_large" },
      );
    if (opened > maxParts)
      throw new DocumentError(`It has more than ${maxParts} parts (limits.maxParts).`, {
        code: "too_large",
      });
  }
}

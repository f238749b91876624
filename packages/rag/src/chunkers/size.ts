/** How large a piece may be, and the check of what a user asked for. */
import { InvalidRequestError } from "@polycall/core";

/** How large a text is: tokens, words, bytes. */
export type Measure = (text: string) => number;

export interface SizeOptions {
  /** The most that a chunk's `text` may be. In characters (UTF-16 units), or as `measure` counts. */
  size?: number;
  /** How much of a chunk the next repeats, at least. Default: 0 */
  overlap?: number;
  /** Default: the length in characters */
  measure?: Measure;
}

/** @throws InvalidRequestError where no text could be cut so */
export function checkSize(size: number, overlap: number): void {
  if (!Number.isInteger(size) || size < 1) {
    throw new InvalidRequestError(`size is a whole number from 1, not ${size}.`);
  }
  if (!Number.isInteger(overlap) || overlap < 0 || overlap >= size) {
    throw new InvalidRequestError(
      `overlap is a whole number from 0 to less than size (${size}), not ${overlap}.`,
    );
  }
}

/** A chunker's name: what it is called with, so that other settings have another name. */
export function nameOf(chunker: string, settings: { readonly [name: string]: unknown }): string {
  const told = Object.entries(settings).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const said = typeof value === "function" ? value.name || "own" : JSON.stringify(value);
    return [`${name}=${said}`];
  });
  return `${chunker}(${told.join(", ")})`;
}

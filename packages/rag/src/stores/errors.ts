/** What a store refuses, and what may befall it. */
import { APIUserAbortError, InvalidRequestError, PolycallError } from "@polycall/core";
import type { IndexDescription } from "./store.ts";

/** A store that could not be read or written; `cause` says why. */
export class StoreError extends PolycallError {
  static override readonly kind: string = "StoreError";
}

/** The store holds vectors of another encoder. Nothing was read or written. */
export class IndexMismatchError extends PolycallError {
  static override readonly kind: string = "IndexMismatchError";
  /** What made the vectors that it holds. */
  declare readonly stored: IndexDescription;
  declare readonly asked: IndexDescription;

  /**
   * @param name the store, as its user knows it
   * @param remedy how one begins anew there
   */
  constructor(name: string, stored: IndexDescription, asked: IndexDescription, remedy: string) {
    super(
      `${name} holds vectors of ${describe(stored)}; ${describe(asked)} was asked for, and vectors of two encoders cannot be compared. Use the encoder it was made with, or ${remedy} and ingest again.`,
    );
    Object.assign(this, { stored, asked });
  }
}

/** A filter that says nothing that can be evaluated; nothing was searched. */
export class FilterError extends InvalidRequestError {
  static override readonly kind: string = "FilterError";
}

const describe = ({ model, dimensions }: IndexDescription) => `${model} (${dimensions} dimensions)`;

/** @throws IndexMismatchError unless both are the same */
export function checkSameIndex(
  name: string,
  stored: IndexDescription,
  asked: IndexDescription,
  remedy: string,
): void {
  if (stored.model !== asked.model || stored.dimensions !== asked.dimensions)
    throw new IndexMismatchError(name, stored, asked, remedy);
}

/** What failed as a StoreError, unless polycall said so itself. */
export function storeError(doing: string, cause: unknown): PolycallError {
  if (cause instanceof PolycallError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(`The store could not ${doing}: ${reason}`, { cause });
}

/** @throws APIUserAbortError when the caller has left */
export function checkAborted(
  signal: AbortSignal | undefined,
  message = "The caller's signal aborted it.",
): void {
  if (signal?.aborted) throw new APIUserAbortError(message, { cause: signal.reason });
}

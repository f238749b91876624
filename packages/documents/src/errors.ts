/** What a document that cannot be converted ends in. */
import { type ErrorInfo, PolycallError } from "@polycall/core";

/**
 * - `unreadable`: it could not be read at all: no such file, a refused or failed download
 * - `unsupported`: no converter reads its type
 * - `missing_converter`: one would, but lacks something: pandoc, a package, a model to describe it
 * - `encrypted`: it needs a password
 * - `too_large`: it, or what it unpacks to, exceeds a limit
 * - `timeout`: the conversion took longer than its limit and was ended
 * - `damaged`: it is not what it claims to be, or breaks the rules of its format
 */
export type DocumentErrorCode =
  | "unreadable"
  | "unsupported"
  | "missing_converter"
  | "encrypted"
  | "too_large"
  | "timeout"
  | "damaged";

/** A document that could not be converted; `code` says why. */
export class DocumentError extends PolycallError {
  static override readonly kind: string = "DocumentError";
  declare readonly code: DocumentErrorCode;
  /** The file, as it was named. */
  declare readonly file?: string;
  constructor(
    message: string,
    info: Omit<ErrorInfo, "code"> & { code: DocumentErrorCode; file?: string },
  ) {
    super(message, info);
  }
}

export const damaged = (message: string, cause?: unknown) =>
  new DocumentError(message, { code: "damaged", cause });

/** Anything thrown by a parser as a DocumentError: it met bytes that it could not read. */
export function asDocumentError(error: unknown, what: string): unknown {
  const { name, message = String(error) } = (error ?? {}) as Partial<Error>;
  if (error instanceof DocumentError || name === "AbortError") return error;
  if (error instanceof PolycallError) return error;
  if (error instanceof RangeError && /call stack/.test(message))
    return damaged(`The ${what} is nested too deeply.`, error);
  if (error instanceof RangeError && /string length|allocation|array length/i.test(message))
    return new DocumentError(`The ${what} takes more memory than there is.`, {
      code: "too_large",
      cause: error,
    });
  return damaged(`The ${what} could not be read: ${message}`, error);
}

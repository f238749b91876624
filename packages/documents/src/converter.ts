/** What a converter is: one file, one function, registered by media type. */

/** A file to convert, its type already known. */
export interface SourceFile {
  bytes: Uint8Array;
  /** Its type, told from its content first and from its name second, without parameters. */
  mediaType: string;
  /** Its name or path, as messages tell it. */
  name?: string;
  /** What `Content-Type` or the user says of a text's encoding. */
  charset?: string;
  /** Where it was read from; relative links in it are resolved against it. */
  url?: string;
}

/** Where a page, slide or sheet begins in the Markdown. */
export interface Page {
  /** From 1. */
  number: number;
  /** Offset into `markdown`, in UTF-16 units, of its first character. */
  start: number;
}

export interface Markdown {
  markdown: string;
  title?: string;
  /** Ascending, where the format has pages. */
  pages?: Page[];
  /** What the document says of itself: author, date, language. Flat, for filters. */
  metadata?: { [key: string]: string | number | boolean };
  /** What was left out, and why. */
  warnings: string[];
}

/** Bounds on what one document may cost. Beyond one, the conversion ends in a typed error. */
export interface ConversionLimits {
  /** Bytes of the file itself. */
  maxBytes: number;
  /** Bytes after unpacking, over all parts of an archive and all archives in it. */
  maxUnpackedBytes: number;
  /** Parts of an archive, archives in it included. */
  maxParts: number;
  /** Archives within archives. */
  maxDepth: number;
  /** Milliseconds for the whole. */
  timeout: number;
}

export interface ConvertContext {
  limits: ConversionLimits;
  signal: AbortSignal;
  /** Converts a part of this file (a file in a zip, an attachment) within what is left of the same bounds. */
  convert(part: { bytes: Uint8Array; name?: string; mediaType?: string }): Promise<Markdown>;
}

export interface Converter {
  /** What it reads, for messages: "Word document". */
  readonly name: string;
  readonly mediaTypes: readonly string[];
  /** Without the dot. Only asked where the content does not tell the type. */
  readonly extensions: readonly string[];
  convert(file: SourceFile, context: ConvertContext): Promise<Markdown>;
}

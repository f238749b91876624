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
  /** Bytes of the file itself. Default 100,000,000. */
  maxBytes: number;
  /** Bytes after unpacking, over all parts of an archive and all archives in it. Default 300,000,000. */
  maxUnpackedBytes: number;
  /** Parts of an archive, archives in it included. Default 10,000. */
  maxParts: number;
  /** Archives within archives. Default 3. */
  maxDepth: number;
  /** Milliseconds for the whole. Default 60,000. */
  timeout: number;
  /** Bytes of heap of the thread that converts. Default 1,000,000,000. */
  maxMemoryBytes: number;
}

/** How the Markdown is to look. */
export interface MarkdownStyle {
  /** `"main"` keeps a web page's main content and drops navigation, headers and footers. Default `"all"`. */
  content: "all" | "main";
  /** `"html"` keeps a table as HTML where it has merged cells, which Markdown cannot say. Default `"markdown"`. */
  tables: "markdown" | "html";
  /** `"embed"` keeps a picture as a whole data URI, `"reference"` its name or type alone. Default `"reference"`. */
  images: "reference" | "embed";
}

/** A picture or a sound in a document. */
export interface Media {
  bytes: Uint8Array;
  mediaType: string;
  name?: string;
}

export interface ConvertContext {
  readonly limits: ConversionLimits;
  readonly style: MarkdownStyle;
  readonly signal: AbortSignal;
  /** Archives around this file. */
  readonly depth: number;
  /**
   * Counts what was unpacked against the limits of the whole.
   * @throws DocumentError `too_large`
   */
  spend(unpackedBytes: number, parts?: number): void;
  /** Bytes that may still be unpacked. */
  readonly bytesLeft: number;
  /** Converts a part of this file (a file in a zip, an attachment) within what is left of the same bounds. */
  convert(part: { bytes: Uint8Array; name?: string; mediaType?: string }): Promise<Markdown>;
  /** What a model says of a picture or a sound; absent where no model was given. */
  describe?(media: Media): Promise<string>;
}

export interface Converter {
  /** What it reads, for messages: "Word document". */
  readonly name: string;
  /** `image/*` is every image. */
  readonly mediaTypes: readonly string[];
  /** Without the dot. Only asked where the content does not tell the type. */
  readonly extensions: readonly string[];
  convert(file: SourceFile, context: ConvertContext): Promise<Markdown>;
}

/** The two things that all of retrieval passes along: a document, and a piece cut from it. */
import type { CostEstimate } from "./model/language-model.ts";

/** Flat, so that every store can keep it and filter by it. */
export type Metadata = { [key: string]: string | number | boolean | string[] };

/** A document, as text or Markdown, ready to be cut. */
export interface SourceDocument {
  /** What names it for good: a path, a URL, a row's key. */
  source: string;
  /** Text or Markdown. All offsets are into it, in UTF-16 units. */
  text: string;
  title?: string;
  metadata?: Metadata;
  /** Where its pages begin, ascending, where it has pages. */
  pages?: readonly { number: number; start: number }[];
}

/** A piece of a document. `document.text.slice(start, end) === raw`, always. */
export interface Chunk {
  raw: string;
  start: number;
  end: number;
  /** What is embedded, searched and shown to a model: `raw`, under its headings where it has some. */
  text: string;
  /** The headings it stands under, outermost first. */
  headings: readonly string[];
  /** The page that it begins on. */
  page?: number;
  /** The larger piece that is answered from where this one is found. */
  parent?: { start: number; end: number };
  /** What is known of it beside its document's: a headline, a summary. */
  metadata?: Metadata;
}

export interface ChunkOptions {
  /** Ends the cutting, where a model is asked. */
  signal?: AbortSignal;
  /** Told what was not cut as it should be, in a sentence. */
  warn?: (message: string) => void;
}

/** Cuts a document. Pieces come in the order of `start`; asynchronous where it asks a model. */
export interface Chunker {
  /** Its name and settings in one line. A document is cut anew when it changes. */
  readonly name: string;
  chunk(document: SourceDocument, options?: ChunkOptions): Chunk[] | Promise<Chunk[]>;
  /** What the models that it asks would cost for a document; absent where it asks none. No network. */
  estimate?(document: SourceDocument): Promise<CostEstimate>;
}

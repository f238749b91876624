/** `recursiveChunker()`: cuts at paragraphs, else lines, sentences, words, characters. */
import type { Chunk, Chunker, SourceDocument } from "../chunk.ts";
import { cut, type Range } from "./cut.ts";
import { pageTeller } from "./pages.ts";
import { breakFinder, type Separator, textSeparators } from "./separators.ts";
import { checkSize, nameOf, type SizeOptions } from "./size.ts";

export interface RecursiveOptions extends SizeOptions {
  /** Best first; those in a list rank alike. Default: paragraphs, lines, sentences, clauses, words */
  separators?: readonly Separator[];
}

/**
 * Cuts a text wherever it breaks best, in chunks at least half full where it can. `size` is 1000 by default.
 * @throws InvalidRequestError for a size or an overlap that cannot be
 */
export function recursiveChunker(options: RecursiveOptions = {}): Chunker {
  const { size = 1000, overlap = 0, measure, separators = textSeparators } = options;
  checkSize(size, overlap);
  const find = breakFinder(separators);
  return {
    name: nameOf("recursive", { size, overlap, measure, separators: options.separators }),
    chunk(document) {
      const { text } = document;
      const rules = {
        ...{ size, overlap, measure },
        breakAt: (_: number, low: number, limit: number) => find(text, low, limit),
      };
      return plainChunks(document, cut(text, 0, text.length, rules));
    },
  };
}

/** Ranges as chunks that say nothing but what they hold. */
export function plainChunks(document: SourceDocument, ranges: readonly Range[]): Chunk[] {
  const pageAt = pageTeller(document);
  return ranges.map(({ start, end }) => {
    const raw = document.text.slice(start, end);
    const page = pageAt(start);
    return { raw, start, end, text: raw, headings: [], ...(page !== undefined && { page }) };
  });
}

/** `sentenceChunker()`: whole sentences, as many as fit. */
import type { Chunker } from "../chunk.ts";
import { cut, type Rules } from "./cut.ts";
import { lastBefore } from "./headings.ts";
import { plainChunks } from "./recursive.ts";
import { sentencesOf } from "./sentences.ts";
import { breakFinder, textSeparators } from "./separators.ts";
import { checkSize, nameOf, type SizeOptions } from "./size.ts";

export interface SentenceOptions extends SizeOptions {
  /** Of the text, BCP 47: "de". Default: the runtime's */
  locale?: string;
}

const anywhere = breakFinder(textSeparators);

/**
 * Cuts between sentences, in any language (`Intl.Segmenter`), and repeats whole ones where an overlap is
 * asked for. A sentence larger than a chunk is cut as `recursiveChunker` cuts. `size` is 1000 by default.
 * @throws InvalidRequestError for a size or an overlap that cannot be
 */
export function sentenceChunker(options: SentenceOptions = {}): Chunker {
  const { size = 1000, overlap = 0, measure, locale } = options;
  checkSize(size, overlap);
  return {
    name: nameOf("sentence", { size, overlap, measure, locale }),
    chunk(document) {
      const { text } = document;
      const sentences = sentencesOf(text, locale);
      const rules: Rules = {
        ...{ size, overlap, measure },
        breakAt(_, low, limit) {
          const end = sentences[lastBefore(sentences, limit, (one) => one.end)]?.end ?? -1;
          return end > low ? end : anywhere(text, low, limit);
        },
        beginAt(at, lowest) {
          const start = sentences[lastBefore(sentences, at, (one) => one.start)]?.start ?? -1;
          return start >= lowest ? start : undefined;
        },
      };
      return plainChunks(document, cut(text, 0, text.length, rules));
    },
  };
}

/** Where sentences begin and end, in any language. */
import { skipSpace, trimEnd } from "./characters.ts";
import type { Range } from "./cut.ts";

/** After these a full stop ends no sentence. */
const abbreviation =
  /(?:^|[\s("'])(?:Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|vs|etc|e\.g|i\.e|cf|al|No|Fig|Eq|Vol|pp|approx|Inc|Ltd|Co|[A-Z])\.\s*$/;

/**
 * The sentences of a text, without the white space between them. A line break within a paragraph ends none,
 * an empty line, a list's item and a heading do.
 * @param locale BCP 47. Default: what the runtime's is
 */
export function sentencesOf(text: string, locale?: string): Range[] {
  const segmenter = new Intl.Segmenter(locale, { granularity: "sentence" });
  // Wrapped lines as one, in place: offsets stay what they are.
  const flowing = text.replace(/(?<=\S)\r?\n(?=\S)(?![#>|*+-]|\d+[.)]\s)/g, (end) =>
    " ".repeat(end.length),
  );
  const sentences: Range[] = [];
  let begun = -1;
  for (const { segment, index } of segmenter.segment(flowing)) {
    if (begun < 0) begun = index;
    const end = index + segment.length;
    if (!/[\r\n]\s*$/.test(segment) && abbreviation.test(segment.slice(-24)) && end < text.length)
      continue;
    const start = skipSpace(text, begun, end);
    if (start < end) sentences.push({ start, end: trimEnd(text, start, end) });
    begun = -1;
  }
  return sentences;
}

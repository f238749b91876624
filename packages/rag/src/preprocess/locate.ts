/** Where in a text the words stand that a model quotes from it. */
import { splitsPair } from "../chunkers/characters.ts";
import type { Range } from "../chunkers/cut.ts";

/** Places of a quote that are looked at: further ones are not told apart anyway. */
const most = 200;

/**
 * Finds quotes in a text: as they are, else whatever their white space, case, accents, ligatures, quotation
 * marks, dashes and emphasis.
 * @returns for a quote all its places, ascending
 */
export function quoteFinder(text: string): (quote: string) => Range[] {
  let folded: Folded | undefined;
  return (quote) => {
    const wanted = quote.trim();
    if (!wanted) return [];
    const exact = placesOf(text, wanted);
    if (exact.length) return exact.map((at) => ({ start: at, end: at + wanted.length }));
    const alike = fold(wanted.replace(/^(?:\.{3}|…)+|(?:\.{3}|…)+$/g, "")).text;
    if (!alike) return [];
    folded ??= fold(text);
    const { text: all, starts, ends } = folded;
    return placesOf(all, alike).map((at) => ({
      start: starts[at]!,
      end: ends[at + alike.length - 1]!,
    }));
  };
}

function placesOf(text: string, wanted: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0 && places.length < most; ) {
    places.push(at);
    at = text.indexOf(wanted, at + 1);
  }
  return places;
}

interface Folded {
  text: string;
  /** Where in the source each of its units begins and ends. */
  starts: number[];
  ends: number[];
}

const left = /[\s\p{M}\p{Cf}*_`~#|>\\]/u;
const marks: Record<string, string> = {
  ...{ "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'" },
  ...{ "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"' },
  ...{ "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-" },
};

function fold(source: string): Folded {
  const starts: number[] = [];
  const ends: number[] = [];
  let text = "";
  let at = 0;
  for (const point of source) {
    const end = at + point.length;
    for (const one of point.normalize("NFKD")) {
      if (left.test(one)) continue;
      const plain = (marks[one] ?? one).toLowerCase();
      text += plain;
      for (let i = 0; i < plain.length; i++) {
        starts.push(at);
        ends.push(end);
      }
    }
    at = end;
  }
  return { text, starts, ends };
}

const letter = /[\p{L}\p{N}]/u;
const joined = /[\p{M}\p{Cf}]/u;
/** What belongs to the word before it. */
const closing = /[*_`~|\p{Pe}\p{Pf}.,;:!?…"'。、！？]/u;
/** Longer words are text without spaces. */
const longestWord = 40;

/**
 * A range that begins and ends with whole words and characters, with the markup of the line that it begins and
 * of the word that it ends.
 */
export function settled(text: string, { start, end }: Range): Range {
  while (start > 0 && (splitsPair(text, start) || joined.test(text[start]!))) start--;
  if (splitsPair(text, end)) end++;
  while (end < text.length && joined.test(text[end]!)) end++;
  const inWord = (at: number) =>
    at > 0 && at < text.length && letter.test(text[at - 1]!) && letter.test(text[at]!);
  let from = start;
  while (inWord(from) && start - from <= longestWord) from--;
  if (!inWord(from)) start = from;
  let to = end;
  while (inWord(to) && to - end <= longestWord) to++;
  if (!inWord(to)) end = to;
  const line = text.lastIndexOf("\n", start - 1) + 1;
  const before = text.slice(line, start);
  if (before.length <= longestWord && /^[\s#>*_`~|+-]*(?:\d+[.)]\s+)?[*_`~]*$/.test(before)) {
    start = line;
  }
  while (end < text.length && closing.test(text[end]!)) end++;
  return { start, end };
}

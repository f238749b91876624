/** `keywordCoverage()`: how many of the words that an answer should have it has. No model. Pure. */

/** A word or a phrase; several are alternatives. One that ends in `*` has any ending: "refund*". */
export type Keyword = string | readonly string[];

export interface KeywordCoverage {
  /** The share that was found, from 0 to 1; null where there are no keywords. */
  score: number | null;
  found: Keyword[];
  missed: Keyword[];
}

/**
 * Whole words, whatever their case, accents, width and emphasis; between the words of a phrase stands white space or
 * a hyphen. In scripts that put no space between words a keyword may stand anywhere.
 */
export function keywordCoverage(text: string, keywords: readonly Keyword[]): KeywordCoverage {
  const plain = plainOf(text);
  const has = (keyword: Keyword) =>
    (typeof keyword === "string" ? [keyword] : keyword).some((one) => patternOf(one).test(plain));
  const found = keywords.filter(has);
  return {
    score: keywords.length ? found.length / keywords.length : null,
    found,
    missed: keywords.filter((one) => !found.includes(one)),
  };
}

/** Emphasis, soft hyphens, what has no width. */
const unseen = /[*_`\u00ad\u200b-\u200d\u2060\ufeff]/g;
/** "10,000" and "10'000" are 10000. */
const grouping = /(?<=\d)[,'’\u00a0\u202f](?=\d{3}(?!\d))/g;

function plainOf(text: string): string {
  return text
    .replace(grouping, "")
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFKC")
    .toUpperCase()
    .toLowerCase()
    .replaceAll("ς", "σ")
    .replace(/[‘’ʼ]/g, "'")
    .replace(unseen, "");
}

const spaced =
  "[\\p{L}\\p{N}\\p{M}]--[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}]";
const begins = new RegExp(`^[${spaced}]`, "v");
const ends = new RegExp(`[${spaced}]$`, "v");

function patternOf(keyword: string): RegExp {
  const isBeginning = /\S\*$/.test(keyword);
  const plain = plainOf(isBeginning ? keyword.slice(0, -1) : keyword).trim();
  // Nothing that could be looked for is found nowhere.
  if (!plain) return /(?!)/;
  const words = plain
    .split(/[\s\p{Pd}]+/u)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  const before = begins.test(plain) ? `(?<![${spaced}])` : "";
  const after = !isBeginning && ends.test(plain) ? `(?![${spaced}])` : "";
  return new RegExp(before + words.join("[\\s\\p{Pd}]+") + after, "v");
}

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
 * a hyphen. In scripts that put no space between words a keyword may stand anywhere; a Korean one may have particles.
 */
export function keywordCoverage(text: string, keywords: readonly Keyword[]): KeywordCoverage {
  const plain = plainOf(text);
  const has = (keyword: Keyword) =>
    (typeof keyword === "string" ? [keyword] : keyword).some((one) => isIn(plain, one));
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
const grouping = /(?<=\p{Nd})[,，'’\u00a0\u2009\u202f](?=\p{Nd}{3}(?!\p{Nd}))/gu;

function plainOf(text: string): string {
  return text
    .replace(grouping, "")
    .replaceAll("\u2212", "-")
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFKC")
    .toUpperCase()
    .toLowerCase()
    .replaceAll("ς", "σ")
    .replace(/[‘’ʼ]/g, "'")
    .replace(unseen, "");
}

/** By their extensions: "ー" is no script's own, and stands in the words of two. */
const unspaced = ["Han", "Hira", "Kana", "Thai", "Laoo", "Khmr", "Mymr"]
  .map((script) => `\\p{scx=${script}}`)
  .join("");
const spaced = `[\\p{L}\\p{N}\\p{M}]--[${unspaced}]`;
// Made once: to make one takes longer than to look for a hundred keywords.
const letterBefore = new RegExp(`(?<=[${spaced}])`, "vy");
const letterAfter = new RegExp(`[${spaced}]`, "vy");
/** Of "2.5", not of "31.03.2027". */
const pointBefore = /(?<=(?<![\d.,])\d+[.,])/y;

function isAt(pattern: RegExp, text: string, index: number): boolean {
  pattern.lastIndex = index;
  return pattern.test(text);
}

/** @param plain as `plainOf()` makes it */
function isIn(plain: string, given: string): boolean {
  const keyword = given.trim();
  const isBeginning = /\S\*$/.test(keyword);
  const own = plainOf(isBeginning ? keyword.slice(0, -1) : keyword).trim();
  const words = own
    .split(/[\s\p{Pd}]+/u)
    .filter(Boolean)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  // Nothing that could be looked for is found nowhere.
  if (!words.length) return false;
  const sign = /^\p{Pd}(?=\d)/u.test(own) ? "\\p{Pd}" : "";
  const begins = sign !== "" || isAt(letterAfter, own.replace(/^\p{Pd}+/u, ""), 0);
  // In Korean what a word does in its sentence is written behind it.
  const isOpen = isBeginning || /\p{scx=Hang}$/u.test(own);
  const ends = !isOpen && isAt(letterBefore, own, own.length);
  const isShortNumber = /^\d{1,3}(?!\d)/.test(own);
  const pattern = new RegExp(sign + words.join("[\\s\\p{Pd}]+"), "gu");
  for (let found = pattern.exec(plain); found; found = pattern.exec(plain)) {
    const { index } = found;
    const isPart =
      (begins && isAt(letterBefore, plain, index)) ||
      (isShortNumber && isAt(pointBefore, plain, index)) ||
      (ends && isAt(letterAfter, plain, pattern.lastIndex));
    if (!isPart) return true;
    pattern.lastIndex = index + (plain.codePointAt(index)! > 0xffff ? 2 : 1);
  }
  return false;
}

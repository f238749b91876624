/** Where text may be cut at all: white space, surrogate pairs, graphemes, words. Pure. */

/** What `\s` matches, told from the code. */
export function isSpace(code: number): boolean {
  if (code < 128) return code === 32 || (code >= 9 && code <= 13);
  return (
    code === 0xa0 ||
    (code >= 0x1680 &&
      (code === 0x1680 ||
        (code >= 0x2000 && code <= 0x200a) ||
        code === 0x2028 ||
        code === 0x2029 ||
        code === 0x202f ||
        code === 0x205f ||
        code === 0x3000 ||
        code === 0xfeff))
  );
}

/** The first place from `at` that is not white space, at most `to`. */
export function skipSpace(text: string, at: number, to: number): number {
  while (at < to && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** The end of `text.slice(from, at)` without the white space that it ends in. */
export function trimEnd(text: string, from: number, at: number): number {
  while (at > from && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

/** Where the last line of [lowest, at] begins, or what stands in it. */
export function lineAt(text: string, at: number, lowest: number): number | undefined {
  const newline = text.slice(lowest - 1, at).lastIndexOf("\n");
  if (newline < 0) return undefined;
  const begins = skipSpace(text, lowest + newline, at + 1);
  return begins <= at ? begins : undefined;
}

/** Whether a surrogate pair lies around `at`. */
export function splitsPair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
}

/** The code point at `at` ends here. */
export function nextPoint(text: string, at: number): number {
  return splitsPair(text, at + 1) ? at + 2 : at + 1;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** Longer than what a reader takes for one character, families of emoji included. */
const longest = 64;

/**
 * The last place in (low, at] where no grapheme is cut; failing that the last where no surrogate pair is.
 * @returns undefined where a pair fills all of it
 */
export function pointBefore(text: string, low: number, at: number): number | undefined {
  if (at >= text.length) return text.length;
  // Among plain letters there is nothing to cut apart; CR and LF stay together.
  const code = text.charCodeAt(at);
  if (code < 0x300 && code !== 10 && text.charCodeAt(at - 1) < 0x300) return at;
  let from = Math.max(0, at - longest);
  if (splitsPair(text, from)) from--;
  const near = graphemes.segment(text.slice(from, at + longest)).containing(at - from);
  const found = near ? from + near.index : at;
  if (found > low && found <= at) return found;
  const whole = splitsPair(text, at) ? at - 1 : at;
  return whole > low ? whole : undefined;
}

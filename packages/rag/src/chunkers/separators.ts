/** Where a text breaks best: the last of the first separator that is there. */
import { isSpace } from "./characters.ts";

/** One, or several of the same rank. A separator that begins with white space and goes on begins the next piece. */
export type Separator = string | readonly string[];

/** Paragraphs, lines, sentences, clauses, words, in every script that marks them. */
export const textSeparators: readonly Separator[] = [
  ["\n\n", "\r\n\r\n"],
  ["\n", "\r", "\u2028", "\u2029"],
  [". ", "? ", "! ", "。", "！", "？", "؟ ", "۔ ", "। "],
  ["; ", ": ", ", ", "；", "：", "，", "、", "، "],
  [" ", "\t", "\u3000", "\u200b"],
];

/** Finds a break in (low, limit]. */
export type FindBreak = (text: string, low: number, limit: number) => number | undefined;

/** Of each rank the last break in the later half, else the best there is at all. */
export function breakFinder(separators: readonly Separator[]): FindBreak {
  const ranks = separators.map((rank) =>
    (typeof rank === "string" ? [rank] : rank)
      .filter((one) => one !== "")
      .map((one) => ({ one, keeps: isSpace(one.charCodeAt(0)) ? 0 : one.trimEnd().length })),
  );
  const lastOf = (text: string, low: number, limit: number) => {
    for (const rank of ranks) {
      let best = -1;
      for (const { one, keeps } of rank) {
        // What is searched is cut out first: lastIndexOf would go on to the beginning of the text.
        const from = low + 1 - keeps;
        const at = text.slice(Math.max(0, from), limit - keeps + one.length).lastIndexOf(one);
        if (at >= 0) best = Math.max(best, Math.max(0, from) + at + keeps);
      }
      if (best > low) return best;
    }
    return undefined;
  };
  return (text, low, limit) =>
    lastOf(text, low + ((limit - low) >> 1), limit) ?? lastOf(text, low, limit);
}

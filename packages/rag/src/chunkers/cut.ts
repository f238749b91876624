/** Cuts a text into ranges of bounded size that overlap as asked: the loop under most chunkers. */
import { isSpace, nextPoint, pointBefore, skipSpace, splitsPair, trimEnd } from "./characters.ts";
import type { Measure } from "./size.ts";

export interface Rules {
  size: number;
  overlap: number;
  /** Units of `size` and `overlap`; characters where it is absent. */
  measure?: Measure;
  /** What stands before the text of a piece that begins here; it counts. */
  prefix?(start: number): string;
  /** Where a piece must end early, in (low, limit], though more would fit. */
  closeAt?(start: number, low: number, limit: number, full: number): number | undefined;
  /** The best end of a piece in (low, limit]; where there is none it is cut between two characters. */
  breakAt(start: number, low: number, limit: number): number | undefined;
  /** Where what is repeated begins best, in [lowest, at]. Default: at a word */
  beginAt?(at: number, lowest: number): number | undefined;
  /** Whether nothing is repeated from before this place. */
  startsAfresh?(at: number): boolean;
}

export interface Range {
  start: number;
  end: number;
}

/**
 * The ranges of `text` from `from` to `to`, ascending. None begins or ends in white space, all else is in
 * one of them, none is larger than `size` but a single code point that is.
 */
export function cut(text: string, from: number, to: number, rules: Rules): Range[] {
  const { size, overlap, measure } = rules;
  const end = trimEnd(text, from, to);
  const ranges: Range[] = [];
  /** Characters of a full piece; by a measure, about. */
  const full = measure ? fullLength(text.slice(from, from + 4000), size, measure) : size;
  const reach = (start: number): number => {
    const prefix = rules.prefix?.(start) ?? "";
    if (!measure) return Math.min(end, start + Math.max(1, size - prefix.length));
    const held = longest(
      ...([end - start, full, 1 / 64] as const),
      (length) => measure(prefix + text.slice(start, start + length)) <= size,
    );
    return Math.max(start + held, nextPoint(text, start));
  };
  const fits = (start: number, stop: number) =>
    !measure || measure((rules.prefix?.(start) ?? "") + text.slice(start, stop)) <= size;

  let start = skipSpace(text, from, end);
  /** Up to here all is in a range. */
  let done = start;
  while (start < end) {
    let limit = reach(start);
    let next = skipSpace(text, done, end);
    // White space as long as a piece, or a character that does not fit after the overlap: begin anew there.
    if (start < done && (next >= limit || pointBefore(text, next, limit) === undefined)) {
      start = done = next;
      limit = reach(start);
      next = start;
    }
    // It must be longer than the overlap that is taken from it.
    const taken = !measure
      ? overlap
      : overlap &&
        longest(
          limit - start,
          overlap * 4,
          0,
          (n) => measure(text.slice(start, start + n)) <= overlap,
        );
    const low = overlap > 0 ? Math.max(next, skipSpace(text, start + taken, limit)) : next;
    let stop: number;
    for (;;) {
      stop = endOf({ text, start, next, low, limit, end, full, rules });
      if (fits(start, stop) || stop <= nextPoint(text, next)) break;
      limit = stop - 1;
    }
    stop = trimEnd(text, start, stop);
    ranges.push({ start, end: stop });
    done = stop;
    const following = skipSpace(text, done, end);
    start =
      overlap === 0 || following >= end || rules.startsAfresh?.(following)
        ? following
        : resume(text, start, done, following, full, rules);
  }
  return ranges;
}

/** The end of the piece from `start`: at least beyond `next`, beyond `low` where that can be. */
function endOf({ text, start, next, low, limit, end, full, rules }: Place): number {
  const close = rules.closeAt?.(start, next, limit, full);
  if (close !== undefined) return close;
  if (limit >= end) return end;
  return (
    (low < limit
      ? (rules.breakAt(start, low, limit) ?? pointBefore(text, low, limit))
      : undefined) ??
    (next < limit ? pointBefore(text, next, limit) : undefined) ??
    nextPoint(text, next)
  );
}

interface Place {
  text: string;
  start: number;
  /** The first that is in no range yet. */
  next: number;
  low: number;
  limit: number;
  end: number;
  full: number;
  rules: Rules;
}

/** Where the next piece begins, so that it repeats at least the overlap: at a word, if one begins nearby. */
function resume(
  text: string,
  start: number,
  done: number,
  following: number,
  full: number,
  { overlap, measure, beginAt }: Rules,
): number {
  const repeated = measure
    ? 1 +
      longest(done - start, overlap * 4, 0, (n) => measure(text.slice(done - n, done)) < overlap)
    : overlap;
  let at = done - repeated;
  if (at <= start) return following;
  const lowest = Math.max(start + 1, at - ((full - repeated) >> 1));
  const best = beginAt?.(at, lowest);
  if (best !== undefined) return best;
  for (let word = at; word >= lowest; word--) {
    if (!isSpace(text.charCodeAt(word)) && isSpace(text.charCodeAt(word - 1))) return word;
  }
  while (at >= lowest && isSpace(text.charCodeAt(at))) at--;
  const point = at >= lowest ? pointBefore(text, lowest - 1, at) : undefined;
  if (point !== undefined) return point;
  // Nothing but white space far back: what comes after it.
  at = done - repeated;
  at = skipSpace(text, splitsPair(text, at) ? at + 1 : at, done);
  return at < done ? at : following;
}

/** Characters of a text like this that `size` holds. */
function fullLength(sample: string, size: number, measure: Measure): number {
  return Math.ceil((size * sample.length) / Math.max(1, measure(sample)));
}

/**
 * The greatest length from 0 to `most` for which `holds` is true, given that it is for all below: found by
 * halves, outwards from `guess`; less by a share of `slack` at most.
 */
function longest(
  most: number,
  guess: number,
  slack: number,
  holds: (length: number) => boolean,
): number {
  let low = 0;
  let high = most + 1;
  for (let at = Math.max(1, guess); low < most; at *= 2) {
    at = Math.min(at, most);
    if (!holds(at)) {
      high = at;
      break;
    }
    low = at;
  }
  while (high - low > Math.max(1, low * slack)) {
    const at = (low + high) >> 1;
    if (holds(at)) low = at;
    else high = at;
  }
  return low;
}

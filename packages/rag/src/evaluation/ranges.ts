/**
 * Stretches of a text: their union, what two share, what is left of some, as chunking_evaluation counts them.
 * Pure. Source: github.com/brandonstarxel/chunking_evaluation, evaluation_framework/base_evaluation.py, 23ee965.
 */

/** From `start` to before `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Those that overlap or touch as one, ascending. */
export function union(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else merged.push(range);
  }
  return merged;
}

/** What two share; nothing long where they only touch, undefined where they do not. */
export function intersection(a: Range, b: Range): Range | undefined {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  return start <= end ? { start, end } : undefined;
}

/** What is left of each without `taken`. */
export function without(ranges: readonly Range[], taken: Range): Range[] {
  return ranges.flatMap(({ start, end }) => {
    if (end <= taken.start || start >= taken.end) return [{ start, end }];
    const left: Range[] = [];
    if (start < taken.start) left.push({ start, end: taken.start });
    if (end > taken.end) left.push({ start: taken.end, end });
    return left;
  });
}

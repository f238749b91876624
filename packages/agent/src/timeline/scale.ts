/** The common time axis: time of work, in which nobody is kept waiting for what lies between. */
import type { Span } from "./spans.ts";

export interface Scale {
  /** A time, ms since 1970, as percent of the width. */
  at(time: number): number;
  /** Marks on the axis: percent, and ms of work since the beginning. */
  ticks: { at: number; ms: number }[];
  /** Where time was left out: the run lay waiting. */
  breaks: { at: number; ms: number }[];
  /** ms of work. */
  work: number;
}

/** A gap is left out where it is longer than this, and than this share of the work. */
const longGapMs = 2000;
const longGapShare = 0.2;
/** The width of what is left out, as a share of the work. */
const breakShare = 0.035;
const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500].flatMap((ms) => [ms, ms * 1000]);
const nice = [
  ...steps,
  15_000,
  30_000,
  60_000,
  120_000,
  300_000,
  600_000,
  1_800_000,
  3_600_000,
  7_200_000,
  21_600_000,
].sort((a, b) => a - b);
const mostTicks = 6;

export function scaleOf(spans: readonly Span[], begin: number): Scale {
  const merged: { from: number; to: number }[] = [{ from: begin, to: begin }];
  for (const { from, to = from } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)!;
    if (from <= last.to) last.to = Math.max(last.to, to);
    else merged.push({ from, to });
  }
  const busy = merged.reduce((sum, { from, to }) => sum + to - from, 0);
  const long = Math.max(longGapMs, busy * longGapShare);
  // Pieces of time, each with its width in ms of the axis.
  const pieces: { from: number; to: number; start: number; width: number; cut: boolean }[] = [];
  let start = 0;
  const push = (from: number, to: number, width: number, cut: boolean) => {
    if (to <= from) return;
    pieces.push({ from, to, start, width, cut });
    start += width;
  };
  for (const [index, { from, to }] of merged.entries()) {
    const before = merged[index - 1]?.to ?? from;
    const gap = from - before;
    const cut = gap > long;
    push(before, from, cut ? Math.max(1, busy * breakShare) : gap, cut);
    push(from, to, to - from, false);
  }
  const whole = Math.max(1, start);
  const percent = (x: number) => (100 * x) / whole;
  const work = pieces.reduce((sum, { width, cut }) => sum + (cut ? 0 : width), 0);
  const interval = nice.find((ms) => work / ms <= mostTicks) ?? work;
  const ticks = [];
  for (let ms = 0; ms <= work; ms += interval) ticks.push({ at: percent(ofWork(ms)), ms });

  /** Where so much work was done. */
  function ofWork(ms: number): number {
    let done = 0;
    for (const { start: at, width, cut } of pieces) {
      if (cut) continue;
      if (ms <= done + width) return at + ms - done;
      done += width;
    }
    return whole;
  }

  return {
    at(time) {
      const piece = pieces.find(({ to }) => time <= to);
      if (!piece) return 100;
      const { from, to, start: at, width } = piece;
      return percent(at + (width * Math.max(0, time - from)) / (to - from));
    },
    ticks,
    breaks: pieces
      .filter(({ cut }) => cut)
      .map(({ from, to, start: at, width }) => ({ at: percent(at + width / 2), ms: to - from })),
    work,
  };
}

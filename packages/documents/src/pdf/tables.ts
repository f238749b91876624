/** Lines whose parts stand under one another, as a table. */
import type { Line, Stretch } from "./lines.ts";

export interface Found {
  /** How many of the lines it takes. */
  count: number;
  rows: string[][];
}

interface Interval {
  start: number;
  end: number;
}

/** The table that begins at a line, if one does. */
export function tableAt(lines: readonly Line[], from: number): Found | undefined {
  if (lines[from]!.stretches.length < 2) return undefined;
  let to = from;
  while (to < lines.length && belongs(lines, from, to)) to++;
  // A line of one part at the end is what comes after.
  while (to > from && lines[to - 1]!.stretches.length < 2) to--;
  for (; to - from >= 2; to--) {
    const run = lines.slice(from, to);
    const columns = columnsOf(run);
    if (columns && fits(run, columns)) return { count: run.length, rows: rowsOf(run, columns) };
  }
  return undefined;
}

function belongs(lines: readonly Line[], from: number, at: number): boolean {
  if (at === from) return true;
  const line = lines[at]!;
  const above = lines[at - 1]!;
  if (above.y - line.y > 3.2 * Math.max(line.size, above.size)) return false;
  if (line.stretches.length >= 2) return true;
  // The rest of a cell: it follows closely.
  return above.y - line.y < 1.6 * line.size && line.stretches[0]!.text.length < 60;
}

/** Where the fullest lines leave nothing between. */
function columnsOf(run: readonly Line[]): Interval[] | undefined {
  const most = Math.max(...run.map(({ stretches }) => stretches.length));
  const counts = new Map<number, number>();
  for (const { stretches } of run)
    if (stretches.length >= 2)
      counts.set(stretches.length, (counts.get(stretches.length) ?? 0) + 1);
  // The most parts that more than one line has: a heading over two columns has fewer.
  let usual = 0;
  for (const [length, count] of counts)
    if (count >= 2 || length === most) usual = Math.max(usual, length);
  if (usual === most && (counts.get(most) ?? 0) < 2)
    for (const [length, count] of counts) if (count >= 2 && length < most) usual = most;
  const intervals: Interval[] = [];
  const voters = run.filter(({ stretches }) => stretches.length >= Math.max(2, usual - 1));
  for (const { x, end } of voters.flatMap(({ stretches }) => stretches).sort((a, b) => a.x - b.x)) {
    const last = intervals.at(-1);
    if (last && x < last.end) last.end = Math.max(last.end, end);
    else intervals.push({ start: x, end });
  }
  return intervals.length >= 2 ? intervals : undefined;
}

/** Three lines of two parts, or two of three; and no line has two parts in one column. */
function fits(run: readonly Line[], columns: readonly Interval[]): boolean {
  const full = run.filter(({ stretches }) => stretches.length >= 2).length;
  if (full < (columns.length === 2 ? 3 : 2)) return false;
  let doubled = 0;
  for (const { stretches } of run) {
    const places = stretches.map((stretch) => columnOf(stretch, columns));
    if (new Set(places).size < places.length) doubled++;
  }
  return doubled <= run.length * 0.1;
}

/** The column that it shares most with. */
function columnOf({ x, end }: Stretch, columns: readonly Interval[]): number {
  let best = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (const [index, column] of columns.entries()) {
    const shared = Math.min(end, column.end) - Math.max(x, column.start);
    if (shared > most) [best, most] = [index, shared];
  }
  return best;
}

function rowsOf(run: readonly Line[], columns: readonly Interval[]): string[][] {
  const rows: string[][] = [];
  const gaps = run.slice(1).map((line, index) => run[index]!.y - line.y);
  const usual = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  for (const [index, { stretches }] of run.entries()) {
    const row = columns.map(() => "");
    for (const stretch of stretches) {
      const at = columnOf(stretch, columns);
      row[at] = `${row[at]} ${stretch.text.trim()}`.trim();
    }
    const above = rows.at(-1);
    const goesOn = above && !row[0] && gaps[index - 1]! < 0.9 * usual;
    if (goesOn || (above && stretches.length === 1 && gaps[index - 1]! < 0.9 * usual))
      for (const [at, text] of row.entries()) above[at] = `${above[at]} ${text}`.trim();
    else rows.push(row);
  }
  return rows;
}

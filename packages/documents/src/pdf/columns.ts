/** Columns of prose on a page: read one after the other, not across. */
import { type Line, prevailingSize, type Stretch } from "./lines.ts";

/** Fewer lines than that are a table, or chance. */
const minLines = 4;
const maxColumns = 6;

/** Lines in the order in which they are read, in groups that belong together. */
export function inReadingOrder(lines: readonly Line[], depth = 0): Line[][] {
  const gutter = depth < maxColumns ? findGutter(lines) : undefined;
  if (!gutter) return lines.length > 0 ? [[...lines]] : [];
  const { from, to, at } = gutter;
  const inside = lines.slice(from, to);
  const side = (keeps: (stretch: Stretch) => boolean) =>
    inside.flatMap((line) => {
      const stretches = line.stretches.filter(keeps);
      return stretches.length > 0 ? [{ ...line, size: prevailingSize(stretches), stretches }] : [];
    });
  return [
    ...inReadingOrder(lines.slice(0, from), depth + 1),
    ...inReadingOrder(
      side((stretch) => stretch.x < at),
      depth + 1,
    ),
    ...inReadingOrder(
      side((stretch) => stretch.x >= at),
      depth + 1,
    ),
    ...inReadingOrder(lines.slice(to), depth + 1),
  ];
}

interface Gutter {
  from: number;
  to: number;
  /** The right column's left edge. */
  at: number;
}

/** The longest run of lines that an upright gap parts, with prose on both sides. */
function findGutter(lines: readonly Line[]): Gutter | undefined {
  const edges = new Map<number, number>();
  for (const { stretches } of lines) {
    for (const { x } of stretches) {
      const edge = Math.round(x / 2) * 2;
      edges.set(edge, (edges.get(edge) ?? 0) + 1);
    }
  }
  const candidates = [...edges]
    .filter(([, count]) => count >= minLines)
    .sort((a, b) => b[1] - a[1]);
  let best: Gutter | undefined;
  for (const [edge] of candidates.slice(0, 12)) {
    const at = edge - 2;
    for (let from = 0; from < lines.length; ) {
      let to = from;
      while (to < lines.length && !lines[to]!.stretches.some(({ x, end }) => x < at && end > at))
        to++;
      const run = { from, to, at };
      if (to - from >= minLines && to - from > (best ? best.to - best.from : 0)) {
        const trimmed = trim(lines, run);
        if (isProse(lines, trimmed)) best = trimmed;
      }
      from = Math.max(to, from) + 1;
    }
  }
  return best;
}

/** From the first line that stands on the right: what is above may be a heading over both. */
function trim(lines: readonly Line[], { from, to, at }: Gutter): Gutter {
  const onRight = (index: number) => lines[index]!.stretches.some(({ x }) => x >= at);
  let first = from;
  while (first < to && !onRight(first)) first++;
  // Lines at the left that reach up beside it, a little off its baselines.
  while (first > from && isNear(lines[first - 1]!, lines[first]!)) first--;
  return { from: first, to, at };
}

function isNear(above: Line, below: Line): boolean {
  return above.y - below.y < above.size && Math.abs(above.size - below.size) < 1;
}

function isProse(lines: readonly Line[], { from, to, at }: Gutter): boolean {
  const left: Stretch[] = [];
  const right: Stretch[] = [];
  for (const { stretches } of lines.slice(from, to)) {
    for (const stretch of stretches) (stretch.x < at ? left : right).push(stretch);
  }
  return [left, right].every((side) => {
    if (side.length < minLines) return false;
    const lengths = side.map(({ text }) => text.length).sort((a, b) => a - b);
    return lengths[Math.floor(lengths.length / 2)]! >= 20;
  });
}

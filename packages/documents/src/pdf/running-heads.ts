/** What stands at the top or bottom of page after page: said once, and page numbers not at all. */
import type { Line } from "./lines.ts";

/** On fewer pages it is chance. */
const minPages = 3;
const margin = 0.1;

export function withoutRunningHeads(pages: readonly Line[][]): Line[][] {
  const edges = pages.map((lines) => {
    const top = Math.max(...lines.map(({ y }) => y));
    const bottom = Math.min(...lines.map(({ y }) => y));
    const edge = (top - bottom) * margin;
    return (line: Line) => line.y >= top - edge || line.y <= bottom + edge;
  });
  const seen = new Map<string, number>();
  for (const [index, lines] of pages.entries()) {
    for (const key of new Set(lines.filter(edges[index]!).map(keyOf)))
      seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const runs = (line: Line) =>
    (seen.get(keyOf(line)) ?? 0) >= Math.max(minPages, pages.length * 0.6);
  const told = new Set<string>();
  return pages.map((lines, index) =>
    lines.filter((line) => {
      if (!edges[index]!(line) || !runs(line)) return true;
      const key = keyOf(line);
      const first = !told.has(key) && /\p{L}{3}/u.test(key);
      told.add(key);
      return first;
    }),
  );
}

/** Its words without its numbers, and where it stands. */
function keyOf({ y, stretches }: Line): string {
  const text = stretches.map((stretch) => stretch.text).join(" ");
  return `${text.replace(/\d+/g, "#").trim()} @${Math.round(y / 4)}`;
}

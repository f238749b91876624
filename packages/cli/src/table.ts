/** Rows as a table that fits the terminal: the widest column of text gives way. */
import type { IO } from "./io.ts";

export interface Column<Row> {
  title: string;
  value: (row: Row) => string | number | undefined;
}

const gap = 2;
const narrowest = 8;

/** One line for the titles, one for each row; numbers stand at the right. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, color }: Pick<IO, "width" | "color">,
): string {
  const cells = rows.map((row) => columns.map(({ value }) => value(row)));
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...cells.map((row) => shown(row[i]).length)),
  );
  const isNumber = columns.map((_, i) =>
    cells.every((row) => row[i] === undefined || typeof row[i] === "number"),
  );
  if (width !== undefined) narrow(widths, isNumber, width);
  const line = (values: readonly string[]) =>
    values
      .map((value, i) => {
        const text = cut(value, widths[i]!);
        return isNumber[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!);
      })
      .join(" ".repeat(gap))
      .trimEnd();
  const titles = line(columns.map(({ title }) => title));
  return [
    color ? `\u001b[1m${titles}\u001b[22m` : titles,
    ...cells.map((row) => line(row.map(shown))),
  ].join("\n");
}

/** Takes from the widest column of text until the line fits, or no column can give more. */
function narrow(widths: number[], isNumber: readonly boolean[], width: number): void {
  const total = () => widths.reduce((sum, one) => sum + one, gap * (widths.length - 1));
  while (total() > width) {
    const texts = widths.map((one, i) => (isNumber[i] ? 0 : one));
    const widest = Math.max(...texts);
    if (widest <= narrowest) return;
    widths[texts.indexOf(widest)]!--;
  }
}

const shown = (value: string | number | undefined) => (value === undefined ? "" : String(value));

const cut = (text: string, width: number) =>
  text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;

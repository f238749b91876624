/** Rows as a table of text. */

export interface Column<Row> {
  head: string;
  text(row: Row): string;
  /** Numbers stand to the right. */
  right?: boolean;
  /** The first to go where the terminal is too narrow has the highest; 0 always stays. */
  spare: number;
}

/** @param columns of the terminal; without, every column of the table stays */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width = Number.POSITIVE_INFINITY,
): string {
  const all = columns.map((column) => {
    const cells = [column.head, ...rows.map((row) => column.text(row))];
    return { column, cells, width: Math.max(...cells.map(({ length }) => length)) };
  });
  let kept = all;
  while (lineWidth(kept) > width) {
    const spare = Math.max(...kept.map(({ column }) => column.spare));
    if (spare === 0) break;
    kept = kept.filter(({ column }) => column.spare !== spare);
  }
  return Array.from({ length: rows.length + 1 }, (_, at) =>
    kept
      .map(({ column, cells, width }) =>
        column.right ? cells[at]!.padStart(width) : cells[at]!.padEnd(width),
      )
      .join("  ")
      .trimEnd(),
  ).join("\n");
}

const lineWidth = (cells: readonly { width: number }[]) =>
  cells.reduce((sum, { width }) => sum + width + 2, -2);

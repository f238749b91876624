/** Rows of cells as a Markdown table. */

/** A cell on one line, with nothing that ends it. */
export function cell(text: string): string {
  return text
    .trim()
    .replace(/\\(?=\||$)/g, "\\\\")
    .replace(/\|/g, "\\|")
    .replace(/\s*\r?\n\s*/g, "<br>");
}

/**
 * The first row is the head. Short rows are filled, empty ones at the end and columns with nothing in them at the
 * right left out.
 * @returns "" where there is nothing
 */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(cell));
  while (cells.at(-1)?.every((text) => !text)) cells.pop();
  const width = Math.max(0, ...cells.map((row) => row.findLastIndex((text) => text !== "") + 1));
  if (width === 0) return "";
  const line = (row: readonly string[]) =>
    `| ${Array.from({ length: width }, (_, column) => row[column] ?? "").join(" | ")} |`;
  return [
    line(cells[0]!),
    line(Array.from({ length: width }, () => "---")),
    ...cells.slice(1).map(line),
  ].join("\n");
}

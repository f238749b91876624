/** A table whose cells may be merged, as Markdown or, where asked, as HTML. */
import type { MarkdownStyle } from "../converter.ts";
import { markdownTable } from "./table.ts";

export interface GridCell {
  text: string;
  colSpan?: number;
  rowSpan?: number;
  /** Under a merged cell. */
  covered?: boolean;
}

export function gridTable(
  rows: readonly (readonly GridCell[])[],
  { tables }: Pick<MarkdownStyle, "tables">,
): string {
  const merged = rows.some((row) => row.some((cell) => cell.covered));
  if (tables !== "html" || !merged)
    return markdownTable(rows.map((row) => row.map(({ text, covered }) => (covered ? "" : text))));
  const lines = rows.map((row, index) => {
    const tag = index === 0 ? "th" : "td";
    const cells = row
      .filter(({ covered }) => !covered)
      .map(({ text, colSpan = 1, rowSpan = 1 }) => {
        const spans = `${colSpan > 1 ? ` colspan="${colSpan}"` : ""}${rowSpan > 1 ? ` rowspan="${rowSpan}"` : ""}`;
        return `<${tag}${spans}>${html(text)}</${tag}>`;
      });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<table>\n${lines.join("\n")}\n</table>`;
}

function html(text: string): string {
  return text
    .trim()
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/\s*\n\s*/g, "<br>");
}

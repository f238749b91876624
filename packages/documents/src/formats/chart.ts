/** A chart as a table: a row for each category, a column for each series. */
import { markdownTable } from "./table.ts";
import { child, descendants, elements, textOf, type XmlElement } from "./xml.ts";

/** @param space the chart's part */
export function chartMarkdown(space: XmlElement): string {
  const chart = child(space, "chart");
  const title = descendants(child(chart, "title"), "t").map(textOf).join("").trim();
  const series = descendants(child(chart, "plotArea"), "ser");
  const heading = `### Chart${title && `: ${title}`}`;
  if (series.length === 0) return heading;
  const categories = values(child(series[0], "cat") ?? child(series[0], "xVal"));
  const columns = series.map((one) => values(child(one, "val") ?? child(one, "yVal")));
  const names = series.map(
    (one, index) =>
      descendants(child(one, "tx"), "v").map(textOf).join(" ") || `Series ${index + 1}`,
  );
  const length = Math.max(categories.length, ...columns.map((column) => column.length));
  const rows = Array.from({ length }, (_, row) => [
    categories[row] ?? "",
    ...columns.map((column) => column[row] ?? ""),
  ]);
  return `${heading}\n\n${markdownTable([["Category", ...names], ...rows])}`;
}

/** The points that the file keeps, each at its place. */
function values(of: XmlElement | undefined): string[] {
  const found: string[] = [];
  for (const point of descendants(of, "pt")) {
    const index = Number(point.attributes.idx ?? found.length);
    if (index < 100_000) found[index] = textOf(child(point, "v")).trim();
  }
  return Array.from(found, (value) => value ?? "");
}

/** The words of a diagram (SmartArt), as a list. */
export function diagramMarkdown(data: XmlElement): string {
  return descendants(data, "pt")
    .map((point) => elements(child(point, "t"), "p").map(wordsOf).join(" ").trim())
    .filter(Boolean)
    .map((text) => `* ${text}`)
    .join("\n");
}

function wordsOf(paragraph: XmlElement): string {
  return descendants(paragraph, "t").map(textOf).join("");
}

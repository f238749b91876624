/** Comma-separated values, whatever separates them, as a table. */
import { parse } from "csv-parse/sync";
import { decodeText } from "../charset.ts";
import type { Converter } from "../converter.ts";
import { markdownTable } from "../formats/table.ts";

export const convert: Converter["convert"] = async ({ bytes, charset, mediaType }) => {
  const { text } = await decodeText(bytes, { charset });
  const rows: string[][] = parse(text, {
    delimiter: mediaType === "text/tab-separated-values" ? "\t" : delimiterOf(text),
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    bom: true,
  });
  const table = markdownTable(rows);
  return { markdown: table && `${table}\n`, warnings: [] };
};

/** What occurs, outside quotes, in the first line most often. */
function delimiterOf(text: string): string {
  const line = text
    .slice(0, 10_000)
    .replace(/"(?:[^"]|"")*"/g, "")
    .split(/\r?\n/, 1)[0]!;
  const count = (mark: string) => line.split(mark).length;
  return [",", ";", "\t", "|"].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/** Spreadsheets, new and old and OpenDocument's: a heading and a table for each sheet. */
import { type CellObject, read, SSF, type WorkBook, type WorkSheet } from "@e965/xlsx";
import { strToU8, zipSync } from "fflate";
import type { ConvertContext, Converter, Page } from "../converter.ts";
import { DocumentError } from "../errors.ts";
import { escapeLabel, linkTarget } from "../formats/escape.ts";
import { type GridCell, gridTable } from "../formats/grid.ts";
import { openOffice } from "../formats/office.ts";

export const convert: Converter["convert"] = async ({ bytes }, context) => {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const office = isZip ? openOffice(bytes, context) : undefined;
  let book: WorkBook;
  try {
    book = read(office ? repacked(office) : bytes, {
      type: "array",
      dense: true,
      cellNF: true,
      cellHTML: false,
      // Formulas that nobody has worked out.
      sheetStubs: true,
    });
  } catch (error) {
    if (/password|encrypt/i.test((error as Error).message))
      throw new DocumentError("The spreadsheet needs a password. Save it without one.", {
        code: "encrypted",
      });
    throw error;
  }
  let markdown = "";
  const pages: Page[] = [];
  for (const [index, name] of book.SheetNames.entries()) {
    if (markdown) markdown += "\n\n";
    pages.push({ number: index + 1, start: markdown.length });
    const body = sheetMarkdown(book.Sheets[name]!, isFrom1904(book), context);
    markdown += `## ${name.replace(/\s+/g, " ").trim()}${body && `\n\n${body}`}`;
  }
  return {
    markdown: markdown && `${markdown}\n`,
    ...office?.about,
    pages,
    warnings: [],
  };
};

/** Unpacked within the bounds and checked; pictures are not read. */
function repacked(office: ReturnType<typeof openOffice>): Uint8Array {
  const parts: Record<string, Uint8Array> = {};
  for (const name of office.names) {
    if (/\.(?:xml|rels|vml)$/i.test(name)) parts[name] = strToU8(office.text(name));
    else if (/\.bin$|^mimetype$/i.test(name)) parts[name] = office.read(name);
  }
  return zipSync(parts, { level: 0 });
}

/** Rows and columns that hold nothing are left out: a lone cell at the end does not make a million of them. */
function sheetMarkdown(sheet: WorkSheet, date1904: boolean, { style }: ConvertContext): string {
  const rows = new Map<number, Map<number, string>>();
  const columns = new Set<number>();
  const comments: string[] = [];
  // Holes are passed over.
  (sheet["!data"] ?? []).forEach((row, rowIndex) => {
    row?.forEach((cell, columnIndex) => {
      const text = cell && cellText(cell, date1904);
      for (const note of cell?.c ?? [])
        comments.push(`* ${address(rowIndex, columnIndex)}: ${note.t.replace(/\s+/g, " ").trim()}`);
      if (!text) return;
      columns.add(columnIndex);
      if (!rows.has(rowIndex)) rows.set(rowIndex, new Map());
      rows.get(rowIndex)!.set(columnIndex, text);
    });
  });
  const order = [...columns].sort((a, b) => a - b);
  const merges = style.tables === "html" ? (sheet["!merges"] ?? []) : [];
  const grid = [...rows].map(([rowIndex, cells]) =>
    order.map((columnIndex): GridCell => {
      const text = cells.get(columnIndex) ?? "";
      const merge = merges.find(
        ({ s, e }) =>
          s.r <= rowIndex && rowIndex <= e.r && s.c <= columnIndex && columnIndex <= e.c,
      );
      if (!merge) return { text };
      const { s, e } = merge;
      if (s.r !== rowIndex || s.c !== columnIndex) return { text, covered: true };
      return {
        text,
        colSpan: order.filter((one) => one >= s.c && one <= e.c).length,
        rowSpan: [...rows.keys()].filter((one) => one >= s.r && one <= e.r).length,
      };
    }),
  );
  const blocks = [
    gridTable(grid, style),
    comments.length > 0 && `Comments:\n\n${comments.join("\n")}`,
  ];
  return blocks.filter(Boolean).join("\n\n");
}

function cellText(cell: CellObject, date1904: boolean): string {
  // A formula that nobody has worked out yet: programs write such.
  if (cell.t === "z" || cell.v === undefined || cell.v === null) return cell.f ? `=${cell.f}` : "";
  const text = (dateText(cell, date1904) ?? cell.w ?? String(cell.v)).trim();
  const target = cell.l?.Target && linkTarget(cell.l.Target);
  return target && text ? `[${escapeLabel(text)}](${target})` : text;
}

/** A date as it means the same everywhere. */
function dateText({ t, v, z }: CellObject, date1904: boolean): string | undefined {
  if (t !== "n" || typeof v !== "number" || v < 1 || typeof z !== "string" || !SSF.is_date(z))
    return undefined;
  const format = Number.isInteger(v) ? "yyyy-mm-dd" : "yyyy-mm-dd hh:mm:ss";
  return SSF.format(format, v, { date1904 });
}

function isFrom1904({ Workbook }: WorkBook): boolean {
  return Workbook?.WBProps?.date1904 === true;
}

function address(row: number, column: number): string {
  let letters = "";
  for (let at = column; at >= 0; at = Math.floor(at / 26) - 1)
    letters = String.fromCharCode(65 + (at % 26)) + letters;
  return `${letters}${row + 1}`;
}

/** CSV as RFC 4180 has it, and as pandas writes it. Pure. */

/** The rows, each with its cells; a line that is empty is no row. */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  cell.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const found = cell.exec(text);
    if (!found) throw new SyntaxError(`a quote that does not belong, in row ${rows.length + 1}`);
    const [whole, quoted, bare, end] = found;
    row.push(quoted === undefined ? bare! : quoted.replaceAll('""', '"'));
    const last = end !== "," || at + whole.length === text.length;
    if (end === "," && last) row.push("");
    if (!last) continue;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  }
  return rows;
}

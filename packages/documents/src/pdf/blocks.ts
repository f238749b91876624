/** The lines of a document as Markdown: headings by size, tables, lists, paragraphs. */
import { escapeText } from "../formats/escape.ts";
import { markdownTable } from "../formats/table.ts";
import { inReadingOrder } from "./columns.ts";
import { bullet, type Line } from "./lines.ts";
import { tableAt } from "./tables.ts";

/** What is known of the whole document when a page is written. */
export interface Typography {
  bodySize: number;
  /** From the largest. */
  headingSizes: number[];
  /** Words that stand alone somewhere: a hyphen between two of them is their own. */
  words: ReadonlySet<string>;
}

const larger = 1.12;

export function typographyOf(pages: readonly (readonly Line[])[]): Typography {
  const counts = new Map<number, number>();
  const words = new Set<string>();
  for (const line of pages.flat()) {
    const size = rounded(line.size);
    for (const { text } of line.stretches) {
      counts.set(size, (counts.get(size) ?? 0) + text.length);
      // The first may be the rest of one that was parted.
      for (const word of text.toLowerCase().matchAll(/(?<=[^\p{L}-])\p{L}{2,}(?![\p{L}-])/gu))
        words.add(word[0]);
    }
  }
  const bodySize = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0];
  const headingSizes: number[] = [];
  for (const size of [...counts.keys()].sort((a, b) => b - a)) {
    if (size > bodySize * larger && !headingSizes.some((one) => one / size < 1.05))
      headingSizes.push(size);
  }
  return { bodySize, headingSizes, words };
}

const rounded = (size: number) => Math.round(size * 2) / 2;

export function pageMarkdown(lines: readonly Line[], typography: Typography): string {
  return inReadingOrder(lines)
    .flatMap((group) => groupBlocks(group, typography))
    .join("\n\n");
}

interface Paragraph {
  level: number;
  mark: string;
  lines: Line[];
}

function groupBlocks(lines: readonly Line[], typography: Typography): string[] {
  const blocks: string[] = [];
  const leading = usualGap(lines);
  const right = Math.max(...lines.map(endOf));
  let open: Paragraph | undefined;
  let lastMark = "";
  const close = () => {
    if (!open) return;
    const text = written(open, typography);
    if (text && open.mark && kindOf(open.mark) === kindOf(lastMark))
      blocks.push(`${blocks.pop()}\n${text}`);
    else if (text) blocks.push(text);
    lastMark = open.mark;
    open = undefined;
  };
  for (let at = 0; at < lines.length; at++) {
    const table = tableAt(lines, at);
    if (table) {
      close();
      lastMark = "";
      blocks.push(markdownTable(table.rows));
      at += table.count - 1;
      continue;
    }
    const line = lines[at]!;
    const level = headingLevel(line, typography);
    const mark = level ? "" : markOf(textOf(line));
    if (!open || mark || level !== open.level || parts(open, line, leading, right)) {
      close();
      open = { level, mark, lines: [] };
    }
    open.lines.push(line);
  }
  close();
  return blocks;
}

const textOf = (line: Line) =>
  line.stretches
    .map(({ text }) => text)
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
const startOf = (line: Line) => line.stretches[0]!.x;
const endOf = (line: Line) => line.stretches.at(-1)!.end;

function usualGap(lines: readonly Line[]): number {
  const gaps: number[] = [];
  for (let at = 1; at < lines.length; at++) {
    const gap = lines[at - 1]!.y - lines[at]!.y;
    if (gap < 2.5 * lines[at]!.size) gaps.push(gap / lines[at]!.size);
  }
  gaps.sort((a, b) => a - b);
  // A column of short items has gaps of its own.
  return Math.min(gaps[Math.floor(gaps.length / 2)] ?? 1.2, 1.6);
}

function headingLevel(line: Line, { bodySize, headingSizes }: Typography): number {
  if (line.size <= bodySize * larger || textOf(line).length > 200) return 0;
  if (!/[\p{L}\p{N}]/u.test(textOf(line))) return 0;
  const at = headingSizes.findIndex((size) => size / line.size < 1.05);
  return Math.min(at < 0 ? headingSizes.length : at + 1, 6);
}

const kindOf = (mark: string) => mark && (mark === "* " ? "bullets" : "numbers");

/** "* " or "1. ", where a line begins an item. */
function markOf(text: string): string {
  const [first = ""] = text.split(" ", 1);
  if (bullet.test(first) || (/^[-*]$/.test(first) && text.length > 2)) return "* ";
  return /^\d{1,3}[.)]$/.test(first) && text.length > first.length ? `${first.slice(0, -1)}. ` : "";
}

/** Whether a line begins anew. */
function parts(
  { lines, level, mark }: Paragraph,
  line: Line,
  leading: number,
  right: number,
): boolean {
  const last = lines.at(-1)!;
  const gap = last.y - line.y;
  if (gap < 0 || gap > (leading + 0.35) * Math.max(line.size, last.size)) return true;
  if (Math.abs(line.size - last.size) > 0.15 * last.size) return true;
  if (level) return false;
  const left = Math.min(...lines.slice(mark ? 1 : 0).map(startOf), startOf(line));
  const ended = /[.!?:…"”)]$/.test(textOf(last));
  const short = endOf(last) < right - 8 * last.size;
  if (short && ended) return true;
  // An indent, not of a list's item.
  return !mark && ended && startOf(line) > left + 0.8 * line.size && startOf(last) < startOf(line);
}

function written({ level, mark, lines }: Paragraph, { words }: Typography): string {
  let text = "";
  for (const line of lines) {
    const next = textOf(line);
    const [, before] = /(\p{L}+)[-\u00ad]$/u.exec(text) ?? [];
    const [, after] = /^(\p{Ll}+)/u.exec(next) ?? [];
    if (!before || !after) text += (text && " ") + next;
    else {
      const own = words.has(before.toLowerCase()) && words.has(after) && !text.endsWith("\u00ad");
      text = own ? text + next : text.slice(0, -1) + next;
    }
  }
  if (level) return `${"#".repeat(level)} ${text}`;
  if (!mark) return escapeText(text);
  return mark + text.slice(text.indexOf(" ") + 1);
}

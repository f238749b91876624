/** `markdownChunker()`: cuts at headings, keeps tables and code whole, tells each chunk's headings. */
import type { Chunk, Chunker, SourceDocument } from "../chunk.ts";
import { lineAt, pointBefore, skipSpace, trimEnd } from "./characters.ts";
import { cut, type Range, type Rules } from "./cut.ts";
import {
  breadcrumb,
  headingsAbove,
  headingsOf,
  lastBefore,
  type Section,
  sectionAt as sectionOf,
  sectionsOf,
  withHeadings,
} from "./headings.ts";
import { markdownBlocks, type Whole } from "./markdown-blocks.ts";
import { pageTeller } from "./pages.ts";
import { breakFinder, textSeparators } from "./separators.ts";
import { checkSize, nameOf, type SizeOptions } from "./size.ts";

/** A section of less than this share of a chunk is not left alone: its neighbour joins it. */
const stub = 1 / 4;
/** The share of a chunk that headings, and a repeated head of a table, may take. */
const mostHeadings = 1 / 4;
const mostHead = 1 / 2;

/**
 * Cuts Markdown by its structure. A chunk's `text` begins with the headings that it stands under; a section
 * begins a chunk, unless the one before it is only a few lines; a heading is never alone. A table or code is
 * cut only where it is larger than a chunk: between rows, the head repeated in `text`; between lines,
 * the fence repeated. Nothing is repeated across a heading. `size` is 1600 by default and bounds `text`.
 * @throws InvalidRequestError for a size or an overlap that cannot be
 */
export function markdownChunker(options: SizeOptions = {}): Chunker {
  const { size = 1600, overlap = 0, measure } = options;
  checkSize(size, overlap);
  const settings = { size, overlap, measure };
  return { name: nameOf("markdown", settings), chunk: (document) => chunk(document, settings) };
}

const paragraphs = breakFinder(textSeparators.slice(0, 1));
const anywhere = breakFinder(textSeparators);

function chunk(
  document: SourceDocument,
  settings: SizeOptions & { size: number; overlap: number },
): Chunk[] {
  const { text } = document;
  const { size, measure } = settings;
  const sizeOf = (piece: string) => (measure ? measure(piece) : piece.length);
  const { headings, wholes, items } = markdownBlocks(text);
  const sections = sectionsOf(headings);
  const end = trimEnd(text, 0, text.length);
  /** Where something follows that is no heading. */
  const bodies = sections.map(() => end);
  for (let i = sections.length - 1; i >= 0; i--) {
    const body = skipSpace(text, sections[i]!.end, end);
    bodies[i] = body === sections[i + 1]?.start ? bodies[i + 1]! : body;
  }
  /** Headings at the end with nothing under them go with what stands before. */
  const tail = sections.findIndex((_, i) => bodies[i] === end);
  const beforeTail = tail < 0 ? end : trimEnd(text, 0, sections[tail]!.start);

  const sectionAt = (at: number) => sectionOf(sections, at);
  const wholeAt = (at: number): Whole | undefined => {
    const found = wholes[lastBefore(wholes, at, ({ start }) => start)];
    return found && found.start < at && at < found.end ? found : undefined;
  };

  const prefixes = { at: -1, prefix: "" };
  const prefix = (start: number): string => {
    if (prefixes.at === start) return prefixes.prefix;
    const line = breadcrumb(
      headingsAbove(sections, start),
      (said) => sizeOf(said) <= size * mostHeadings,
    );
    const whole = wholeAt(start);
    const head = whole && start >= whole.body ? text.slice(whole.start, whole.body) : "";
    prefixes.at = start;
    prefixes.prefix = line + (sizeOf(head) <= size * mostHead ? head : "");
    return prefixes.prefix;
  };
  const fits = ({ start, end }: Range) =>
    (measure || end - start <= size) && sizeOf(prefix(start) + text.slice(start, end)) <= size;

  const settle = (at: number, low: number, limit: number): number => {
    const whole = wholeAt(at);
    if (whole && fits(whole)) {
      if (whole.end <= limit) at = whole.end;
      else if (whole.start > low) at = whole.start;
    }
    const next = skipSpace(text, at, end);
    const section = sectionAt(at);
    const inHeading = section >= 0 && at < sections[section]!.end ? sections[section]!.start : next;
    const settled = withHeadings(text, sections, inHeading);
    return Math.min(settled, at);
  };

  const rules: Rules = {
    ...settings,
    prefix,
    startsAfresh: (at) => sections[sectionAt(at)]?.start === at,
    beginAt: (at, lowest) => (wholeAt(at) ? lineAt(text, at, lowest) : undefined),
    closeAt(start, low, limit, full) {
      const own = sectionAt(start);
      const depth = sections[own]?.depth ?? 0;
      const body = own >= 0 && sections[own]!.start === start ? bodies[own]! : start;
      for (let i = sectionAt(Math.max(start, low)) + 1; i < sections.length; i++) {
        const heading = sections[i]!;
        if (heading.start > limit || (tail >= 0 && i >= tail)) return undefined;
        if (heading.start < body) continue;
        if (heading.start - start >= full * stub || heading.depth < depth) return heading.start;
      }
      return undefined;
    },
    breakAt(start, low, limit) {
      const own = sectionAt(start);
      const body = own >= 0 && sections[own]!.start === start ? bodies[own]! : low;
      let from = body < limit ? Math.max(low, body) : low;
      const whole = wholeAt(limit);
      if (whole) {
        const early = withHeadings(text, sections, whole.start);
        const leaves = whole.start - start >= (limit - start) / 2;
        if (early > from && (fits(whole) || leaves)) return early;
        if (whole.body < limit && whole.body > from) from = whole.body;
        const found = anywhere(text, from, limit) ?? anywhere(text, low, limit);
        // The closing fence is not left alone.
        const alone =
          whole.kind === "code" &&
          found !== undefined &&
          /^\s*[`~]+$/.test(text.slice(found, whole.end));
        return (alone && anywhere(text, from, found - 1)) || found;
      }
      const half = from + ((limit - from) >> 1);
      const item = items[lastBefore(items, limit, (at) => at)] ?? -1;
      const found =
        paragraphs(text, half, limit) ?? (item > half ? item : anywhere(text, from, limit));
      if (found === undefined) return undefined;
      const settled = settle(found, from, limit);
      if (settled > low) return settled;
      return found;
    },
  };

  const kept: Rules = {
    ...rules,
    breakAt(start, low, limit) {
      const found = rules.breakAt(start, low, limit);
      if (tail < 0 || trimEnd(text, 0, found ?? limit) < beforeTail) return found;
      // A part of the last paragraph stays with the headings that end the document.
      const last = beforeTail - 1;
      return last > low ? (rules.breakAt(start, low, last) ?? pointBefore(text, low, last)) : found;
    },
  };
  return told(document, cut(text, 0, text.length, kept), sections, prefix);
}

function told(
  document: SourceDocument,
  ranges: readonly Range[],
  sections: readonly Section[],
  prefix: (start: number) => string,
): Chunk[] {
  const pageAt = pageTeller(document);
  return ranges.map(({ start, end }) => {
    const raw = document.text.slice(start, end);
    const headings = headingsOf(sections, { start, end });
    const page = pageAt(start);
    const text = prefix(start) + raw;
    return { raw, start, end, text, headings, ...(page !== undefined && { page }) };
  });
}

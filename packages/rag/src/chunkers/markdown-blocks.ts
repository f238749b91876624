/**
 * The blocks of a Markdown text that its cutting minds: headings, tables, code, list items, with offsets.
 * One pass by lines, by CommonMark 0.31 and GFM's tables; mdast tells the same and takes 100 times as long.
 */

export interface Heading {
  start: number;
  end: number;
  depth: number;
  /** Without its markup. */
  title: string;
}

/** A table or a block of code. */
export interface Whole {
  start: number;
  end: number;
  /** Where its rows or its code begins. */
  body: number;
  kind: "table" | "code" | "html";
}

export interface Blocks {
  /** Those of the document, not of a quotation or a list in it. */
  headings: Heading[];
  wholes: Whole[];
  /** Where items of lists begin. */
  items: number[];
}

const atx = /^(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*$/;
const setext = /^ {0,3}(=+|-+)[ \t]*$/;
const rule = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const marker = /^([-*+]|\d{1,9}[.)])(?:([ \t]+)|$)/;
const fence = /^(`{3,})([^`]*)$|^(~{3,})/;
const delimiters = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

const htmlBlocks =
  "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul";
/** How a block of HTML begins, and what ends it; a blank line where nothing is said. */
const html: readonly { opens: RegExp; closes?: RegExp; alone?: boolean }[] = [
  {
    opens: /^<(?:script|pre|style|textarea)(?:[\s>]|$)/i,
    closes: /<\/(?:script|pre|style|textarea)>/i,
  },
  { opens: /^<!--/, closes: /-->/ },
  { opens: /^<\?/, closes: /\?>/ },
  { opens: /^<![a-z]/i, closes: />/ },
  { opens: /^<!\[CDATA\[/, closes: /\]\]>/ },
  { opens: new RegExp(`^</?(?:${htmlBlocks})(?:[\\s/>]|$)`, "i") },
  {
    opens:
      /^(?:<[a-z][a-z0-9-]*(?:\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s*\/?>|<\/[a-z][a-z0-9-]*\s*>)\s*$/i,
    alone: true,
  },
];

/** What is open at a line. */
type Open =
  | { kind: "code"; start: number; body: number; mark: string; quotes: number; indent: number }
  | { kind: "html"; start: number; closes: RegExp | undefined; quotes: number }
  | { kind: "table"; start: number; body: number; quotes: number };

export function markdownBlocks(source: string): Blocks {
  // Line breaks of one kind, in place: offsets stay what they are.
  const text = source.includes("\r") ? source.replace(/\r\n/g, " \n").replace(/\r/g, "\n") : source;
  const blocks: Blocks = { headings: [], wholes: [], items: [] };
  const { headings, wholes, items } = blocks;
  let open: Open | undefined;
  /** Columns at which the content of the items of open lists begins. */
  const lists: number[] = [];
  /** The paragraph that is open. */
  let paragraph = -1;
  let paragraphQuotes = 0;
  let lastLine = 0;
  let ended = 0;
  let blank = true;

  const close = (at: number) => {
    if (
      open &&
      (open.kind !== "html" || /^<table\b/i.test(text.slice(open.start, open.start + 8)))
    ) {
      const { kind, start } = open;
      wholes.push({
        kind,
        start,
        end: at,
        body: open.kind === "html" ? start : Math.min(open.body, at),
      });
    }
    open = undefined;
  };

  for (let at = frontMatter(text), next: number; at < text.length; at = next) {
    const newline = text.indexOf("\n", at);
    next = (newline < 0 ? text.length : newline) + 1;
    let stop = next - 1;
    while (stop > at && (text[stop - 1] === " " || text[stop - 1] === "\t")) stop--;
    // Of quotations only the depth matters.
    let here = at;
    let quotes = 0;
    let indent = 0;
    const most = open && open.kind !== "table" ? open.quotes : Number.POSITIVE_INFINITY;
    for (;;) {
      const column = here;
      while (here < stop && (text[here] === " " || text[here] === "\t")) here++;
      indent = width(text, column, here);
      if (text[here] !== ">" || indent > 3 || quotes === most) break;
      here++;
      if (text[here] === " ") here++;
      quotes++;
    }
    const isBlank = here >= stop;

    if (open) {
      const inside = quotes >= open.quotes && !(lists.length && !isBlank && indent < lists.at(-1)!);
      if (open.kind === "code") {
        const { mark } = open;
        if (inside) {
          const line = text.slice(here, stop);
          const closes =
            line.length >= mark.length &&
            indent - open.indent <= 3 &&
            line === mark[0]!.repeat(line.length);
          if (closes) close(stop);
          ended = stop;
          continue;
        }
        close(ended);
      } else if (open.kind === "html") {
        if (inside && !(isBlank && !open.closes)) {
          ended = stop;
          if (open.closes?.test(text.slice(here, stop))) close(stop);
          continue;
        }
        close(ended);
      } else if (
        !isBlank &&
        quotes === open.quotes &&
        !beginsBlock(text.slice(here, stop), indent)
      ) {
        ended = stop;
        continue;
      } else close(ended);
    }

    if (isBlank) {
      paragraph = -1;
      blank = true;
      continue;
    }
    let line = text.slice(here, stop);
    const begins = beginsBlock(line, indent);
    if (lists.length && indent < lists.at(-1)! && (blank || begins || paragraph < 0)) {
      while (lists.length && indent < lists.at(-1)!) lists.pop();
      paragraph = -1;
    }
    blank = false;
    const base = lists.at(-1) ?? 0;
    if (quotes !== paragraphQuotes && (quotes > paragraphQuotes || begins)) paragraph = -1;
    // Deeper than that is code, or goes on with a paragraph.
    const shallow = indent - base <= 3;
    const top = quotes === 0 && lists.length === 0;

    if (shallow && paragraph >= 0 && top && setext.test(text.slice(at, stop))) {
      const title = plain(text.slice(paragraph, lastLine));
      headings.push({ start: paragraph, end: stop, depth: text[here] === "=" ? 1 : 2, title });
      paragraph = -1;
      continue;
    }
    if (shallow && rule.test(line)) {
      paragraph = -1;
      continue;
    }
    // Items within items on one line: "- - one".
    let column = indent;
    for (let found: RegExpExecArray | null; column - (lists.at(-1) ?? 0) <= 3; ) {
      found = marker.exec(line);
      if (!found || rule.test(line)) break;
      const empty = line.length === found[0].length;
      // An item that would interrupt a paragraph begins with 1 and is not empty.
      if (
        paragraph >= 0 &&
        lists.length === 0 &&
        (empty || /^\d/.test(line)) &&
        !/^1[.)]\s+\S/.test(line)
      )
        break;
      items.push(here);
      paragraph = -1;
      const gap = found[2] ? width(found[2], 0, found[2].length) : 1;
      column += found[1]!.length + (gap > 4 || empty ? 1 : gap);
      lists.push(column);
      here += found[0].length;
      line = line.slice(found[0].length);
      if (gap > 4) break;
    }
    if (line.trim() === "") continue;
    if (!shallow) {
      if (paragraph >= 0) lastLine = stop;
      continue;
    }
    const inTop = top && lists.length === 0;
    const heading = line[0] === "#" ? atx.exec(line) : undefined;
    if (heading) {
      if (inTop)
        headings.push({
          start: here,
          end: stop,
          depth: heading[1]!.length,
          title: plain(heading[2] ?? ""),
        });
      paragraph = -1;
      continue;
    }
    const fenced = line[0] === "`" || line[0] === "~" ? fence.exec(line) : undefined;
    if (fenced) {
      open = {
        ...{ kind: "code" as const, start: here, body: Math.min(next, text.length), quotes },
        ...{ mark: (fenced[1] ?? fenced[3])!, indent: lists.at(-1) ?? 0 },
      };
      ended = stop;
      paragraph = -1;
      continue;
    }
    if (line[0] === "<") {
      const found = html.find(({ opens, alone }) => opens.test(line) && !(alone && paragraph >= 0));
      if (found) {
        open = { kind: "html", start: here, closes: found.closes, quotes };
        ended = stop;
        paragraph = -1;
        if (found.closes?.test(line)) close(stop);
        continue;
      }
    }
    if (
      paragraph >= 0 &&
      quotes === paragraphQuotes &&
      line.includes("-") &&
      delimiters.test(line)
    ) {
      const head = lineStart(text, lastLine);
      const first = text.slice(Math.max(head, paragraph), lastLine);
      if (
        cells(first) === cells(line) &&
        (first.includes("|") || line.includes("|") || line.includes(":"))
      ) {
        open = {
          kind: "table",
          start: Math.max(head, paragraph),
          body: Math.min(next, text.length),
          quotes,
        };
        ended = stop;
        paragraph = -1;
        continue;
      }
    }
    if (paragraph < 0) {
      paragraph = here;
      paragraphQuotes = quotes;
    }
    lastLine = stop;
  }
  close(open?.kind === "code" ? text.trimEnd().length : ended);
  return blocks;
}

/** Where the text begins after YAML between lines of `---`, which CommonMark takes for a heading. */
function frontMatter(text: string): number {
  if (!/^---[ \t]*\n/.test(text)) return 0;
  const end = /\n(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(text);
  const body = end && text.slice(4, end.index);
  return end && /^[\w-]+:/.test(body!.trimStart()) ? end.index + end[0].length : 0;
}

function beginsBlock(line: string, indent: number): boolean {
  return (
    indent <= 3 &&
    (/^(?:#{1,6}(?:\s|$)|>|`{3}[^`]*$|~{3}|(?:[-*+]|1[.)])\s+\S)/.test(line) ||
      rule.test(line) ||
      (line[0] === "<" && html.some(({ opens, alone }) => !alone && opens.test(line))))
  );
}

/** Columns of the white space in [from, to). */
function width(text: string, from: number, to: number): number {
  let columns = 0;
  for (let at = from; at < to; at++) columns += text[at] === "\t" ? 4 - (columns % 4) : 1;
  return columns;
}

const lineStart = (text: string, end: number) => text.lastIndexOf("\n", end - 1) + 1;

/** Cells of a row of a table. */
function cells(row: string): number {
  const inner = row
    .trim()
    .replace(/^>[> ]*/, "")
    .replace(/^\|/, "")
    .replace(/(^|[^\\])\|$/, "$1");
  return inner.replace(/\\\|/g, "").split("|").length;
}

/** A heading as it reads. */
function plain(title: string): string {
  return title
    .replace(/!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, "$1")
    .replace(/<\/?[a-z][^>]*>/gi, "")
    .replace(/(\*+|~~|`+)(?=\S)([^*~`]*?\S)\1/g, "$2")
    .replace(/(^|\W)_+(?=\S)(.*?\S)_+(?=\W|$)/g, "$1$2")
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
}

/** HTML to Markdown. */
import { toHtml } from "hast-util-to-html";
import rehypeParse from "rehype-parse";
import rehypeRemark from "rehype-remark";
import remarkGfm from "remark-gfm";
import remarkStringify from "remark-stringify";
import { unified } from "unified";
import type { MarkdownStyle } from "../converter.ts";
import { damaged } from "../errors.ts";
import type { Element, Nodes, Root } from "./hast.ts";

export interface HtmlOptions {
  style: Pick<MarkdownStyle, "tables" | "images">;
  /** What relative links are resolved against. */
  base?: string | undefined;
  /** Changes the tree before it is read. */
  before?(tree: Root): void;
}

/** Parser and printer recurse. */
const maxDepth = 400;
const parser = unified().use(rehypeParse);
const printer = unified()
  .use(rehypeRemark, {
    handlers: {
      mergedTable: (_, node: Element) => ({ type: "html", value: toHtml(asTable(node)) }),
      noteReference: (_, { properties }: Element) => ({
        type: "footnoteReference",
        identifier: String(properties.name),
      }),
      note: (state, node: Element) => ({
        type: "footnoteDefinition",
        identifier: String(node.properties.name),
        children: state.toFlow(state.all(node)),
      }),
      math: (_, node: Element) => ({ type: "html", value: mathOf(node) }),
    },
  })
  .use(remarkGfm, { tablePipeAlign: false })
  .use(remarkStringify, { bullet: "*", emphasis: "*", rule: "-" });

/**
 * A whole page or a piece of one.
 * @returns the Markdown, and the title where the page has one
 * @throws DocumentError `damaged` where it nests too deeply
 */
export function htmlToMarkdown(
  html: string,
  options: HtmlOptions,
): { markdown: string; title?: string; language?: string } {
  const tree = parser.parse(html);
  const title = first(tree, "title");
  const heading = first(tree, "h1");
  const text = [title, heading].map((node) => node && plain(node)).find(Boolean);
  const language = first(tree, "html")?.properties.lang;
  options.before?.(tree);
  tidy(tree, { ...options, base: baseOf(tree, options.base) }, 0);
  const markdown = printer.stringify(printer.runSync(tree)).trim();
  return {
    markdown: markdown && `${markdown}\n`,
    ...(text && { title: text }),
    ...(typeof language === "string" && language && { language }),
  };
}

/** A page's own `<base>`. */
function baseOf(tree: Root, url: string | undefined): string | undefined {
  const href = first(tree, "base")?.properties.href;
  if (!url || typeof href !== "string" || !URL.canParse(href, url)) return url;
  return new URL(href, url).href;
}

function tidy(node: Root | Element, options: HtmlOptions, depth: number): void {
  if (depth > maxDepth) throw damaged(`The page is nested deeper than ${maxDepth} elements.`);
  node.children = (node.children as Nodes[]).filter(keeps) as typeof node.children;
  for (const child of node.children) {
    if (child.type !== "element") continue;
    links(child, options);
    if (child.tagName === "table") table(child, options);
    tidy(child, options, depth + 1);
  }
}

function keeps(node: Nodes): boolean {
  if (node.type !== "element") return node.type !== "comment";
  // A picture of nothing: what counts visits, or holds a place.
  if (node.tagName === "img") return node.properties.width !== 1 && node.properties.height !== 1;
  return node.tagName !== "noscript" && node.properties.hidden !== true;
}

function links(node: Element, { style, base }: HtmlOptions): void {
  const { properties } = node;
  const { href, src } = properties;
  if (typeof href === "string") {
    if (/^\s*(?:javascript|vbscript|data):/i.test(href)) node.tagName = "span";
    else if (base && URL.canParse(href, base) && !href.startsWith("#"))
      properties.href = new URL(href, base).href;
  }
  if (typeof src !== "string") return;
  if (/^data:/i.test(src)) {
    if (style.images === "reference") properties.src = `${src.split(",")[0]}...`;
  } else if (base && URL.canParse(src, base)) properties.src = new URL(src, base).href;
}

function table(node: Element, { style }: HtmlOptions): void {
  const cells = all(node, ["td", "th"]);
  // A table that lays a page out says nothing about rows and columns.
  if (cells.length < 2 || all(node, ["table"], 1).length > 0) {
    unwrap(node);
    return;
  }
  let merged = false;
  for (const cell of cells) {
    const { colSpan, rowSpan } = cell.properties;
    // As browsers bound them; each is a cell in Markdown.
    if (Number(colSpan) > 1) cell.properties.colSpan = Math.min(Number(colSpan), 100);
    if (Number(rowSpan) > 1) cell.properties.rowSpan = Math.min(Number(rowSpan), 1000);
    merged ||= Number(colSpan) > 1 || Number(rowSpan) > 1;
  }
  // Without a head, the first row is the best there is.
  if (!cells.some(({ tagName }) => tagName === "th")) {
    for (const cell of all(all(node, ["tr"])[0] ?? node, ["td"])) cell.tagName = "th";
  }
  if (merged && style.tables === "html") node.tagName = "mergedTable";
}

/** Its cells become blocks; a table within it stays one. */
function unwrap(table: Element): void {
  table.tagName = "div";
  const queue = [...table.children];
  for (let part = queue.pop(); part; part = queue.pop()) {
    if (part.type !== "element") continue;
    if (!/^(?:tbody|thead|tfoot|tr|td|th)$/.test(part.tagName)) continue;
    if (!/^t[dh]$/.test(part.tagName)) queue.push(...part.children);
    part.tagName = "div";
  }
}

/** The table itself, without what only says how it looks. */
function asTable(node: Element): Element {
  const bare = (element: Element): Element => ({
    ...element,
    tagName: element.tagName === "mergedTable" ? "table" : element.tagName,
    properties: Object.fromEntries(
      ["colSpan", "rowSpan", "href", "src", "alt"].flatMap((name) =>
        element.properties[name] === undefined ? [] : [[name, element.properties[name]]],
      ),
    ),
    children: lone(element).map((child) => (child.type === "element" ? bare(child) : child)),
  });
  // A cell that is one paragraph.
  const lone = ({ children }: Element) => {
    const [only, ...others] = children;
    const wraps = only?.type === "element" && only.tagName === "p" && others.length === 0;
    return wraps ? only.children : children;
  };
  return bare(node);
}

/** The TeX that MathML carries along, else its text. */
function mathOf(node: Element): string {
  const tex = all(node, ["annotation"]).find(({ properties }) =>
    /tex/i.test(String(properties.encoding ?? "")),
  );
  const text = plain(tex ?? node);
  return !tex ? text : node.properties.display === "block" ? `$$${text}$$` : `$${text}$`;
}

function first(node: Nodes, tagName: string): Element | undefined {
  return all(node, [tagName], 1)[0];
}

/** All elements of some names, at any depth, without recursion; nested ones too. */
export function all(
  node: Nodes,
  tagNames: readonly string[],
  limit = Number.POSITIVE_INFINITY,
): Element[] {
  const found: Element[] = [];
  const queue: Nodes[] = "children" in node ? [...node.children].reverse() : [];
  while (queue.length && found.length < limit) {
    const next = queue.pop()!;
    if (next.type !== "element") continue;
    if (tagNames.includes(next.tagName)) found.push(next);
    for (let at = next.children.length - 1; at >= 0; at--) queue.push(next.children[at]!);
  }
  return found;
}

/** Its text on one line. */
export function plain(node: Element): string {
  const texts: string[] = [];
  const queue: Nodes[] = [node];
  while (queue.length) {
    const next = queue.pop()!;
    if (next.type === "text") texts.push(next.value);
    else if ("children" in next)
      for (let at = next.children.length - 1; at >= 0; at--) queue.push(next.children[at]!);
  }
  return texts.join("").replace(/\s+/g, " ").trim();
}

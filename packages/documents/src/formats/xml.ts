/** XML as a tree, in one pass: no entity but XML's own is expanded, nothing is fetched, depth is bounded. */
import { damaged } from "../errors.ts";

export interface XmlElement {
  /** Without its prefix. */
  name: string;
  /** By their names as written: `r:id`. */
  attributes: Record<string, string>;
  children: (XmlElement | string)[];
}

const maxDepth = 500;
const named: Record<string, string> = {
  ...{ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" },
  ...{ nbsp: "\u00a0", copy: "©", reg: "®", hellip: "…", mdash: "—", ndash: "–" },
  ...{ lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”" },
};

/**
 * Reads XML as lenient feeds need it: an end tag that fits nothing is passed over.
 * @returns the root element
 * @throws DocumentError `damaged` where there is none, or it nests deeper than 500
 */
export function parseXml(text: string): XmlElement {
  const top: XmlElement = { name: "", attributes: {}, children: [] };
  const open: XmlElement[] = [top];
  let at = 0;
  while (at < text.length) {
    const parent = open.at(-1)!;
    const tag = text.indexOf("<", at);
    if (tag !== at) {
      const raw = text.slice(at, tag < 0 ? undefined : tag);
      if (raw) parent.children.push(unescapeXml(raw));
      if (tag < 0) break;
    }
    if (text.startsWith("<!--", tag)) at = after(text, "-->", tag + 4);
    else if (text.startsWith("<![CDATA[", tag)) {
      const end = text.indexOf("]]>", tag);
      parent.children.push(text.slice(tag + 9, end < 0 ? undefined : end));
      at = end < 0 ? text.length : end + 3;
    } else if (text.startsWith("<?", tag)) at = after(text, "?>", tag);
    else if (text.startsWith("<!", tag)) at = afterDeclaration(text, tag);
    else if (text[tag + 1] === "/") {
      const end = after(text, ">", tag);
      const name = local(text.slice(tag + 2, end - 1).trim());
      const fits = open.findLastIndex((element, depth) => depth > 0 && element.name === name);
      if (fits > 0) open.length = fits;
      at = end;
    } else at = startTag(text, tag, open);
  }
  const root = top.children.find((child) => typeof child !== "string");
  if (!root) throw damaged("The XML has no element.");
  return root;
}

function startTag(text: string, tag: number, open: XmlElement[]): number {
  const nameEnd = /[\s/>]|$/g;
  nameEnd.lastIndex = tag + 1;
  let at = nameEnd.exec(text)!.index;
  const element: XmlElement = {
    name: local(text.slice(tag + 1, at)),
    attributes: {},
    children: [],
  };
  const attribute = /\s*(?:(\/?>)|([^\s=/>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?|(\/))/y;
  for (;;) {
    attribute.lastIndex = at;
    const found = attribute.exec(text);
    if (!found) throw damaged("The XML ends within a tag.");
    at = attribute.lastIndex;
    const [, end, name, double, single, bare] = found;
    if (name) element.attributes[name] = unescapeXml(double ?? single ?? bare ?? "");
    if (!end) continue;
    open.at(-1)!.children.push(element);
    if (end === ">") open.push(element);
    if (open.length > maxDepth) throw damaged(`The XML is nested deeper than ${maxDepth}.`);
    return at;
  }
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

/** A document type is passed over with all that it declares. */
function afterDeclaration(text: string, from: number): number {
  const mark = /"[^"]*"|'[^']*'|<!--[\s\S]*?-->|[[\]>]/g;
  mark.lastIndex = from;
  let inside = 0;
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    if (found[0] === "[") inside++;
    else if (found[0] === "]") inside--;
    else if (found[0] === ">" && inside <= 0) return mark.lastIndex;
  }
  return text.length;
}

function local(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** An entity that is not XML's or HTML's commonest stays as it is written. */
export function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,8}));/gi, (whole, dec, hex, name) => {
    if (name) return named[name] ?? whole;
    const code = dec ? Number(dec) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}

/** Its child elements, or those of one name. */
export function elements(of: XmlElement | undefined, name?: string): XmlElement[] {
  return (of?.children ?? []).filter(
    (child): child is XmlElement =>
      typeof child !== "string" && (name === undefined || child.name === name),
  );
}

/** The element at the end of a path of first children. */
export function child(of: XmlElement | undefined, ...path: string[]): XmlElement | undefined {
  let at = of;
  for (const name of path) at = elements(at, name)[0];
  return at;
}

/** Every element of a name in it, in order; not those within one another. */
export function descendants(of: XmlElement | undefined, ...names: string[]): XmlElement[] {
  return elements(of).flatMap((element) =>
    names.includes(element.name) ? [element] : descendants(element, ...names),
  );
}

/** All text in it. */
export function textOf(of: XmlElement | undefined): string {
  return (of?.children ?? [])
    .map((child) => (typeof child === "string" ? child : textOf(child)))
    .join("");
}

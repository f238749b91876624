/** HTML as text that a model reads: headings, lists, links and tables in Markdown, nothing that a person would not see. */
import { decodeEntities } from "./html-entities.ts";

export interface ReadableText {
  title?: string;
  text: string;
}

/** Elements whose content is no text: up to their end tag, whatever looks like a tag in it. */
const raw = [
  "script",
  "style",
  "noscript",
  "template",
  "iframe",
  "noembed",
  "noframes",
  "xmp",
  "textarea",
];
/** Elements that are skipped with what they hold. */
const skipped = ["svg", "math", "canvas", "object", "select", "dialog", "audio", "video"];
const empty = "area base br col embed hr img input link meta param source track wbr".split(" ");
/** How many line breaks stand before and after an element. */
const blocks: Record<string, number> = Object.fromEntries([
  ..."p h1 h2 h3 h4 h5 h6 ul ol dl table pre blockquote figure hr"
    .split(" ")
    .map((name) => [name, 2]),
  ...(
    "address article aside body caption dd details div dt fieldset figcaption footer form header legend li main " +
    "nav option section summary tbody tfoot thead tr br"
  )
    .split(" ")
    .map((name) => [name, 1]),
]);

/**
 * Reads in one pass, in time linear in the page's length, and never fails: what is broken is read as a browser
 * would about read it. Own code rather than a parser's tree, since a tree is not needed to drop tags, and the
 * smallest maintained parser with its tables would be more than all ready tools together.
 * @param base what the links are relative to
 */
export function htmlToText(html: string, base: string): ReadableText {
  const out = new Lines();
  let title: string | undefined;
  let hidden: { name: string; depth: number } | undefined;
  let head = false;
  const lists: { ordered: boolean; count: number }[] = [];
  const links: { href: string | undefined; at: number }[] = [];

  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    const text = html.slice(at, open < 0 ? html.length : open);
    if (!hidden && !head) out.text(decodeEntities(text));
    if (open < 0) break;
    const tag = readTag(html, open);
    at = tag.end;
    const { name, closing } = tag;
    if (name === undefined) {
      if (tag.text && !hidden && !head) out.text(tag.text);
      continue;
    }
    if (hidden) {
      if (name === hidden.name && !empty.includes(name)) {
        // A paragraph holds no paragraph: the next one ends it.
        hidden.depth += closing ? -1 : name === "p" ? 0 : 1;
        if (hidden.depth > 0 && !(name === "p" && !closing)) continue;
        hidden = undefined;
        if (closing) continue;
      } else continue;
    }
    if (!closing && (raw.includes(name) || name === "title")) {
      const end = endOf(html, at, name);
      if (name === "title") title ??= oneLine(decodeEntities(html.slice(at, end.from)));
      at = end.to;
      continue;
    }
    if (name === "head") {
      head = !closing;
      continue;
    }
    // A page without </head> has a body all the same.
    if (name === "body" || (head && !closing && blocks[name])) head = false;
    if (head) continue;
    if (!closing && !empty.includes(name) && (skipped.includes(name) || unseen(tag.attributes))) {
      hidden = { name, depth: 1 };
      continue;
    }
    const breaks = blocks[name];
    const list = name === "ul" || name === "ol";
    // A list in a list goes on where that one is.
    if (breaks) out.breakLine(list && lists.length > (closing ? 1 : 0) ? 1 : breaks);
    if (list) closing ? lists.pop() : lists.push({ ordered: name === "ol", count: 0 });
    if (name === "pre") out.pre(!closing);
    if (closing) {
      if (name === "a") {
        const link = links.pop();
        if (link?.href && out.since(link.at).trim() !== "") out.wrap(link.at, link.href);
      }
      continue;
    }
    const heading = /^h([1-6])$/.exec(name);
    if (heading) out.mark(`${"#".repeat(Number(heading[1]))} `);
    else if (name === "li") out.mark(itemMark(lists));
    else if (name === "blockquote") out.mark("> ");
    else if (name === "hr") {
      out.mark("---");
      out.breakLine(2);
    } else if (name === "td" || name === "th") out.cell();
    else if (name === "img" && tag.attributes.get("alt")?.trim())
      out.text(`[image: ${oneLine(decodeEntities(tag.attributes.get("alt")!))}]`);
    else if (name === "a")
      links.push({ href: linkOf(tag.attributes.get("href"), base), at: out.length });
  }
  return { ...(title && { title }), text: out.written() };
}

interface Tag {
  /** Absent for a comment, a doctype, or a "<" that is text. */
  name?: string;
  closing: boolean;
  attributes: Map<string, string>;
  text?: string;
  end: number;
}

function readTag(html: string, at: number): Tag {
  const none = { closing: false, attributes: new Map<string, string>() };
  const upTo = (mark: string, from: number): number => {
    const found = html.indexOf(mark, from);
    return found < 0 ? html.length : found + mark.length;
  };
  if (html.startsWith("<!--", at)) return { ...none, end: upTo("-->", at + 2) };
  const first = html[at + 1] ?? "";
  if (first === "!" || first === "?") return { ...none, end: upTo(">", at) };
  const closing = first === "/";
  const name = /[A-Za-z][^\s/>]{0,99}/y;
  name.lastIndex = at + (closing ? 2 : 1);
  const found = name.exec(html)?.[0].toLowerCase();
  if (found === undefined)
    return closing ? { ...none, end: upTo(">", at) } : { ...none, text: "<", end: at + 1 };
  const attributes = new Map<string, string>();
  let here = name.lastIndex;
  const attribute = /[\s/]*([^\s/>=][^\s/>=]*)?(\s*=\s*)?/y;
  while (here < html.length && html[here] !== ">") {
    attribute.lastIndex = here;
    const [whole = "", key, equals] = attribute.exec(html) ?? [];
    here += whole.length;
    let value = "";
    if (equals !== undefined) {
      const quote = html[here];
      if (quote === '"' || quote === "'") {
        const close = html.indexOf(quote, here + 1);
        value = html.slice(here + 1, close < 0 ? html.length : close);
        here = close < 0 ? html.length : close + 1;
      } else {
        const bare = /[^\s>]*/y;
        bare.lastIndex = here;
        value = bare.exec(html)![0];
        here += value.length;
      }
    } else if (whole === "") here++;
    if (key && !attributes.has(key.toLowerCase())) attributes.set(key.toLowerCase(), value);
  }
  return { name: found, closing, attributes, end: here + 1 };
}

/** Where an element ends whose content is not markup. */
function endOf(html: string, at: number, name: string): { from: number; to: number } {
  const end = new RegExp(`</${name}(?=[\\s/>])`, "gi");
  end.lastIndex = at;
  const found = end.exec(html);
  if (!found) return { from: html.length, to: html.length };
  const close = html.indexOf(">", end.lastIndex);
  return { from: found.index, to: close < 0 ? html.length : close + 1 };
}

/** Text that a person does not see is a favourite place for orders to a model. */
function unseen(attributes: Map<string, string>): boolean {
  if (attributes.has("hidden")) return true;
  const style = attributes.get("style")?.replace(/\s+/g, "").toLowerCase() ?? "";
  return /(?:^|;)(?:display:none|visibility:hidden|opacity:0(?![.\d])|font-size:0(?![.\d]))/.test(
    style,
  );
}

function itemMark(lists: { ordered: boolean; count: number }[]): string {
  const list = lists.at(-1);
  if (!list) return "- ";
  list.count++;
  return "  ".repeat(Math.min(lists.length, 10) - 1) + (list.ordered ? `${list.count}. ` : "- ");
}

function linkOf(href: string | undefined, base: string): string | undefined {
  const text = decodeEntities(href ?? "").trim();
  if (text === "" || text.startsWith("#") || !URL.canParse(text, base)) return undefined;
  const url = new URL(text, base);
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : undefined;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** The text so far. White space is one space, except in `pre`; line breaks are those that were asked for. */
class Lines {
  #parts: string[] = [];
  #breaks = 0;
  #space = false;
  #marked = false;
  #pre = 0;

  get length(): number {
    return this.#parts.length;
  }

  text(text: string): void {
    if (this.#pre > 0) {
      if (text !== "") this.#push(text);
      return;
    }
    const words = text.replace(/[ \t\n\r\f\u00a0]+/g, " ");
    const bare = words.trim();
    if (bare === "") {
      this.#space ||= words !== "";
      return;
    }
    if ((this.#space || words.startsWith(" ")) && this.#breaks === 0 && !this.#marked)
      this.#parts.push(" ");
    this.#push(bare);
    this.#space = words.endsWith(" ");
  }

  /** What stands before the text of a line. */
  mark(mark: string): void {
    this.#push(mark);
    this.#space = false;
    this.#marked = true;
  }

  cell(): void {
    if (this.#breaks === 0 && this.#parts.length > 0) this.mark(" | ");
  }

  breakLine(count: number): void {
    this.#breaks = Math.max(this.#breaks, count);
    this.#space = false;
    this.#marked = false;
  }

  pre(open: boolean): void {
    this.#pre = Math.max(0, this.#pre + (open ? 1 : -1));
  }

  since(at: number): string {
    return this.#parts.slice(at).join("");
  }

  /** Makes what was written since `at` a link. */
  wrap(at: number, href: string): void {
    const text = this.since(at);
    const lead = /^\s*/.exec(text)![0];
    this.#parts.length = at;
    this.#parts.push(`${lead}[${oneLine(text)}](${href})`);
  }

  written(): string {
    return this.#parts
      .join("")
      .replace(/[ \t]+$/gm, "")
      .trim();
  }

  #push(text: string): void {
    if (this.#breaks > 0 && this.#parts.length > 0) this.#parts.push("\n".repeat(this.#breaks));
    this.#breaks = 0;
    this.#marked = false;
    this.#parts.push(text);
  }
}

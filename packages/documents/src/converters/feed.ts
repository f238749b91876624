/** RSS and Atom feeds: a heading for each entry. */
import { declaredInMarkup, decodeText } from "../charset.ts";
import type { Converter, MarkdownStyle } from "../converter.ts";
import { htmlToMarkdown } from "../formats/html.ts";
import { child, descendants, elements, parseXml, textOf, type XmlElement } from "../formats/xml.ts";

export const convert: Converter["convert"] = async ({ bytes, charset, url }, { style }) => {
  const { text } = await decodeText(bytes, { charset, declared: declaredInMarkup });
  const root = parseXml(text);
  const head = root.name === "feed" ? root : child(root, "channel");
  const title = oneLine(child(head, "title"));
  const entries = descendants(root, "item", "entry").map((entry) => entryOf(entry, style, url));
  const about = child(head, "description") ?? child(head, "subtitle");
  const blocks = [title && `# ${title}`, body(about, style, url), ...entries];
  return {
    markdown: `${blocks.filter(Boolean).join("\n\n")}\n`,
    ...(title && { title }),
    warnings: [],
  };
};

function entryOf(entry: XmlElement, style: MarkdownStyle, url: string | undefined): string {
  const title = oneLine(child(entry, "title"));
  const link = linkOf(entry);
  const date = ["pubDate", "published", "updated", "date"]
    .map((name) => oneLine(child(entry, name)))
    .find(Boolean);
  const full = elements(entry).find(({ name }) => name === "encoded") ?? child(entry, "content");
  const text = body(full ?? child(entry, "description") ?? child(entry, "summary"), style, url);
  return [
    `## ${title || link || "Untitled"}`,
    [date && `Published on: ${date}`, link && `Link: <${link}>`].filter(Boolean).join("  \n"),
    text,
  ]
    .filter(Boolean)
    .join("\n\n");
}

function linkOf(entry: XmlElement): string | undefined {
  const links = elements(entry, "link");
  const best =
    links.find(({ attributes }) => (attributes.rel ?? "alternate") === "alternate") ?? links[0];
  const link = best?.attributes.href ?? oneLine(best);
  return link && /^https?:/i.test(link) ? link : undefined;
}

function body(of: XmlElement | undefined, style: MarkdownStyle, base: string | undefined): string {
  if (!of) return "";
  // XHTML stands in Atom as elements, HTML in both as text.
  const html = of.attributes.type === "xhtml" ? markup(of) : textOf(of);
  return htmlToMarkdown(html, { style, base }).markdown.trim();
}

function markup(of: XmlElement): string {
  return of.children
    .map((one) => {
      if (typeof one === "string") return one.replace(/&/g, "&amp;").replace(/</g, "&lt;");
      const attributes = Object.entries(one.attributes).map(
        ([name, value]) => ` ${name}="${value.replace(/&/g, "&amp;").replace(/"/g, "&quot;")}"`,
      );
      return `<${one.name}${attributes.join("")}>${markup(one)}</${one.name}>`;
    })
    .join("");
}

function oneLine(of: XmlElement | undefined): string {
  return textOf(of).replace(/\s+/g, " ").trim();
}

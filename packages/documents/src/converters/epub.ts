/** EPUB books: the chapters in the order of the spine. */
import type { Converter, Page } from "../converter.ts";
import { DocumentError, damaged } from "../errors.ts";
import { htmlToMarkdown } from "../formats/html.ts";
import { partName } from "../formats/office.ts";
import { child, descendants, elements, parseXml, textOf } from "../formats/xml.ts";
import { openZip } from "../formats/zip.ts";

export const convert: Converter["convert"] = async ({ bytes }, context) => {
  const zip = openZip(bytes, context);
  if (zip.has("META-INF/encryption.xml") && zip.has("META-INF/rights.xml")) {
    throw new DocumentError("The book is protected against copying (DRM).", { code: "encrypted" });
  }
  const container = parseXml(zip.text("META-INF/container.xml"));
  const opf = descendants(container, "rootfile")[0]?.attributes["full-path"];
  if (!opf) throw damaged("The book does not say where its contents are.");
  const book = parseXml(zip.text(opf));
  const about = child(book, "metadata");
  const said = (name: string) =>
    elements(about, name)
      .map((element) => textOf(element).trim())
      .filter(Boolean);
  const items = new Map(
    elements(child(book, "manifest"), "item").map(({ attributes }) => [attributes.id, attributes]),
  );
  const facts: [label: string, values: string[]][] = [
    ["Title", said("title")],
    ["Authors", said("creator")],
    ["Language", said("language")],
    ["Publisher", said("publisher")],
    ["Date", said("date")],
    ["Description", said("description")],
    ["Identifier", said("identifier")],
  ];
  const warnings: string[] = [];
  let markdown = facts
    .filter(([, values]) => values.length > 0)
    .map(([label, values]) => `**${label}:** ${values.join(", ")}`)
    .join("  \n");
  const pages: Page[] = [];
  for (const { attributes } of elements(child(book, "spine"), "itemref")) {
    context.signal.throwIfAborted();
    const item = items.get(attributes.idref);
    const path = item?.href && partName(opf, item.href);
    if (!path || !zip.has(path)) {
      warnings.push(`The chapter ${path ?? attributes.idref} is missing.`);
      continue;
    }
    const chapter = htmlToMarkdown(zip.text(path), { style: context.style }).markdown.trim();
    if (!chapter) continue;
    if (markdown) markdown += "\n\n";
    pages.push({ number: pages.length + 1, start: markdown.length });
    markdown += chapter;
  }
  const [title] = said("title");
  const [author] = said("creator");
  const [language] = said("language");
  const [date] = said("date");
  return {
    markdown: markdown && `${markdown}\n`,
    ...(title && { title }),
    pages,
    metadata: {
      ...(author && { author: said("creator").join(", ") }),
      ...(language && { language }),
      ...(date && { date }),
    },
    warnings,
  };
};

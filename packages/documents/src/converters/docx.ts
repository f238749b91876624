/** Word documents. mammoth reads them; equations, notes and links to outside are seen to here. */
import { strToU8, zipSync } from "fflate";
import mammoth from "mammoth";
import type { ConvertContext, Converter } from "../converter.ts";
import type { Element, Root } from "../formats/hast.ts";
import { all, htmlToMarkdown, plain } from "../formats/html.ts";
import { type Office, openOffice } from "../formats/office.ts";
import { ommlToLatex } from "../formats/omml.ts";
import { parseXml } from "../formats/xml.ts";

/** Stand around an equation's number until the Markdown is made, which would escape its signs. */
const [open, close] = ["\ue000", "\ue001"];

const styles = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='Subtitle'] => p:fresh",
  "p[style-name='Quote'] => blockquote:fresh > p:fresh",
  "p[style-name='Intense Quote'] => blockquote:fresh > p:fresh",
  "p[style-name='HTML Preformatted'] => pre:separator('\n')",
  "p[style-name='Source Code'] => pre:separator('\n')",
  "comment-reference => sup",
];

export const convert: Converter["convert"] = async ({ bytes }, context) => {
  const office = openOffice(bytes, context);
  const equations: string[] = [];
  const warnings = new Set<string>();
  const read = await mammoth.convertToHtml(
    { buffer: Buffer.from(repacked(office, equations, context)) },
    {
      styleMap: styles,
      // Neither a file beside it nor rules that it brings along.
      externalFileAccess: false,
      includeEmbeddedStyleMap: false,
      convertImage: pictures(context, warnings),
    },
  );
  for (const { message } of read.messages) {
    if (!/^Unrecognised|element was ignored|unlikely to display/.test(message))
      warnings.add(message);
  }
  const { markdown, title } = htmlToMarkdown(read.value, { style: context.style, before: notes });
  return {
    ...(title && { title }),
    ...office.about,
    markdown: markdown.replace(
      new RegExp(`${open}(\\d+)${close}`, "g"),
      (_, index) => equations[Number(index)]!,
    ),
    warnings: [...warnings],
  };
};

/** What mammoth needs of it, unpacked within the bounds, checked and without what points outside. */
function repacked(office: Office, equations: string[], { style, describe }: ConvertContext) {
  const wantsMedia = style.images === "embed" || describe !== undefined;
  const parts: Record<string, Uint8Array> = {};
  for (const name of office.names) {
    if (/\.(?:xml|rels)$/i.test(name)) {
      const text = office.text(name);
      const body = /^word\/(?:document|footnotes|endnotes|comments)\.xml$/.test(name);
      parts[name] = strToU8(body ? withEquations(text, equations) : text);
    } else if (/^word\/media\//.test(name)) {
      parts[name] = wantsMedia ? office.read(name) : new Uint8Array(0);
    }
  }
  return zipSync(parts, { level: 0 });
}

function withEquations(xml: string, equations: string[]): string {
  let result = "";
  let at = 0;
  const start = /<m:(oMathPara|oMath)(?=[\s>])/g;
  for (let found = start.exec(xml); found; found = start.exec(xml)) {
    const mark = `</m:${found[1]}>`;
    const end = xml.indexOf(mark, found.index);
    if (end < 0) break;
    const after = end + mark.length;
    const latex = ommlToLatex(parseXml(xml.slice(found.index, after)));
    const around = found[1] === "oMathPara" ? "$$" : "$";
    const index = equations.push(latex && `${around}${latex}${around}`) - 1;
    result += `${xml.slice(at, found.index)}<w:r><w:t>${open}${index}${close}</w:t></w:r>`;
    at = after;
    start.lastIndex = after;
  }
  return result + xml.slice(at);
}

function pictures({ style, describe }: ConvertContext, warnings: Set<string>) {
  return mammoth.images.imgElement(async (image) => {
    const { contentType } = image;
    // Only what is in the document is known by its type.
    if (!contentType) {
      warnings.add("A picture that lies outside the document was left out.");
      return { src: "" };
    }
    try {
      const alt = describe && {
        alt: await describe({ bytes: await image.readAsBuffer(), mediaType: contentType }),
      };
      if (style.images === "reference") return { src: `data:${contentType};base64,`, ...alt };
      return { src: `data:${contentType};base64,${await image.readAsBase64String()}`, ...alt };
    } catch (error) {
      warnings.add(`A picture was left out: ${(error as Error).message}`);
      return { src: "" };
    }
  });
}

/** mammoth's links and lists of notes and comments as Markdown's own. */
function notes(tree: Root): void {
  const names = new Map<string, string>();
  for (const sup of all(tree, ["sup"])) {
    const link = all(sup, ["a"])[0];
    const [, id] =
      /^#((?:footnote|endnote|comment)-\d+)$/.exec(String(link?.properties.href)) ?? [];
    if (!link || !id) continue;
    const name = plain(link).replace(/[[\]\s]/g, "");
    names.set(id, name);
    Object.assign(sup, { tagName: "noteReference", properties: { name }, children: [] });
  }
  for (const list of names.size > 0 ? all(tree, ["ol", "dl"]) : []) {
    let name: string | undefined;
    const items: Element["children"] = [];
    for (const item of list.children) {
      if (item.type !== "element") continue;
      name =
        names.get(String(item.properties.id ?? "")) ?? (item.tagName === "dd" ? name : undefined);
      if (name && item.tagName !== "dt") items.push(asNote(item, name));
    }
    if (items.length > 0) Object.assign(list, { tagName: "div", children: items });
  }
}

function asNote(item: Element, name: string): Element {
  // Without the way back.
  for (const p of all(item, ["p"])) {
    p.children = p.children.filter(
      (one) => !(one.type === "element" && /-ref-/.test(String(one.properties.href ?? ""))),
    );
  }
  return { ...item, tagName: "note", properties: { name } };
}

/** The text of a shape on a slide: paragraphs, lists where the layout makes them lists, links. */
import { escapeLabel, escapeText, linkTarget } from "./escape.ts";
import type { Relation } from "./office.ts";
import { child, elements, textOf, type XmlElement } from "./xml.ts";

export interface TextContext {
  links: ReadonlyMap<string, Relation>;
  /** Where a level's bullets are said, the nearest first: the shape, its layout, its master. */
  styles: readonly (XmlElement | undefined)[];
}

/** A text body as Markdown. */
export function bodyMarkdown(body: XmlElement | undefined, context: TextContext): string {
  const blocks: { text: string; list: boolean }[] = [];
  const counts: number[] = [];
  for (const paragraph of elements(body, "p")) {
    const level = Number(child(paragraph, "pPr")?.attributes.lvl ?? 0) || 0;
    const text = paragraphText(paragraph, context.links).trim();
    if (!text) continue;
    const bullet = bulletOf(paragraph, level, context.styles);
    if (!bullet) counts.length = 0;
    else counts.length = level + 1;
    counts[level] = bullet === "number" ? (counts[level] ?? 0) + 1 : 0;
    const mark = bullet === "number" ? `${counts[level]}. ` : "* ";
    const indent = "  ".repeat(level) + " ".repeat(bullet === "number" ? level : 0);
    blocks.push(
      bullet
        ? { text: indent + mark + text.replaceAll("\n", `\n${indent}  `), list: true }
        : { text: escapeText(text), list: false },
    );
  }
  return blocks
    .map(({ text, list }, index) =>
      index === 0 ? text : `${list && blocks[index - 1]!.list ? "\n" : "\n\n"}${text}`,
    )
    .join("");
}

/** A text body on one line. */
export function bodyLine(body: XmlElement | undefined, context: TextContext): string {
  return elements(body, "p")
    .map((paragraph) => paragraphText(paragraph, context.links).trim())
    .filter(Boolean)
    .join(" ")
    .replace(/\s+/g, " ");
}

/** A text body with a line for each paragraph: for cells. */
export function bodyLines(body: XmlElement | undefined, context: TextContext): string {
  return elements(body, "p")
    .map((paragraph) => paragraphText(paragraph, context.links).trim())
    .join("\n");
}

function paragraphText(paragraph: XmlElement, links: TextContext["links"]): string {
  return elements(paragraph)
    .map((part) => {
      if (part.name === "br") return "\n";
      if (part.name !== "r" && part.name !== "fld") return "";
      // A vertical tab is a line break of old.
      const text = textOf(child(part, "t")).replaceAll("\v", "\n");
      const id = child(part, "rPr", "hlinkClick")?.attributes["r:id"];
      const link = id ? links.get(id) : undefined;
      const target = link?.external ? linkTarget(link.target) : undefined;
      return target && text.trim() ? `[${escapeLabel(text)}](${target})` : text;
    })
    .join("");
}

function bulletOf(
  paragraph: XmlElement,
  level: number,
  styles: TextContext["styles"],
): "bullet" | "number" | undefined {
  const levels = [
    child(paragraph, "pPr"),
    ...styles.map((style) => child(style, `lvl${level + 1}pPr`)),
  ];
  for (const properties of levels) {
    for (const { name } of elements(properties)) {
      if (name === "buNone") return undefined;
      if (name === "buAutoNum") return "number";
      if (name === "buChar" || name === "buBlip") return "bullet";
    }
  }
  return undefined;
}

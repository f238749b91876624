/** What Word, PowerPoint and Excel files have in common: parts, how they point to each other, who wrote them. */
import type { Markdown } from "../converter.ts";
import { damaged } from "../errors.ts";
import { child, elements, parseXml, textOf, type XmlElement } from "./xml.ts";
import { openZip, type UnpackBounds, type Zip } from "./zip.ts";

export interface Relation {
  /** The last word of its type: `image`, `slideLayout`, `hyperlink`. */
  type: string;
  /** A part's name; for an external one, what is written. */
  target: string;
  external: boolean;
}

export interface Office extends Pick<Zip, "names" | "has" | "read"> {
  /** A part's text. @throws DocumentError `damaged` for a document type, which these files may not have */
  text(part: string): string;
  xml(part: string): XmlElement;
  /** By their ids. */
  relations(part: string): Map<string, Relation>;
  /** Title, author and dates. */
  about: Pick<Markdown, "title" | "metadata">;
}

export function openOffice(bytes: Uint8Array, bounds: UnpackBounds): Office {
  const zip = openZip(bytes, bounds);
  const text = (part: string) => {
    const content = zip.text(part);
    // What it declares could grow without end, or come from elsewhere.
    if (/<!DOCTYPE/i.test(content))
      throw damaged(`Its part ${part} declares a document type, which is not allowed there.`);
    return content;
  };
  const xml = (part: string) => parseXml(text(part));
  return {
    ...{ names: zip.names, has: zip.has, read: zip.read, text, xml },
    relations(part) {
      const at = part.replace(/([^/]+)$/, "_rels/$1.rels");
      if (!zip.has(at)) return new Map();
      return new Map(
        elements(xml(at), "Relationship").map(({ attributes }) => {
          const { Id = "", Type = "", Target = "", TargetMode } = attributes;
          const external = TargetMode === "External";
          const target = external ? Target : partName(part, Target);
          return [Id, { type: Type.slice(Type.lastIndexOf("/") + 1), target, external }];
        }),
      );
    },
    about: zip.has("docProps/core.xml") ? aboutOf(xml("docProps/core.xml")) : {},
  };
}

/** A path against the part that names it; it cannot leave the archive. */
export function partName(from: string, path: string): string {
  const { pathname } = new URL(path.replaceAll("\\", "/"), `zip://x/${from}`);
  try {
    return decodeURIComponent(pathname.slice(1));
  } catch {
    return pathname.slice(1);
  }
}

function aboutOf(core: XmlElement): Office["about"] {
  const said = (name: string) => textOf(child(core, name)).trim();
  const facts = {
    author: said("creator"),
    language: said("language"),
    created: said("created"),
    modified: said("modified"),
    subject: said("subject"),
    keywords: said("keywords"),
  };
  const metadata = Object.fromEntries(Object.entries(facts).filter(([, value]) => value));
  const title = said("title");
  return { ...(title && { title }), ...(Object.keys(metadata).length > 0 && { metadata }) };
}

/** Office files written by hand: the least that they are made of. */
import { strToU8, zipSync } from "fflate";

const rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const spaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:r="${rels}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"`;

type Parts = Record<string, string | Uint8Array>;

export function packed(parts: Parts): Uint8Array {
  return zipSync(
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [
        name,
        typeof part === "string" ? strToU8(part) : part,
      ]),
    ),
  );
}

export function relationships(
  ...all: [id: string, type: string, target: string, external?: boolean][]
): string {
  const lines = all.map(
    ([id, type, target, external]) =>
      `<Relationship Id="${id}" Type="${rels}/${type}" Target="${target}"${external ? ' TargetMode="External"' : ""}/>`,
  );
  return `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${lines.join("")}</Relationships>`;
}

/** @param body what `w:body` holds */
export function docx(body: string, parts: Parts = {}): Uint8Array {
  return packed({
    "[Content_Types].xml": `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>`,
    "_rels/.rels": relationships(["rId1", "officeDocument", "word/document.xml"]),
    "word/document.xml": `<?xml version="1.0"?><w:document ${spaces}><w:body>${body}</w:body></w:document>`,
    ...parts,
  });
}

export const paragraph = (content: string) =>
  `<w:p>${content.startsWith("<") ? content : `<w:r><w:t xml:space="preserve">${content}</w:t></w:r>`}</w:p>`;

export interface Slide {
  /** What the shape tree holds. */
  shapes: string;
  rels?: Parameters<typeof relationships>;
  notes?: string;
}

export function pptx(slides: readonly Slide[], parts: Parts = {}): Uint8Array {
  const made: Parts = {
    "[Content_Types].xml": `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    "ppt/presentation.xml": `<?xml version="1.0"?><p:presentation ${spaces}><p:sldIdLst>${slides.map((_, at) => `<p:sldId id="${256 + at}" r:id="s${at}"/>`).join("")}</p:sldIdLst></p:presentation>`,
    // The order of the files is not the order of the slides.
    "ppt/_rels/presentation.xml.rels": relationships(
      ...slides.map((_, at): [string, string, string] => [
        `s${at}`,
        "slide",
        `slides/slide${slides.length - at}.xml`,
      ]),
    ),
  };
  for (const [at, { shapes, rels = [], notes }] of slides.entries()) {
    const name = `slide${slides.length - at}.xml`;
    made[`ppt/slides/${name}`] =
      `<?xml version="1.0"?><p:sld ${spaces}><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`;
    made[`ppt/slides/_rels/${name}.rels`] = relationships(
      ...rels,
      ...(notes ? [["n", "notesSlide", `../notesSlides/${name}`] as [string, string, string]] : []),
    );
    if (notes)
      made[`ppt/notesSlides/${name}`] =
        `<?xml version="1.0"?><p:notes ${spaces}><p:cSld><p:spTree>${shape({ type: "body", text: [notes] })}</p:spTree></p:cSld></p:notes>`;
  }
  return packed({ ...made, ...parts });
}

export function shape({
  type,
  at,
  text,
}: {
  type?: string;
  at?: [x: number, y: number];
  /** A paragraph each; what begins with a tag is its whole inside. */
  text: readonly string[];
}): string {
  const place = at ? `<a:xfrm><a:off x="${at[0]}" y="${at[1]}"/></a:xfrm>` : "";
  const paragraphs = text.map((one) =>
    one.startsWith("<") ? `<a:p>${one}</a:p>` : `<a:p><a:r><a:t>${one}</a:t></a:r></a:p>`,
  );
  return `<p:sp><p:nvSpPr><p:cNvPr id="1" name="s"/><p:nvPr>${type ? `<p:ph type="${type}"/>` : ""}</p:nvPr></p:nvSpPr><p:spPr>${place}</p:spPr><p:txBody>${paragraphs.join("")}</p:txBody></p:sp>`;
}

export const chart = (inside: string) =>
  `<?xml version="1.0"?><c:chartSpace ${spaces}>${inside}</c:chartSpace>`;

/** One red pixel. */
export const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC",
  "base64",
);

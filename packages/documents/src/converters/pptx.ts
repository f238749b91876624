/** PowerPoint presentations: slides in order, the shapes of each as they are read, then its notes. */
import type { ConvertContext, Converter, Page } from "../converter.ts";
import { chartMarkdown, diagramMarkdown } from "../formats/chart.ts";
import { escapeLabel } from "../formats/escape.ts";
import { type GridCell, gridTable } from "../formats/grid.ts";
import { type Office, openOffice, type Relation } from "../formats/office.ts";
import { bodyLine, bodyLines, bodyMarkdown } from "../formats/slide-text.ts";
import { child, descendants, elements, type XmlElement } from "../formats/xml.ts";

interface Slide {
  office: Office;
  context: ConvertContext;
  relations: ReadonlyMap<string, Relation>;
  layout: XmlElement | undefined;
  master: XmlElement | undefined;
  warnings: string[];
}

const presentation = "ppt/presentation.xml";

export const convert: Converter["convert"] = async ({ bytes }, context) => {
  const office = openOffice(bytes, context);
  const parts = office.relations(presentation);
  const warnings: string[] = [];
  const pages: Page[] = [];
  let markdown = "";
  let title = office.about.title;
  for (const { attributes } of elements(child(office.xml(presentation), "sldIdLst"), "sldId")) {
    const part = parts.get(attributes["r:id"] ?? "")?.target;
    const number = pages.length + 1;
    if (!part || !office.has(part)) {
      warnings.push(`Slide ${number} is missing.`);
      continue;
    }
    const read = await slideMarkdown(office, part, number, context, warnings);
    title ??= read.title;
    if (markdown) markdown += "\n\n";
    pages.push({ number, start: markdown.length });
    markdown += read.markdown;
  }
  return {
    markdown: markdown && `${markdown}\n`,
    ...office.about,
    ...(title && { title }),
    pages,
    warnings,
  };
};

async function slideMarkdown(
  office: Office,
  part: string,
  number: number,
  context: ConvertContext,
  warnings: string[],
): Promise<{ markdown: string; title?: string }> {
  const relations = office.relations(part);
  const next = (from: ReadonlyMap<string, Relation>, type: string) => {
    const target = [...from.values()].find((one) => one.type === type)?.target;
    return target && office.has(target) ? target : undefined;
  };
  const layoutPart = next(relations, "slideLayout");
  const masterPart = layoutPart && next(office.relations(layoutPart), "slideMaster");
  const slide: Slide = {
    ...{ office, context, relations, warnings },
    layout: layoutPart ? office.xml(layoutPart) : undefined,
    master: masterPart ? office.xml(masterPart) : undefined,
  };
  const shapes = shapesOf(child(office.xml(part), "cSld", "spTree"));
  const titleShape = shapes.find((shape) =>
    /^(?:ctrTitle|title)$/.test(placeholder(shape)?.type ?? ""),
  );
  const title = titleShape && bodyLine(child(titleShape, "txBody"), textContext(titleShape, slide));
  const blocks = [`# ${title || `Slide ${number}`}`];
  blocks.push(
    ...(await read(
      shapes.filter((shape) => shape !== titleShape),
      slide,
    )),
  );
  const notes = next(relations, "notesSlide");
  const notesText = notes && notesMarkdown(office, notes);
  if (notesText) blocks.push(`### Notes\n\n${notesText}`);
  return { markdown: blocks.filter(Boolean).join("\n\n"), ...(title && { title }) };
}

/** From top to bottom, then from left to right. */
async function read(shapes: readonly XmlElement[], slide: Slide): Promise<string[]> {
  const placed = shapes.map((shape) => ({ shape, ...placeOf(shape, slide) }));
  placed.sort((a, b) => a.y - b.y || a.x - b.x);
  const blocks: string[] = [];
  for (const { shape } of placed) blocks.push(...(await shapeMarkdown(shape, slide)));
  return blocks;
}

async function shapeMarkdown(shape: XmlElement, slide: Slide): Promise<string[]> {
  if (shape.name === "grpSp") return read(shapesOf(shape), slide);
  if (shape.name === "pic") return [await picture(shape, slide)];
  if (shape.name === "graphicFrame") return [graphic(shape, slide)];
  // Dates, footers and numbers say nothing about this slide.
  if (/^(?:dt|ftr|sldNum)$/.test(placeholder(shape)?.type ?? "")) return [];
  return [bodyMarkdown(child(shape, "txBody"), textContext(shape, slide))];
}

/** Where a shape has a newer and an older form, the newer one counts. */
function shapesOf(tree: XmlElement | undefined): XmlElement[] {
  return elements(tree).flatMap((one) => {
    if (one.name === "AlternateContent")
      return shapesOf(child(one, "Choice") ?? child(one, "Fallback"));
    return /^(?:sp|grpSp|pic|graphicFrame|cxnSp)$/.test(one.name) ? [one] : [];
  });
}

function placeholder(shape: XmlElement): { type?: string; idx?: string } | undefined {
  const about = elements(shape).find(({ name }) => /^nv.*Pr$/.test(name));
  return child(about, "nvPr", "ph")?.attributes;
}

/** What a placeholder takes over from: the layout's by number, the master's by kind. */
function inherited(shape: XmlElement, { layout, master }: Slide): (XmlElement | undefined)[] {
  const own = placeholder(shape);
  if (!own) return [];
  const kind = (type = "obj") =>
    ({ ctrTitle: "title", subTitle: "body", obj: "body" })[type] ?? type;
  const inLayout = shapesOf(child(layout, "cSld", "spTree")).find((one) => {
    const its = placeholder(one);
    return its && (own.idx !== undefined ? its.idx === own.idx : kind(its.type) === kind(own.type));
  });
  const type = kind(own.type ?? (inLayout && placeholder(inLayout)?.type));
  const inMaster = shapesOf(child(master, "cSld", "spTree")).find(
    (one) => placeholder(one) && kind(placeholder(one)?.type) === type,
  );
  return [inLayout, inMaster];
}

function textContext(shape: XmlElement, slide: Slide) {
  const own = placeholder(shape);
  const from = [shape, ...inherited(shape, slide)];
  const isBody = own && /^(?:body|subTitle|obj)$/.test(own.type ?? "obj");
  const general = child(slide.master, "txStyles", isBody ? "bodyStyle" : "otherStyle");
  return {
    links: slide.relations,
    styles: [...from.map((one) => child(one, "txBody", "lstStyle")), general],
  };
}

function placeOf(shape: XmlElement, slide: Slide): { x: number; y: number } {
  for (const one of [shape, ...inherited(shape, slide)]) {
    const frame = child(one, "xfrm") ?? child(one, "spPr", "xfrm") ?? child(one, "grpSpPr", "xfrm");
    const offset = child(frame, "off")?.attributes;
    if (offset) return { x: Number(offset.x) || 0, y: Number(offset.y) || 0 };
  }
  return { x: -1, y: -1 };
}

async function picture(shape: XmlElement, slide: Slide): Promise<string> {
  const { descr = "", name = "picture" } = child(shape, "nvPicPr", "cNvPr")?.attributes ?? {};
  const { office, context, warnings } = slide;
  const blip = descendants(child(shape, "blipFill"), "blip")[0];
  const relation = slide.relations.get(blip?.attributes["r:embed"] ?? "");
  const part = relation && !relation.external && office.has(relation.target) && relation.target;
  const extension =
    /\.(\w+)$/
      .exec(part || "")?.[1]
      ?.toLowerCase()
      .replace("jpeg", "jpg") ?? "jpg";
  const mediaType = `image/${extension.replace("jpg", "jpeg")}`;
  let alt = escapeLabel(descr);
  if (part && context.describe) {
    try {
      const said = await context.describe({ bytes: office.read(part), mediaType, name });
      alt = escapeLabel([descr, said].filter(Boolean).join(" "));
    } catch (error) {
      warnings.push(`${name} was not described: ${(error as Error).message}`);
    }
  }
  if (part && context.style.images === "embed")
    return `![${alt}](data:${mediaType};base64,${Buffer.from(office.read(part)).toString("base64")})`;
  return `![${alt || escapeLabel(name)}](${name.replace(/[^\p{L}\p{N}_]/gu, "") || "picture"}.${extension})`;
}

function graphic(frame: XmlElement, slide: Slide): string {
  const data = child(frame, "graphic", "graphicData");
  const table = child(data, "tbl");
  if (table) return tableMarkdown(table, slide);
  const at = (name: string, id: string) => {
    const target = slide.relations.get(child(data, name)?.attributes[id] ?? "")?.target;
    return target && slide.office.has(target) ? slide.office.xml(target) : undefined;
  };
  const chart = at("chart", "r:id");
  if (chart) return chartMarkdown(chart);
  const diagram = at("relIds", "r:dm");
  if (diagram) return diagramMarkdown(diagram);
  const { name = "An object" } = child(frame, "nvGraphicFramePr", "cNvPr")?.attributes ?? {};
  slide.warnings.push(`${name} was left out: it is no table, chart or diagram.`);
  return "";
}

function tableMarkdown(table: XmlElement, { context, relations }: Slide): string {
  const rows = elements(table, "tr").map((row) =>
    elements(row, "tc").map(
      (cell): GridCell => ({
        text: bodyLines(child(cell, "txBody"), { links: relations, styles: [] }),
        colSpan: Number(cell.attributes.gridSpan ?? 1),
        rowSpan: Number(cell.attributes.rowSpan ?? 1),
        covered: /^(?:1|true)$/.test(cell.attributes.hMerge ?? cell.attributes.vMerge ?? ""),
      }),
    ),
  );
  return gridTable(rows, context.style);
}

function notesMarkdown(office: Office, part: string): string {
  const links = office.relations(part);
  return shapesOf(child(office.xml(part), "cSld", "spTree"))
    .filter((shape) => placeholder(shape)?.type === "body")
    .map((shape) => bodyMarkdown(child(shape, "txBody"), { links, styles: [] }))
    .join("\n\n")
    .trim();
}

/** PDF: its text in reading order, with headings, tables, lists and links found by where things stand. */
import { getDocumentProxy } from "unpdf";
import type { ConvertContext, Converter, Markdown, Page } from "../converter.ts";
import { DocumentError } from "../errors.ts";
import { pageMarkdown, typographyOf } from "../pdf/blocks.ts";
import { type Line, type Piece, toLines } from "../pdf/lines.ts";
import { linksOf, withLinks } from "../pdf/links.ts";
import { withoutRunningHeads } from "../pdf/running-heads.ts";

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;
type PdfPage = Awaited<ReturnType<Pdf["getPage"]>>;

export const convert: Converter["convert"] = async ({ bytes, name }, context) => {
  const pdf = await opened(bytes);
  try {
    return await read(pdf, { bytes, ...(name && { name }) }, context);
  } finally {
    await pdf.loadingTask.destroy();
  }
};

async function opened(bytes: Uint8Array): Promise<Pdf> {
  try {
    // A copy: it takes the bytes for itself.
    return await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0, enableXfa: false });
  } catch (error) {
    if ((error as Error).name === "PasswordException")
      throw new DocumentError("The PDF needs a password. Save it without one.", {
        code: "encrypted",
        cause: error,
      });
    throw error;
  }
}

async function read(
  pdf: Pdf,
  file: { bytes: Uint8Array; name?: string },
  { describe }: ConvertContext,
): Promise<Markdown> {
  const warnings: string[] = [];
  const laid: { lines: Line[]; aside: string[] }[] = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    try {
      const page = await pdf.getPage(number);
      laid.push(await layOut(page));
      page.cleanup();
    } catch (error) {
      laid.push({ lines: [], aside: [] });
      warnings.push(`Page ${number} could not be read: ${(error as Error).message}`);
    }
  }
  const pagesOfLines = withoutRunningHeads(laid.map(({ lines }) => lines));
  const typography = typographyOf(pagesOfLines);
  const pages: Page[] = [];
  let markdown = "";
  const empty: number[] = [];
  for (const [index, lines] of pagesOfLines.entries()) {
    const text = [pageMarkdown(lines, typography), ...laid[index]!.aside]
      .filter(Boolean)
      .join("\n\n");
    if (!text) empty.push(index + 1);
    if (text && markdown) markdown += "\n\n";
    pages.push({ number: index + 1, start: markdown.length });
    markdown += text;
  }
  if (!markdown && describe) {
    markdown = await describe({ ...file, mediaType: "application/pdf" });
    empty.length = 0;
  }
  if (empty.length > 0)
    warnings.push(
      `${empty.length === 1 ? "Page" : "Pages"} ${empty.join(", ")} of ${pdf.numPages} without text: scanned, perhaps. ` +
        "A PDF that is all pictures is read by the model in `describe`.",
    );
  return { markdown: markdown && `${markdown}\n`, ...(await aboutOf(pdf)), pages, warnings };
}

async function layOut(page: PdfPage): Promise<{ lines: Line[]; aside: string[] }> {
  const [{ items }, annotations] = await Promise.all([
    page.getTextContent(),
    page.getAnnotations(),
  ]);
  const links = linksOf(annotations);
  const pieces: Piece[] = [];
  const turned: string[] = [];
  let spaced = false;
  for (const item of items) {
    if (!("str" in item)) continue;
    const [a = 0, b = 0, c = 0, d = 0, x = 0, y = 0] = item.transform as number[];
    const text = clean(item.str);
    if (!text.trim()) {
      spaced ||= item.str.length > 0;
      continue;
    }
    if (Math.abs(b) > Math.abs(a)) turned.push(text.trim());
    else {
      // Letters that are told apart by their height alone are of one size.
      const size = Math.hypot(c, d) || item.height || 1;
      const start = text.length - text.trimStart().length;
      const shift = start > 0 ? (item.width * start) / text.length : 0;
      const piece = {
        text: text.trim(),
        ...{ x: x + shift, y, width: item.width - shift, size, spaced: spaced || start > 0 },
      };
      pieces.push(...withLinks(piece, links));
    }
    spaced = /\s$/.test(text);
  }
  const fields = annotations.flatMap((one) => {
    const { fieldName, fieldValue, subtype } = one as Record<string, unknown>;
    const filled = typeof fieldValue === "string" && fieldValue.trim() && fieldValue !== "Off";
    return subtype === "Widget" && filled ? [`* ${fieldName}: ${fieldValue.trim()}`] : [];
  });
  return {
    lines: toLines(pieces),
    aside: [turned.join(" "), fields.join("\n")].filter(Boolean),
  };
}

const ligatures: Record<string, string> = {
  ﬀ: "ff",
  ﬁ: "fi",
  ﬂ: "fl",
  ﬃ: "ffi",
  ﬄ: "ffl",
  ﬅ: "ft",
  ﬆ: "st",
};

function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: fonts without a table give such
  return text.replace(/[\u0000-\u001f]/g, " ").replace(/[ﬀ-ﬆ]/g, (sign) => ligatures[sign]!);
}

async function aboutOf(pdf: Pdf): Promise<Pick<Markdown, "title" | "metadata">> {
  try {
    const { info } = await pdf.getMetadata();
    const said = (name: string) => {
      const value = (info as Record<string, unknown>)[name];
      return typeof value === "string" ? value.trim() : "";
    };
    const date = /^D:(\d{4})(\d\d)(\d\d)/.exec(said("CreationDate"));
    const facts = {
      author: said("Author"),
      subject: said("Subject"),
      keywords: said("Keywords"),
      created: date ? date.slice(1).join("-") : "",
      language: said("Language"),
    };
    const metadata = Object.fromEntries(Object.entries(facts).filter(([, value]) => value));
    return {
      ...(said("Title") && { title: said("Title") }),
      metadata: { pages: pdf.numPages, ...metadata },
    };
  } catch {
    return { metadata: { pages: pdf.numPages } };
  }
}

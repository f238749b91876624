/** A part of a document that is cut by itself, and what its chunks are told of where it stands. */
import type { Chunk, SourceDocument } from "../chunk.ts";

/** A part of a document as one, its pages with it. */
export function partOf(document: SourceDocument, start: number, end: number): SourceDocument {
  const { pages, text } = document;
  const moved = pages?.map(({ number, start: at }) => ({ number, start: Math.max(0, at - start) }));
  // Of the pages that begin before the part the last is the one that it begins on.
  const first = pages ? pages.findLastIndex(({ start: at }) => at <= start) : -1;
  const own = moved?.slice(Math.max(0, first)).filter(({ start: at }) => at < end - start);
  return { ...document, text: text.slice(start, end), ...(own && { pages: own }) };
}

/** A child's headings below those of its parent that it does not have itself. */
export function under(
  above: readonly string[],
  { headings, text, raw }: Chunk,
): Pick<Chunk, "headings" | "text"> {
  let common = Math.min(above.length, headings.length);
  while (
    common > 0 &&
    !headings.slice(0, common).every((one, i) => one === above[above.length - common + i])
  )
    common--;
  const missing = above.slice(0, above.length - common);
  const said = missing.filter((one) => !firstLine(raw).endsWith(one));
  const line = said.length ? `${said.join(" > ")}${text === raw ? "\n\n" : " > "}` : "";
  return { headings: [...missing, ...headings], text: line + text };
}

const firstLine = (raw: string) => /^.*/.exec(raw)![0].replace(/[\s#]+$/, "");

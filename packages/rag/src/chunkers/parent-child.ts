/** `parentChild()`: small chunks to find, the larger ones around them to answer from. */
import type { Chunk, Chunker, SourceDocument } from "../chunk.ts";
import { markdownChunker } from "./markdown.ts";
import { nameOf } from "./size.ts";

export interface ParentChildOptions {
  /** Cuts the document. Default: `markdownChunker({ size: 3200 })` */
  parent?: Chunker;
  /** Cuts each of its pieces. Default: `markdownChunker({ size: 600 })` */
  child?: Chunker;
}

/**
 * The chunks are the child's, each with its `parent`'s place. Where parents overlap, what they share is cut
 * once, in the first; a child's `text` is told the parent's headings above its own, beyond the child's size.
 */
export function parentChild(options: ParentChildOptions = {}): Chunker {
  const { parent = markdownChunker({ size: 3200 }), child = markdownChunker({ size: 600 }) } =
    options;
  async function chunk(document: SourceDocument): Promise<Chunk[]> {
    const chunks: Chunk[] = [];
    let done = 0;
    for (const around of await parent.chunk(document)) {
      const from = Math.max(done, around.start);
      done = Math.max(done, around.end);
      for (const piece of await child.chunk(partOf(document, from, around.end))) {
        const place = { start: piece.start + from, end: piece.end + from };
        const parent = { start: around.start, end: around.end };
        chunks.push({ ...piece, ...place, ...under(around.headings, piece), parent });
      }
    }
    return chunks;
  }
  return { name: nameOf("parent-child", { parent: parent.name, child: child.name }), chunk };
}

/** A part of a document as one, its pages with it. */
function partOf(document: SourceDocument, start: number, end: number): SourceDocument {
  const { pages, text } = document;
  const moved = pages?.map(({ number, start: at }) => ({ number, start: Math.max(0, at - start) }));
  // Of the pages that begin before the part the last is the one that it begins on.
  const first = pages ? pages.findLastIndex(({ start: at }) => at <= start) : -1;
  const own = moved?.slice(Math.max(0, first)).filter(({ start: at }) => at < end - start);
  return { ...document, text: text.slice(start, end), ...(own && { pages: own }) };
}

/** A child's headings below those of its parent that it does not have itself. */
function under(
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

/** `parentChild()`: small chunks to find, the larger ones around them to answer from. */
import type { Chunk, Chunker, ChunkOptions, SourceDocument } from "../chunk.ts";
import { estimated } from "../preprocess/estimate.ts";
import { markdownChunker } from "./markdown.ts";
import { partOf, under } from "./part.ts";
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
  async function chunk(document: SourceDocument, options?: ChunkOptions): Promise<Chunk[]> {
    const chunks: Chunk[] = [];
    let done = 0;
    for (const around of await parent.chunk(document, options)) {
      const from = Math.max(done, around.start);
      done = Math.max(done, around.end);
      for (const piece of await child.chunk(partOf(document, from, around.end), options)) {
        const place = { start: piece.start + from, end: piece.end + from };
        const parent = { start: around.start, end: around.end };
        chunks.push({ ...piece, ...place, ...under(around.headings, piece), parent });
      }
    }
    return chunks;
  }
  const name = nameOf("parent-child", { parent: parent.name, child: child.name });
  const asking = [parent, child].filter(({ estimate }) => estimate);
  if (asking.length === 0) return { name, chunk };
  return { name, chunk, estimate: (document) => estimated(asking, document) };
}

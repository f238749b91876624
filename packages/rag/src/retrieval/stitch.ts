/** Chunks of one source back into one text. */
import type { StoredChunk } from "../stores/store.ts";

export interface Stitched {
  text: string;
  start: number;
  end: number;
}

/**
 * The text that chunks cover together, from the first to the last, each part once. Chunkers leave out nothing
 * but white space, so a gap is white space: a blank line, or where it is one character a line's end, which in
 * Markdown is as good as a space.
 * @param chunks of one source, by their place in it; at least one
 */
export function stitch(chunks: readonly StoredChunk[]): Stitched {
  const start = chunks[0]!.start;
  let end = start;
  let text = "";
  for (const chunk of chunks) {
    if (chunk.end <= end) continue;
    if (chunk.start > end) text += chunk.start === end + 1 ? "\n" : "\n\n";
    text += chunk.raw.slice(Math.max(0, end - chunk.start));
    end = chunk.end;
  }
  return { text, start, end };
}

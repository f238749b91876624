/** Pieces that a model has found in a document as chunks that leave nothing of it out. */
import type { Chunk, Chunker, ChunkOptions, Metadata, SourceDocument } from "../chunk.ts";
import { skipSpace, trimEnd } from "../chunkers/characters.ts";
import type { Range } from "../chunkers/cut.ts";
import {
  headingsAbove,
  headingsOf,
  type Section,
  sectionAt,
  withHeadings,
} from "../chunkers/headings.ts";
import { pageTeller } from "../chunkers/pages.ts";
import { partOf, under } from "../chunkers/part.ts";

export interface Piece extends Range {
  headline: string;
  summary: string;
}

export interface CoverOptions extends ChunkOptions {
  sections: readonly Section[];
  /** Characters that a chunk has, about. */
  size: number;
  /** Cuts what no piece holds. */
  plain: Chunker;
}

export interface Cover {
  chunks: Chunk[];
  /** Pieces left out: too large, or held by others already. */
  dropped: number;
  /** Characters that were cut plainly. */
  uncovered: number;
}

type Stretch = Range & { plain: true };

export async function covered(
  document: SourceDocument,
  pieces: readonly Piece[],
  { sections, size, plain, ...options }: CoverOptions,
): Promise<Cover> {
  const { text } = document;
  const kept = keptOf(document, pieces, { sections, size });
  const parts = withGaps(text, kept, { sections, size });
  const pageAt = pageTeller(document);
  const chunks: Chunk[] = [];
  let uncovered = 0;
  for (const part of parts) {
    if (!("plain" in part)) chunks.push(chunkOf(text, part, sections, pageAt(part.start)));
    else {
      uncovered += part.end - part.start;
      chunks.push(...(await plainly(document, part, headingsOf(sections, part), plain, options)));
    }
  }
  return { chunks, dropped: pieces.length - kept.length, uncovered };
}

/** In the order of the text; of each at least half is new. */
function keptOf(
  { text }: SourceDocument,
  pieces: readonly Piece[],
  { sections, size }: Pick<CoverOptions, "sections" | "size">,
): Piece[] {
  const trimmed = pieces.map((piece) => {
    const start = withHeadings(text, sections, skipSpace(text, piece.start, piece.end));
    return { ...piece, start, end: trimEnd(text, start, piece.end) };
  });
  trimmed.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Piece[] = [];
  let done = 0;
  for (const piece of trimmed) {
    const length = piece.end - piece.start;
    if (length < 1 || length > 2 * size || done - piece.start > length / 2) continue;
    kept.push(piece);
    done = piece.end;
  }
  return kept;
}

/**
 * With what lies between them: a little of it joins the piece after it; the one before it where that begins
 * with a heading, or there is none.
 */
function withGaps(
  text: string,
  pieces: readonly Piece[],
  { sections, size }: Pick<CoverOptions, "sections" | "size">,
): (Piece | Stretch)[] {
  const parts: (Piece | Stretch)[] = [];
  let done = 0;
  for (const piece of pieces) {
    const start = skipSpace(text, done, piece.start);
    const end = trimEnd(text, start, Math.max(start, piece.start));
    done = piece.end;
    const before = parts.at(-1);
    const opens = sections[sectionAt(sections, piece.start)]?.start === piece.start;
    if (start >= end) parts.push(piece);
    else if (!isLittle(text.slice(start, end), size)) {
      parts.push({ start, end, plain: true }, piece);
    } else if (opens && before) {
      parts[parts.length - 1] = { ...before, end };
      parts.push(piece);
    } else parts.push({ ...piece, start });
  }
  const start = skipSpace(text, done, text.length);
  const end = trimEnd(text, start, text.length);
  const last = parts.at(-1);
  if (start >= end) return parts;
  if (last && isLittle(text.slice(start, end), size)) parts[parts.length - 1] = { ...last, end };
  else parts.push({ start, end, plain: true });
  return parts;
}

/** Too little to be found by itself: a few words, headings alone. */
const isLittle = (text: string, size: number) =>
  text.length <= size / 8 || text.split("\n").every((line) => /^\s*(?:#|$)/.test(line));

function chunkOf(
  text: string,
  { start, end, headline, summary }: Piece,
  sections: readonly Section[],
  page: number | undefined,
): Chunk {
  const raw = text.slice(start, end);
  const head = [headingsAbove(sections, start).join(" > "), headline, summary].filter(Boolean);
  const metadata: Metadata = { ...(headline && { headline }), ...(summary && { summary }) };
  return {
    ...{ raw, start, end, text: [...head, "", raw].join("\n").trimStart(), metadata },
    headings: headingsOf(sections, { start, end }),
    ...(page !== undefined && { page }),
  };
}

async function plainly(
  document: SourceDocument,
  { start: from, end }: Range,
  above: readonly string[],
  chunker: Chunker,
  options: ChunkOptions,
): Promise<Chunk[]> {
  const chunks = await chunker.chunk(partOf(document, from, end), options);
  return chunks.map((chunk) => {
    const { parent } = chunk;
    return {
      ...chunk,
      ...{ start: chunk.start + from, end: chunk.end + from, ...under(above, chunk) },
      ...(parent && { parent: { start: parent.start + from, end: parent.end + from } }),
    };
  });
}

/** Grounding and citations as OpenAI's `url_citation` annotations. Pure. */
import type { Annotation } from "@polycall/core";
import type { WireCandidate } from "./wire.ts";

interface Source {
  url: string;
  title: string;
}

/**
 * The sources of a reply. A segment's place is given in UTF-8 bytes and, where several parts make
 * the text, not always from its start: the segment's own text decides. A source that supports no
 * segment stands for the whole text.
 * @param text the candidate's text, thoughts left out
 */
export function annotationsOf(candidate: WireCandidate, text: string): Annotation[] {
  const { groundingChunks, groundingSupports } = candidate.groundingMetadata ?? {};
  const sources = (groundingChunks ?? []).map(sourceOf);
  const cited = new Set<number>();
  const annotations: Annotation[] = [];
  const add = ({ url, title }: Source, start_index: number, end_index: number) => {
    annotations.push({
      type: "url_citation",
      url_citation: { start_index, end_index, url, title },
    });
  };
  for (const { segment, groundingChunkIndices } of groundingSupports ?? []) {
    const [start, end] = rangeOf(segment ?? {}, text);
    for (const index of groundingChunkIndices ?? []) {
      const source = sources[index];
      if (!source) continue;
      cited.add(index);
      add(source, start, end);
    }
  }
  for (const [index, source] of sources.entries()) {
    if (source && !cited.has(index)) add(source, 0, text.length);
  }
  for (const citation of candidate.citationMetadata?.citations ?? []) {
    if (!citation.uri) continue;
    const [start, end] = rangeOf(citation, text);
    add({ url: citation.uri, title: citation.title ?? "" }, start, end);
  }
  return annotations;
}

type Chunk = NonNullable<
  NonNullable<WireCandidate["groundingMetadata"]>["groundingChunks"]
>[number];

function sourceOf({ web, retrievedContext, maps }: Chunk): Source | undefined {
  const { uri, title } = web ?? retrievedContext ?? maps ?? {};
  return uri ? { url: uri, title: title ?? "" } : undefined;
}

interface Segment {
  startIndex?: number;
  endIndex?: number;
  text?: string;
}

function rangeOf({ startIndex = 0, endIndex, text: said }: Segment, text: string) {
  const start = charIndex(text, startIndex);
  const end = endIndex === undefined ? text.length : charIndex(text, endIndex);
  if (!said || text.slice(start, end) === said) return [start, end] as const;
  const found = text.indexOf(said);
  return found < 0 ? ([start, end] as const) : ([found, found + said.length] as const);
}

/** The index in UTF-16 units of a place given in UTF-8 bytes. */
function charIndex(text: string, bytes: number): number {
  let seen = 0;
  let index = 0;
  while (index < text.length && seen < bytes) {
    const point = text.codePointAt(index)!;
    seen += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    index += point < 0x10000 ? 1 : 2;
  }
  return index;
}

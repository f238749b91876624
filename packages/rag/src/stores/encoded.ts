/** A chunk as text that every database can keep: JSON, so that half characters and U+0000 come back. */
import type { Metadata } from "../chunk.ts";
import type { Hit, StoredChunk } from "./store.ts";

/** All but its metadata. `raw` is mostly how `text` ends, and is then kept as a length. */
export function encodeBody({ metadata: _, ...chunk }: StoredChunk): string {
  const { text, raw } = chunk;
  return JSON.stringify({ ...chunk, raw: text.endsWith(raw) ? raw.length : raw });
}

/** The chunk of a body and of its metadata, as JSON. */
export function decodeBody(body: string, metadata: string): StoredChunk {
  const chunk = JSON.parse(body) as Omit<StoredChunk, "raw"> & { raw: string | number };
  const { text, raw } = chunk;
  return {
    ...chunk,
    raw: typeof raw === "number" ? text.slice(text.length - raw) : raw,
    metadata: JSON.parse(metadata) as Metadata,
  };
}

/** In the order that hits have everywhere: by score, equal ones by id. */
export function inOrder(hits: Hit[]): Hit[] {
  return hits.sort(
    (a, b) => b.score - a.score || (a.chunk.id < b.chunk.id ? -1 : Number(a.chunk.id > b.chunk.id)),
  );
}

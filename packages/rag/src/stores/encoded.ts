/** A chunk as text that every database can keep: JSON, so that half characters and U+0000 come back. */
import type { Metadata } from "../chunk.ts";
import type { Hit, StoredChunk } from "./store.ts";

/** All of it. `raw` is mostly how `text` ends, and is then kept as a length. */
export const encodeChunk = (chunk: StoredChunk): string => encode(chunk);

function encode(chunk: Omit<StoredChunk, "metadata">): string {
  const { text, raw } = chunk;
  return JSON.stringify({ ...chunk, raw: text.endsWith(raw) ? raw.length : raw });
}

/** All but its metadata, which is kept beside it as JSON. */
export const encodeBody = ({ metadata: _, ...rest }: StoredChunk): string => encode(rest);

/** What {@link encodeChunk} wrote. */
export function decodeChunk(json: string, metadata?: string): StoredChunk {
  const chunk = JSON.parse(json) as Omit<StoredChunk, "raw"> & { raw: string | number };
  const { text, raw } = chunk;
  return {
    ...chunk,
    raw: typeof raw === "number" ? text.slice(text.length - raw) : raw,
    ...(metadata !== undefined && { metadata: JSON.parse(metadata) as Metadata }),
  };
}

/** Text as any database takes it: without U+0000 and half characters. */
export const cleanText = (text: string): string => text.replaceAll("\0", "").toWellFormed();

/** What filters see of a chunk's metadata, its texts clean. */
export function cleanMetadata(metadata: Metadata): Metadata {
  const clean = <T>(value: T) => (typeof value === "string" ? cleanText(value) : value);
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [
      cleanText(key),
      Array.isArray(value) ? value.map(clean) : clean(value),
    ]),
  );
}

/** In the order that hits have everywhere: by score, equal ones by id. */
export function inOrder(hits: Hit[]): Hit[] {
  return hits.sort(
    (a, b) => b.score - a.score || (a.chunk.id < b.chunk.id ? -1 : Number(a.chunk.id > b.chunk.id)),
  );
}

/** From a summary down to the chunks that it rests on, which may have changed since. */
import type { Indexed } from "../retrieval/indexed.ts";
import { type Condition, holds } from "../stores/filter.ts";
import type { Store, StoredChunk } from "../stores/store.ts";
import { type Child, type Summary, sourceOf, summaryOf } from "./summary.ts";

/** So many chunks below a summary are looked at. */
const most = 64;

export interface LeafOptions {
  query: Float32Array;
  /** Chunks that are given. */
  k: number;
  condition?: Condition;
  signal?: AbortSignal;
}

/**
 * Chunks below a summary, the nearest to the query first; undefined where one of those looked at is gone or does
 * not pass: then it says what it must not.
 */
export async function leavesOf(
  { store }: Indexed,
  tree: Store,
  summary: Summary,
  { query, k, condition, signal }: LeafOptions,
): Promise<StoredChunk[] | undefined> {
  const leaves = new Map<string, NonNullable<Child["place"]>>();
  const waiting: Child[] = [...summary.children];
  for (let child = waiting.shift(); child && leaves.size < most; child = waiting.shift()) {
    if (child.place) leaves.set(child.id, child.place);
    else {
      const below = (await tree.chunks(sourceOf(child.id), 0, 1))[0];
      const next = below && summaryOf(below);
      if (!next) return undefined;
      waiting.push(...next.children);
    }
  }
  if (condition && leaves.size >= most) return undefined;
  const chunks: StoredChunk[] = [];
  const sources = [...new Set([...leaves.values()].map(({ source }) => source))];
  for (const source of sources) {
    const own = [...leaves].filter(([, place]) => place.source === source);
    const places = own.map(([, { index }]) => index);
    const found = await store.chunks(source, Math.min(...places), Math.max(...places) + 1);
    const byId = new Map(found.map((chunk) => [chunk.id, chunk]));
    for (const [id] of own) {
      const chunk = byId.get(id);
      if (!chunk || (condition && !holds(chunk, condition))) return undefined;
      chunks.push(chunk);
    }
  }
  const near = await store.searchVector(query, {
    ...{ k: 4 * most, filter: { source: { $in: sources } } },
    ...(signal && { signal }),
  });
  const ranks = new Map(near.map(({ chunk }, rank) => [chunk.id, rank]));
  const rank = ({ id }: StoredChunk) => ranks.get(id) ?? Number.MAX_SAFE_INTEGER;
  return chunks.sort((a, b) => rank(a) - rank(b)).slice(0, k);
}

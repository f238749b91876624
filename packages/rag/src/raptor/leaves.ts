/** From a summary down to the chunks that it rests on, which may have changed since. */
import type { Indexed } from "../retrieval/indexed.ts";
import { type Condition, holds } from "../stores/filter.ts";
import type { Store, StoredChunk } from "../stores/store.ts";
import { type Child, type Summary, sourceOf, summaryOf } from "./summary.ts";

/** So many chunks below a summary are looked at. */
const most = 64;

export interface LeafOptions {
  /** Ids of chunks by their nearness to the query, as far as it is known. */
  ranks: ReadonlyMap<string, number>;
  /** Chunks that are given. */
  k: number;
  condition?: Condition;
}

/**
 * Chunks below a summary, the nearest to the query first; undefined where one of those looked at is gone or does
 * not pass: then it says what it must not.
 */
export async function leavesOf(
  { store }: Indexed,
  tree: Store,
  summary: Summary,
  { ranks, k, condition }: LeafOptions,
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
  const rank = ({ id }: StoredChunk) => ranks.get(id) ?? Number.MAX_SAFE_INTEGER;
  return chunks.sort((a, b) => rank(a) - rank(b)).slice(0, k);
}

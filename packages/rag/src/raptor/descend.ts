/** A tree of summaries, walked from the top: at each level the nearest, and from there what they were made from. */
import { cosine } from "@polycall/embeddings";
import { allVectors, type Indexed, vectorsOf } from "../retrieval/indexed.ts";
import { checkAborted } from "../stores/errors.ts";
import type { Hit, IndexDescription, Store, StoredChunk } from "../stores/store.ts";
import { type Child, type Summary, summaryOf } from "./summary.ts";

/** Summaries in memory. */
export interface Forest {
  nodes: ReadonlyMap<string, { summary: Summary; vector: Float32Array }>;
  /** Those that nothing was made from. */
  roots: readonly string[];
}

export async function forest(
  tree: Store,
  { encoder }: Indexed,
  index: IndexDescription,
): Promise<Forest> {
  const summaries = new Map<string, Summary>();
  for await (const chunk of tree.all()) {
    const summary = summaryOf(chunk);
    if (summary) summaries.set(summary.id, summary);
  }
  const chunks = [...summaries.values()].map(({ chunk }) => chunk);
  const vectors = await allVectors({ store: tree, encoder }, index, chunks, undefined);
  const below = new Set([...summaries.values()].flatMap((one) => one.children.map(({ id }) => id)));
  return {
    nodes: new Map(
      [...summaries].map(([id, summary]) => [id, { summary, vector: vectors.get(id)! }]),
    ),
    roots: [...summaries.keys()].filter((id) => !below.has(id)),
  };
}

export interface DescendOptions {
  query: Float32Array;
  /** Children that are followed, of all at one level. */
  beam: number;
  index: IndexDescription;
  signal: AbortSignal | undefined;
}

/** All that was chosen on the way down: summaries and chunks, by their cosine with the query. */
export async function descend(
  of: Indexed,
  { nodes, roots }: Forest,
  { query, beam, index, signal }: DescendOptions,
): Promise<Hit[]> {
  const chosen: Hit[] = [];
  let level: readonly Child[] = roots.map((id) => ({ id }));
  const seen = new Set<string>();
  while (level.length > 0) {
    checkAborted(signal);
    const scored: { hit: Hit; children: readonly Child[] }[] = [];
    const leaves = new Map<string, Child[]>();
    for (const child of level) {
      if (seen.has(child.id)) continue;
      seen.add(child.id);
      const node = nodes.get(child.id);
      if (node) {
        const hit = { chunk: node.summary.chunk, score: cosine(query, node.vector) };
        scored.push({ hit, children: node.summary.children });
      } else if (child.place) {
        const { source } = child.place;
        leaves.set(source, [...(leaves.get(source) ?? []), child]);
      }
    }
    for (const [source, own] of leaves) {
      const chunks = await present(of.store, source, own);
      const vectors = await vectorsOf(of, index, chunks, signal);
      for (const chunk of chunks) {
        const score = cosine(query, vectors.get(chunk.id)!);
        scored.push({ hit: { chunk, score }, children: [] });
      }
    }
    const best = scored.sort((a, b) => b.hit.score - a.hit.score).slice(0, beam);
    chosen.push(...best.map(({ hit }) => hit));
    level = best.flatMap(({ children }) => children);
  }
  return chosen.sort((a, b) => b.score - a.score);
}

async function present(store: Store, source: string, leaves: Child[]): Promise<StoredChunk[]> {
  const places = leaves.map(({ place }) => place!.index);
  const found = await store.chunks(source, Math.min(...places), Math.max(...places) + 1);
  const ids = new Set(leaves.map(({ id }) => id));
  return found.filter(({ id }) => ids.has(id));
}

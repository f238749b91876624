/** `linkGraph()`: a retriever that also follows what is linked with, or similar to, what was found. No model. */
import { InvalidRequestError } from "@polycall/core";
import { checkWhole } from "../check-whole.ts";
import { rereading } from "../rereading.ts";
import { type Indexed, opener, vectorsOf } from "../retrieval/indexed.ts";
import { type Passage, passageOf, type Retriever } from "../retrieval/passage.ts";
import type { TraceNode } from "../retrieval/trace.ts";
import { checkAborted } from "../stores/errors.ts";
import { holds, readFilter } from "../stores/filter.ts";
import type { Filter, StoredChunk } from "../stores/store.ts";
import { type ChunkGraph, chunkGraph, type Edge, type EdgeKind } from "./chunk-graph.ts";
import { type Present, reader } from "./local.ts";
import { type Activated, spread } from "./spread.ts";

export interface LinkGraphOptions {
  /** The knowledge base, or a store with its encoder, whose chunks hang together. */
  of: Indexed;
  /** Passages. Default: as many as the retriever gave */
  k?: number;
  /**
   * How much goes along each kind of edge; 0 leaves it out. `similar`: the nearest by their vectors; `link`:
   * Markdown and wiki links, both ways; `heading`: chunks under the same heading; `next`: the chunk before and
   * after. Default: similar 1, link 1, heading 0.5, next 0.5
   */
  weights?: { readonly [kind in EdgeKind]?: number };
  /** Nearest chunks that `similar` looks at. Default: 5 */
  similar?: number;
  /** The share of its score that what was found keeps: 1 changes nothing. Default: 0.8 */
  keep?: number;
  /** Chunks whose neighbours are looked at, for each query. Default: 8 */
  visits?: number;
  /** What may be added: give the filter of the retriever inside, which is not known here. */
  filter?: Filter;
}

const usual = { similar: 1, link: 1, heading: 0.5, next: 0.5 } as const;

/**
 * Passes the scores of what a retriever finds on along links and similarities, and ranks by what arrives:
 * personalised PageRank. The links are read from the store at the first query, and anew where something is found
 * that they do not have, or after one led to what is new or gone; a chunk that is gone is never given.
 * @see Page et al. 1999; as a retriever over a graph of passages: Gutiérrez et al., HippoRAG, NeurIPS 2024
 * @throws InvalidRequestError for options that cannot be meant
 */
export function linkGraph(inner: Retriever, options: LinkGraphOptions): Retriever {
  check(options);
  const { of, similar = 5, keep = 0.8, visits = 8 } = options;
  const weights = { ...usual, ...options.weights };
  const condition = options.filter && readFilter(options.filter);
  const open = opener(of.store, of.encoder);
  const links = rereading(() => chunkGraph(of.store));

  async function similarTo(
    id: string,
    { seeds, present }: { seeds: ReadonlyMap<string, StoredChunk>; present: Present },
    signal: AbortSignal | undefined,
  ): Promise<Edge[]> {
    const chunk = seeds.get(id) ?? (await present(id));
    if (!chunk) return [];
    const vector = (await vectorsOf(of, await open(), [chunk], signal)).get(id)!;
    const hits = await of.store.searchVector(vector, {
      k: similar + 1,
      ...(signal && { signal }),
    });
    return hits
      .filter((hit) => hit.chunk.id !== id && hit.score > 0)
      .slice(0, similar)
      .map((hit): Edge => ({ to: hit.chunk.id, kind: "similar", weight: hit.score }));
  }

  return {
    async retrieve(query, call = {}) {
      const { signal, trace } = call;
      const given = await inner.retrieve(query, call);
      const begun = performance.now();
      const k = call.k ?? options.k ?? given.length;
      const tell = (
        found: readonly Passage[],
        more: { nodes?: TraceNode[]; fallback?: string },
      ) => {
        const ms = Math.round(performance.now() - begun);
        trace?.steps.push({ technique: "linkGraph", queries: [query], given, found, ...more, ms });
      };
      if (given.length === 0) {
        tell([], { fallback: "nothing was found, so there is nothing to follow" });
        return [];
      }
      try {
        await open();
        let graph = await links.current();
        if (given.some(({ chunk }) => !graph.places.has(chunk.id))) {
          links.stale();
          graph = await links.current();
        }
        // Where something is new, or gone, the next question gets the links of what is there now.
        const present = reader(of.store, graph, { onGone: links.stale });
        const seeds = new Map(given.map(({ chunk }) => [chunk.id, chunk]));
        const starts = new Map<string, number>();
        for (const [i, { chunk }] of given.entries()) {
          if (!starts.has(chunk.id)) starts.set(chunk.id, 1 / (i + 1));
        }
        const active = await spread<EdgeKind>(starts, {
          ...{ keep, visits },
          neighbours: async (id) => {
            checkAborted(signal);
            const edges = graph.edgesOf(id).filter(({ kind }) => weights[kind] > 0);
            const alike =
              weights.similar > 0 ? await similarTo(id, { seeds, present }, signal) : [];
            return shared([...edges, ...alike], weights);
          },
        });
        const ranked = [...active].sort(
          ([a, x], [b, y]) => y.score - x.score || (a < b ? -1 : Number(a > b)),
        );
        const found: Passage[] = [];
        const nodes: TraceNode[] = [];
        const byId = new Map(given.map((passage) => [passage.chunk.id, passage]));
        for (const [id, activated] of ranked) {
          if (found.length === k) break;
          const own = byId.get(id);
          const chunk = own ? undefined : await present(id);
          if (!own && (!chunk || (condition && !holds(chunk, condition)))) continue;
          const { score, by } = activated;
          if (!own && given.some((one) => inside(chunk!, one))) continue;
          found.push({ ...(own ?? passageOf(chunk!, score, {})), score });
          if (chunk && by) nodes.push(nodeOf(chunk, activated, graph));
        }
        tell(found, { nodes });
        return found;
      } catch (error) {
        checkAborted(signal);
        const why = `linkGraph: the graph could not be followed (${(error as Error).message}).`;
        trace?.warnings.push(why);
        const found = given.slice(0, k);
        tell(found, { fallback: why });
        return found;
      }
    },
  };
}

/** Each kind gets its share, however many edges of it there are. */
function shared(edges: readonly Edge[], weights: Record<EdgeKind, number>): Edge[] {
  const sums = new Map<EdgeKind, number>();
  for (const { kind, weight } of edges) sums.set(kind, (sums.get(kind) ?? 0) + weight);
  return edges.map((edge) => ({
    ...edge,
    weight: (edge.weight / sums.get(edge.kind)!) * weights[edge.kind],
  }));
}

/** What a passage shows already. */
const inside = (chunk: StoredChunk, { chunk: { source }, start, end }: Passage): boolean =>
  chunk.source === source && start <= chunk.start && chunk.end <= end && chunk.end > chunk.start;

function nodeOf(
  { id, source, index }: StoredChunk,
  { score, by }: Activated<EdgeKind>,
  { places }: ChunkGraph,
): TraceNode {
  const from = places.get(by!.from);
  const before = from ? `${from.source} #${from.index}` : by!.from;
  return { id, kind: by!.kind, text: `${before} -> ${source} #${index}`, score };
}

function check({ of, k, similar, keep, visits, weights }: LinkGraphOptions): void {
  const refuse = (what: string, param: string) => {
    throw new InvalidRequestError(`linkGraph(): ${what}`, { param });
  };
  if (!of?.store || !of.encoder) {
    refuse("of must be a knowledge base, or { store, encoder }.", "of");
  }
  checkWhole("linkGraph", { k, similar, visits });
  if (keep !== undefined && !(keep > 0 && keep <= 1)) {
    refuse(`keep must be above 0 and at most 1, not ${keep}.`, "keep");
  }
  for (const [kind, weight] of Object.entries(weights ?? {})) {
    if (!(kind in usual)) refuse(`there are no edges "${kind}".`, "weights");
    if (!(weight >= 0 && weight < Infinity)) {
      refuse(`weights.${kind} must be a number from 0, not ${weight}.`, "weights");
    }
  }
}

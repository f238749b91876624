/** Passages from all levels of a tree of summaries; each summary with the chunks that it rests on. */
import { fuse } from "../fusion.ts";
import { opener } from "../retrieval/indexed.ts";
import {
  type Passage,
  passageOf,
  type RetrieveOptions,
  type Retriever,
} from "../retrieval/passage.ts";
import type { TraceNode } from "../retrieval/trace.ts";
import { checkAborted } from "../stores/errors.ts";
import { holds, readFilter } from "../stores/filter.ts";
import type { Filter, Hit, IndexDescription } from "../stores/store.ts";
import type { Tree } from "./build.ts";
import { descend, type Forest, forest } from "./descend.ts";
import { leavesOf } from "./leaves.ts";
import { summaryOf } from "./summary.ts";

export interface TreeRetrieverOptions {
  /**
   * "collapsed": chunks and summaries of all levels beside each other; "traversal": from the top down. Default:
   * "collapsed"
   */
  mode?: "collapsed" | "traversal";
  /** Passages. Default: 8 */
  k?: number;
  /**
   * What finds chunks, in the place of their vectors alone; its ranking and the summaries' are fused. For
   * "collapsed".
   */
  chunks?: Retriever;
  /** Of "traversal": how many are followed at each level. Default: `k` */
  beam?: number;
  /** Chunks that come with a summary. Default: 5 */
  origins?: number;
  /** Of chunks; a summary passes where all the chunks below it do. */
  filter?: Filter;
}

/** Chunks whose order is known to those who choose from what a summary rests on. */
const ranked = 200;

/** Another process may have built it: after so long summaries are read anew, and where their number is another. */
const rereadMs = 60_000;

/** Summaries in memory, of how many there were, and when they were read. */
export interface TreeState {
  forest?: Promise<Forest>;
  count?: number;
  read?: number;
}

type Settled = TreeRetrieverOptions & { k: number; origins: number };

export function treeRetriever(tree: Tree, settled: Settled, state: TreeState): Retriever {
  const open = opener(tree.store, tree.encoder);
  return {
    async retrieve(query, call = {}) {
      const { signal, trace } = call;
      const options = { ...settled, k: call.k ?? settled.k };
      const inner = options.mode === "traversal" ? undefined : options.chunks;
      const given = await inner?.retrieve(query, call);
      const begun = performance.now();
      let asking: Promise<Float32Array> | undefined;
      const vector = () => {
        asking ??= tree.encoder
          .encode([query], { role: call.role ?? "query", ...(signal && { signal }) })
          .then(([vector]) => vector!);
        return asking;
      };
      const plain = async () => {
        if (given) return given.slice(0, options.k);
        await open();
        return chunksNear(tree, options, await vector(), signal);
      };
      let found: Passage[];
      let fallback: string | undefined;
      try {
        const index = await open();
        await tree.tree.open(index);
        found =
          options.mode === "traversal"
            ? await walked(tree, options, await vector(), { index, signal, state })
            : await collapsed(tree, options, await vector(), given, signal);
        if (found.length === 0 || (await tree.tree.count()) === 0) {
          fallback = "there is no tree, or nothing of it may be given: chunks alone";
          found = await plain();
        }
      } catch (error) {
        checkAborted(signal);
        fallback = `raptor: the tree could not be searched (${(error as Error).message}).`;
        trace?.warnings.push(fallback);
        found = await plain();
      }
      tell(call, query, found, begun, fallback);
      return found;
    },
  };
}

function tell(
  { trace }: RetrieveOptions,
  query: string,
  found: readonly Passage[],
  begun: number,
  fallback: string | undefined,
): void {
  const nodes = found.flatMap(({ chunk, score }): TraceNode[] => {
    const summary = summaryOf(chunk);
    if (!summary) return [];
    const { id, level, text } = summary;
    return [{ ...{ id, kind: "summary", text, level, score } }];
  });
  trace?.steps.push({
    ...{ technique: "raptor", queries: [query], found, nodes },
    ...(fallback && { fallback }),
    ms: Math.round(performance.now() - begun),
  });
}

async function chunksNear(
  { store }: Tree,
  { k, filter }: Settled,
  vector: Float32Array,
  signal: AbortSignal | undefined,
): Promise<Passage[]> {
  const hits = await store.searchVector(vector, {
    k,
    ...(filter && { filter }),
    ...(signal && { signal }),
  });
  return hits.map(byVector);
}

async function collapsed(
  tree: Tree,
  options: Settled,
  vector: Float32Array,
  given: readonly Passage[] | undefined,
  signal: AbortSignal | undefined,
): Promise<Passage[]> {
  const { k } = options;
  const chunks = given ?? (await chunksNear(tree, options, vector, signal));
  // Of those that a filter leaves there may be few among the nearest.
  const most = options.filter ? Math.max(50, 4 * k) : k;
  const hits = await tree.tree.searchVector(vector, { k: most, ...(signal && { signal }) });
  const summaries = await grounded(tree, hits, options, vector, signal);
  const byId = new Map([...chunks, ...summaries].map((one) => [one.chunk.id, one]));
  if (!given) return [...byId.values()].sort((a, b) => b.score - a.score).slice(0, k);
  const ids = [chunks, summaries].map((ranking) => ranking.map(({ chunk }) => chunk.id));
  return fuse(ids, { k }).map(({ id, score }) => ({ ...byId.get(id)!, score }));
}

async function walked(
  tree: Tree,
  options: Settled,
  query: Float32Array,
  {
    index,
    signal,
    state,
  }: {
    index: IndexDescription;
    signal: AbortSignal | undefined;
    state: TreeState;
  },
): Promise<Passage[]> {
  const count = await tree.tree.count();
  const old = performance.now() - (state.read ?? 0) > rereadMs;
  if (!state.forest || count !== state.count || old) {
    Object.assign(state, { count, read: performance.now() });
    state.forest = forest(tree.tree, tree, index).catch((error) => {
      delete state.forest;
      throw error;
    });
  }
  const { k, beam = k } = options;
  const hits = await descend(tree, await state.forest, { query, beam, index, signal });
  return grounded(tree, hits, options, query, signal);
}

/** The first hits as passages: summaries with the chunks that they rest on, without those that rest on what is gone. */
async function grounded(
  tree: Tree,
  hits: readonly Hit[],
  { k: most, origins: k, filter }: Settled,
  query: Float32Array,
  signal: AbortSignal | undefined,
): Promise<Passage[]> {
  const condition = filter && readFilter(filter);
  const passages: Passage[] = [];
  if (!hits.length) return passages;
  const near = await tree.store.searchVector(query, {
    k: ranked,
    ...(filter && { filter }),
    ...(signal && { signal }),
  });
  const ranks = new Map(near.map(({ chunk }, rank) => [chunk.id, rank]));
  for (const hit of hits) {
    if (passages.length === most) break;
    const summary = summaryOf(hit.chunk);
    if (!summary) {
      if (!condition || holds(hit.chunk, condition)) passages.push(byVector(hit));
      continue;
    }
    const origins = await leavesOf(tree, tree.tree, summary, {
      ...{ ranks, k },
      ...(condition && { condition }),
    });
    if (origins) passages.push({ ...byVector(hit), origins });
  }
  return passages;
}

const byVector = ({ chunk, score }: Hit): Passage => passageOf(chunk, score, { dense: score });

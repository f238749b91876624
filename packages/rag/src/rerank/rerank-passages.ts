/** `rerankPassages()`: a retriever's candidates in the order of a model that reads each with the query. */
import { InvalidRequestError } from "@polycall/core";
import { checkWhole } from "../check-whole.ts";
import type { Passage, RetrieveOptions, Retriever } from "../retrieval/passage.ts";
import { orderOf } from "./order.ts";
import type { Ranked, Reranker } from "./reranker.ts";

export interface RerankOptions {
  /** Passages that are given. Default: 8 */
  k?: number;
  /**
   * Passages that the retriever inside is asked for, and the reranker ranks. Default: 20, and at least `k`.
   * More find more and cost more.
   */
  candidates?: number;
}

/**
 * The best `k` of more candidates, by a reranker. Where it fails, or gives nothing that can be used, the order
 * stays as it was; passages that it leaves out come after the others. Each passage keeps its earlier scores.
 * @see Nogueira and Cho, Passage Re-ranking with BERT, arXiv:1901.04085
 * @throws InvalidRequestError for options that cannot be meant; what the retriever inside throws
 */
export function rerankPassages(
  retriever: Retriever,
  reranker: Reranker,
  options: RerankOptions = {},
): Retriever {
  const { k = 8, candidates = Math.max(20, k) } = options;
  checkWhole("rerankPassages", { k, candidates });
  if (candidates < k) {
    throw new InvalidRequestError(
      `rerankPassages(): ${candidates} candidates are too few for ${k} passages.`,
      { param: "candidates" },
    );
  }
  return {
    async retrieve(query, call = {}) {
      const { signal, trace } = call;
      const wanted = call.k ?? k;
      const given = await retriever.retrieve(query, { ...call, k: Math.max(candidates, wanted) });
      const begun = performance.now();
      const { order, wrong, fallback } = await ordered(reranker, query, given, call);
      signal?.throwIfAborted();
      if (fallback) trace?.warnings.push(`rerankPassages: ${fallback}; the order stays as it was.`);
      else if (wrong) trace?.warnings.push(`rerankPassages: ${reranker.name}: ${wrong}.`);
      const found = (order ? scored(given, order) : given).slice(0, wanted);
      trace?.steps.push({
        ...{ technique: "rerankPassages", queries: [query], given, found },
        ...(fallback && { fallback }),
        ms: Math.round(performance.now() - begun),
      });
      return found;
    },
  };
}

interface Ordered {
  /** Absent: as it was. */
  order?: readonly Ranked[];
  wrong?: string;
  fallback?: string;
}

async function ordered(
  reranker: Reranker,
  query: string,
  given: readonly Passage[],
  call: RetrieveOptions,
): Promise<Ordered> {
  if (given.length < 2) return {};
  const { name } = reranker;
  try {
    const { ranked, fallback } = await reranker.rank(query, given, call);
    if (fallback) return { fallback };
    const { kept, ...said } = orderOf(ranked, given.length);
    return kept ? said : { fallback: `${name} ranked nothing that was given` };
  } catch (error) {
    if (call.signal?.aborted) throw error;
    return { fallback: `${name} failed (${(error as Error).message})` };
  }
}

/** Without any score a passage's place is its score; where some have one, the others stand below. */
function scored(given: readonly Passage[], order: readonly Ranked[]): Passage[] {
  const known = order.flatMap(({ score }) => (score === undefined ? [] : [score]));
  const least = Math.min(0, ...known);
  return order.map(({ index, score }, place) => {
    const passage = given[index]!;
    const own = known.length ? score : 1 / (place + 1);
    const scores = { ...passage.scores, ...(own !== undefined && { rerank: own }) };
    return { ...passage, score: own ?? least, scores };
  });
}

/** What cutting documents by a model would cost. */
import type { Chunker, SourceDocument } from "../chunk.ts";
import type { CostEstimate } from "../model/language-model.ts";

/**
 * Dollars and tokens that `chunker` would take for documents, without the questions whose replies are kept. A
 * chunker that asks no model costs nothing. No network.
 * @see KnowledgeBase.estimate, for what of a folder is not ingested yet
 */
export async function estimateChunking(
  chunker: Chunker,
  documents: Iterable<SourceDocument> | AsyncIterable<SourceDocument>,
): Promise<CostEstimate> {
  let sum = nothing;
  for await (const document of documents) sum = plus(sum, await estimated([chunker], document));
  return sum;
}

/** What chunkers would take for one document together. */
export async function estimated(
  chunkers: readonly Chunker[],
  document: SourceDocument,
): Promise<CostEstimate> {
  let sum = nothing;
  for (const { estimate } of chunkers) if (estimate) sum = plus(sum, await estimate(document));
  return sum;
}

export const nothing: CostEstimate = { questions: 0, cached: 0, tokens: 0, expected: 0, worst: 0 };

/** Both; dollars only where both know them. */
export function plus(one: CostEstimate, other: CostEstimate): CostEstimate {
  const both = (key: "expected" | "worst") => {
    const [a, b] = [one[key], other[key]];
    return a === undefined || b === undefined ? {} : { [key]: a + b };
  };
  return {
    questions: one.questions + other.questions,
    cached: one.cached + other.cached,
    tokens: one.tokens + other.tokens,
    ...both("expected"),
    ...both("worst"),
  };
}

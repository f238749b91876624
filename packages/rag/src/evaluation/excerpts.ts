/**
 * What was found, held against the excerpts that answer a question: recall, precision and IoU by the stretches
 * of text that they share. As chunking_evaluation defines them; a chunk that only touches an excerpt counts
 * as one that holds some of it, as there.
 * @see Smith and Troynikov, Evaluating Chunking Strategies for Retrieval, Chroma 2024
 */
import { intersection, type Range, union, without } from "./ranges.ts";

/** A stretch of a document, in UTF-16 units. */
export interface Place extends Range {
  readonly source: string;
}

/** A question, and where in one document its answer stands. */
export interface ExcerptQuestion {
  id: string;
  text: string;
  source: string;
  excerpts: readonly Range[];
}

export interface ExcerptScores {
  /** The share of the excerpts that was found. */
  recall: number;
  /** The share of all that was found that is excerpt; what two chunks both hold was found twice. */
  precision: number;
  /** What was found of the excerpts, over what was found and the rest of the excerpts. */
  iou: number;
  /** IoU of all chunks that hold some of the excerpts: the best that a retriever could do with these chunks. */
  precisionOmega: number;
}

export type ExcerptMetric = keyof ExcerptScores;

/** How much text a stretch is. */
export type Amount = (place: Place) => number;

const characters: Amount = ({ start, end }) => end - start;

/**
 * @param found what a retriever brought for the question
 * @param amount default: characters
 */
export function foundScores(
  question: ExcerptQuestion,
  found: readonly Place[],
  amount: Amount = characters,
): Omit<ExcerptScores, "precisionOmega"> {
  const { source, excerpts } = question;
  const amountOf = amountIn(source, amount);
  const { shared, missed } = held(question, found);
  const hit = amountOf(shared);
  const all = found.reduce((sum, place) => sum + amount(place), 0);
  return {
    recall: share(hit, amountOf(excerpts)),
    precision: share(hit, all),
    iou: share(hit, all + amountOf(missed)),
  };
}

/** @param chunks all that there are */
export function precisionOmega(
  question: ExcerptQuestion,
  chunks: readonly Place[],
  amount: Amount = characters,
): number {
  const amountOf = amountIn(question.source, amount);
  const { shared, missed, holding } = held(question, chunks);
  return share(amountOf(shared), amountOf(union([...holding, ...missed])));
}

/** How many of the chunks hold some of the excerpts. */
export const holdingCount = (question: ExcerptQuestion, chunks: readonly Place[]): number =>
  held(question, chunks).holding.length;

/** What places share with the excerpts, what of the excerpts is in none, and the places that hold some. */
function held({ source, excerpts }: ExcerptQuestion, places: readonly Place[]) {
  const shared: Range[] = [];
  const holding: Range[] = [];
  let missed: Range[] = [...excerpts];
  for (const place of places) {
    if (place.source !== source) continue;
    const common = excerpts.flatMap((excerpt) => intersection(place, excerpt) ?? []);
    if (common.length === 0) continue;
    holding.push(place);
    shared.push(...common);
    for (const one of common) missed = without(missed, one);
  }
  return { shared: union(shared), missed, holding };
}

const amountIn = (source: string, amount: Amount) => (ranges: readonly Range[]) =>
  ranges.reduce((sum, { start, end }) => sum + amount({ source, start, end }), 0);

const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);

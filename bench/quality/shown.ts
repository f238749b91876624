/** Retrievers held against excerpts: what of the answers is in the text that a model would be shown. */

import type { Encoder } from "@polycall/embeddings";
import {
  bootstrap,
  type Chunker,
  type ExcerptSet,
  foundScores,
  type KnowledgeBase,
  knowledgeBase,
  meanInterval,
  memoryStore,
  type Retriever,
} from "@polycall/rag";
import type { Entry } from "./row.ts";

/** A knowledge base in memory of the set's documents. */
export async function baseOfExcerpts(
  { documents }: ExcerptSet,
  chunker: Chunker,
  embedding: Encoder,
): Promise<KnowledgeBase> {
  const base = knowledgeBase({ embedding, chunker, store: memoryStore() });
  const { failed } = await base.ingest([...documents]);
  if (failed.length) throw failed[0]!.error;
  return base;
}

export interface Shown {
  label: string;
  recall: number[];
  precision: number[];
  iou: number[];
  characters: number[];
}

/** Of each question. What stands in no document, such as a summary, is text that is shown, and no excerpt. */
export async function shownBy(
  label: string,
  retriever: Retriever,
  { questions }: ExcerptSet,
): Promise<Shown> {
  const shown: Shown = { label, recall: [], precision: [], iou: [], characters: [] };
  for (const question of questions) {
    const passages = await retriever.retrieve(question.text);
    const places = passages.map(({ chunk, start, end }) => ({ source: chunk.source, start, end }));
    const { recall, precision, iou } = foundScores(question, places);
    shown.recall.push(recall);
    shown.precision.push(precision);
    shown.iou.push(iou);
    shown.characters.push(places.reduce((sum, { start, end }) => sum + end - start, 0));
  }
  return shown;
}

/** Each beside the first, by recall. */
export function entriesOfShown(all: readonly Shown[]): Entry[] {
  const [first] = all;
  return all.map(({ label, recall, precision, iou, characters }) => ({
    ...{ set: "chunking_evaluation", label },
    scores: { recall: meanOf(recall), precision: meanOf(precision), IoU: meanOf(iou) },
    ...(label !== first!.label && {
      beside: {
        ...bootstrap(recall.map((value, i) => value - first!.recall[i]!)),
        ...{ than: first!.label, metric: "recall" },
      },
    }),
    facts: { "characters shown": Math.round(meanOf(characters).value) },
  }));
}

const meanOf = (values: readonly number[]) => ({
  value: values.reduce((sum, one) => sum + one, 0) / values.length,
  interval: meanInterval(values),
});

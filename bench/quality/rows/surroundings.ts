/** What comes with a chunk that was found: its neighbours, its parent. */
import {
  bootstrap,
  type Chunker,
  foundScores,
  knowledgeBase,
  meanInterval,
  memoryStore,
  parentChild,
  type RetrieverOptions,
  recursiveChunker,
} from "@polycall/rag";
import type { Context } from "../context.ts";
import { hashing } from "../encoders.ts";
import type { Entry, Row } from "../row.ts";

const settings: { label: string; chunker: Chunker; options: RetrieverOptions }[] = [
  { label: "400, k 5", chunker: recursiveChunker({ size: 400 }), options: { k: 5 } },
  {
    label: "400 with its neighbours, k 5",
    chunker: recursiveChunker({ size: 400 }),
    options: { k: 5, neighbours: 1 },
  },
  { label: "1200, k 5", chunker: recursiveChunker({ size: 1200 }), options: { k: 5 } },
  {
    label: "children of 400 in parents of 1600, k 5",
    chunker: parentChild({
      parent: recursiveChunker({ size: 1600 }),
      child: recursiveChunker({ size: 400 }),
    }),
    options: { k: 5 },
  },
  { label: "1600, k 5", chunker: recursiveChunker({ size: 1600 }), options: { k: 5 } },
  { label: "400, k 15", chunker: recursiveChunker({ size: 400 }), options: { k: 15 } },
];

export const surroundings: Row = {
  name: "surroundings",
  title: "Neighbours and parents",
  needs: "nothing",
  about:
    "A knowledge base's retriever by words on chunking_evaluation: small chunks that bring what stands around them, beside larger chunks and beside more small ones that are as much text. Recall and precision by characters of what a model would be shown.",
  async run(context) {
    const entries: Entry[] = [];
    let first: number[] | undefined;
    for (const { label, chunker, options } of settings) {
      const { recall, precision, iou, shown } = await measure(context, chunker, options);
      const difference = first && bootstrap(recall.map((value, i) => value - first![i]!));
      first ??= recall;
      entries.push({
        ...{ set: "chunking_evaluation", label },
        scores: {
          recall: meanOf(recall),
          precision: meanOf(precision),
          IoU: meanOf(iou),
        },
        ...(difference && {
          beside: { ...difference, than: settings[0]!.label, metric: "recall" },
        }),
        facts: { "characters shown": Math.round(meanOf(shown).value) },
      });
    }
    return entries;
  },
};

async function measure(context: Context, chunker: Chunker, options: RetrieverOptions) {
  const { documents, questions } = await context.excerpts();
  const base = knowledgeBase({ embedding: hashing, chunker, store: memoryStore() });
  const { failed } = await base.ingest([...documents]);
  if (failed.length) throw new Error(`${failed.length} documents could not be put in.`);
  const retriever = base.retriever({ mode: "words", ...options });
  const found = { recall: [], precision: [], iou: [], shown: [] } as {
    [name in "recall" | "precision" | "iou" | "shown"]: number[];
  };
  for (const question of questions) {
    const passages = await retriever.retrieve(question.text);
    const places = passages.map(({ chunk, start, end }) => ({ source: chunk.source, start, end }));
    const { recall, precision, iou } = foundScores(question, places);
    const shown = places.reduce((sum, { start, end }) => sum + end - start, 0);
    for (const [name, value] of Object.entries({ recall, precision, iou, shown })) {
      found[name as keyof typeof found].push(value);
    }
  }
  await base.close();
  return found;
}

const meanOf = (values: readonly number[]) => ({
  value: values.reduce((sum, one) => sum + one, 0) / values.length,
  interval: meanInterval(values),
});

/** Chunkers side by side: ours at several sizes, LangChain's beside them. */
import {
  type Chunk,
  type Chunker,
  type ChunkerComparison,
  compareChunkers,
  markdownChunker,
  recursiveChunker,
  semanticChunker,
  sentenceChunker,
  tokenChunker,
} from "@polycall/rag";
import { type RetrievalPeers, retrievalPeers } from "../../peers.ts";
import { centred } from "../encoders.ts";
import type { Entry, Row } from "../row.ts";

const set = "chunking_evaluation";
/** The first is what the others are held beside. */
const sizes = [800, 200, 400, 1600, 3200];

export const chunkers: Row = {
  name: "chunkers",
  title: "Chunkers, found by words",
  needs: "nothing",
  about:
    "`compareChunkers()` on chunking_evaluation's 472 questions: five chunks brought by BM25 for each. Sizes are characters, but for `token`. A larger chunk has more of the answer and more else: recall and precision trade, so compare at the size that your model reads.",
  async run(context) {
    const peers = await retrievalPeers();
    const all: Chunker[] = [
      ...sizes.map((size) => recursiveChunker({ size })),
      ...[800, 1200].map((size) => recursiveChunker({ size, overlap: 400 })),
      ...[400, 800, 1600].map((size) => sentenceChunker({ size })),
      ...[400, 800, 1600].map((size) => markdownChunker({ size })),
      ...[100, 200, 400].map((size) => tokenChunker({ size })),
      ...(peers ? [400, 800, 1600].map((size) => langChain(peers, size, 0)) : []),
      ...(peers ? [langChain(peers, 800, 400)] : []),
    ];
    return entriesOf(await compareChunkers(all, await context.excerpts()));
  },
};

export const chunkersDense: Row = {
  name: "chunkers-dense",
  title: "Chunkers, found by vectors",
  needs: "nothing",
  about:
    "The same by word vectors from npm (GloVe-derived, weighed by how rare a word is, less the mean): an encoder that is weak beside today's.",
  async run(context) {
    const set = await context.excerpts();
    const texts = set.documents.flatMap(({ text }) => text.split("\n\n"));
    const encoder = await centred(await context.words(), texts, "chunking_evaluation");
    const all: Chunker[] = sizes.map((size) => recursiveChunker({ size }));
    all.push(semanticChunker({ encoder, size: 800 }), semanticChunker({ encoder, size: 1600 }));
    return entriesOf(await compareChunkers(all, set, { encoder }));
  },
};

export function entriesOf({ chunkers }: ChunkerComparison): Entry[] {
  const [first] = chunkers;
  const broken = chunkers.flatMap(({ questions }) => questions).find((one) => "error" in one);
  if (broken) throw broken.error;
  return chunkers.map(({ chunker, statistics, scores, intervals, difference }) => ({
    ...{ set, label: chunker },
    scores: {
      recall: { value: scores.recall, interval: intervals.recall },
      precision: { value: scores.precision, interval: intervals.precision },
      IoU: { value: scores.iou, interval: intervals.iou },
      "precision omega": { value: scores.precisionOmega, interval: intervals.precisionOmega },
    },
    ...(difference && {
      beside: { ...difference.recall, than: first!.chunker, metric: "recall" },
    }),
    facts: { chunks: statistics.count, "mean size": Math.round(statistics.size.mean) },
  }));
}

/** Its chunks have no places: they are looked for, each from where the one before began. */
function langChain(peers: RetrievalPeers, size: number, overlap: number): Chunker {
  return {
    name: `LangChain.js recursive(size=${size}, overlap=${overlap})`,
    async chunk({ text }) {
      const cut = (await peers.recursive(text, { size, overlap })) as string[];
      let from = 0;
      return cut.map((raw): Chunk => {
        const start = text.indexOf(raw, from);
        if (start < 0) throw new Error(`LangChain.js gave a chunk that is not in the text.`);
        from = start + 1;
        return { raw, text: raw, start, end: start + raw.length, headings: [] };
      });
    },
  };
}

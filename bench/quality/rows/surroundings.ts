/** What comes with a chunk that was found: its neighbours, its parent. */
import { type Chunker, parentChild, type RetrieverOptions, recursiveChunker } from "@polycall/rag";
import { hashing } from "../encoders.ts";
import type { Row } from "../row.ts";
import { baseOfExcerpts, entriesOfShown, type Shown, shownBy } from "../shown.ts";

const [small, large] = [recursiveChunker({ size: 400 }), recursiveChunker({ size: 1600 })];

const settings: [label: string, chunker: Chunker, options: RetrieverOptions][] = [
  ["400, k 5", small, { k: 5 }],
  ["400 with its neighbours, k 5", small, { k: 5, neighbours: 1 }],
  ["1200, k 5", recursiveChunker({ size: 1200 }), { k: 5 }],
  [
    "children of 400 in parents of 1600, k 5",
    parentChild({ parent: large, child: small }),
    { k: 5 },
  ],
  ["1600, k 5", large, { k: 5 }],
  ["400, k 15", small, { k: 15 }],
];

export const surroundings: Row = {
  name: "surroundings",
  title: "Neighbours and parents",
  needs: "nothing",
  about:
    "A knowledge base's retriever by words on chunking_evaluation: small chunks that bring what stands around them, beside larger chunks and beside more small ones that are as much text. Recall and precision by characters of what a model would be shown.",
  async run(context) {
    const set = await context.excerpts();
    const all: Shown[] = [];
    for (const [label, chunker, options] of settings) {
      const base = await baseOfExcerpts(set, chunker, hashing);
      all.push(await shownBy(label, base.retriever({ mode: "words", ...options }), set));
      await base.close();
    }
    return entriesOfShown(all);
  },
};

/** Chunks that a model cuts, and chunks that a model says where they stand. */
import { compareChunkers, contextualChunker, modelChunker, recursiveChunker } from "@polycall/rag";
import { shortExcerpts } from "../context.ts";
import type { Row } from "../row.ts";
import { entriesOf } from "./chunkers.ts";

const size = 800;

const which =
  "on chunking_evaluation's three shorter corpora, five chunks by BM25 for each question";

export const contextual: Row = {
  name: "contextual-chunks",
  title: "Contextual chunks",
  needs: "model",
  about: `\`contextualChunker(chunker, { model })\` beside the chunker itself, ${which}. Where chunks stand is the same; what they are found by is more.`,
  async run(context) {
    const plain = recursiveChunker({ size });
    const chunkers = [plain, contextualChunker(plain, { model: context.model })];
    return entriesOf(await compareChunkers(chunkers, await shortExcerpts(context)));
  },
};

export const modelChunks: Row = {
  name: "model-chunks",
  title: "Chunks cut by a model",
  needs: "model",
  about: `\`modelChunker({ model })\` beside chunks of the same size, ${which}.`,
  async run(context) {
    const chunkers = [recursiveChunker({ size }), modelChunker({ model: context.model, size })];
    return entriesOf(await compareChunkers(chunkers, await shortExcerpts(context)));
  },
};

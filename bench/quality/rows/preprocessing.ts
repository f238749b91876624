/** Chunks that a model cuts, and chunks that a model says where they stand. */
import {
  compareChunkers,
  contextualChunker,
  type ExcerptSet,
  modelChunker,
  recursiveChunker,
} from "@polycall/rag";
import { type Context, spread } from "../context.ts";
import type { Row } from "../row.ts";
import { entriesOf } from "./chunkers.ts";

/** Characters of a document that a model is to read wholly. */
const most = 120_000;
const size = 800;

/** The shorter corpora: state_of_the_union, chatlogs, wikitexts. */
async function short(context: Context): Promise<ExcerptSet> {
  const { documents, questions } = await context.excerpts();
  const few = documents.filter(({ text }) => text.length <= most);
  const sources = new Set(few.map(({ source }) => source));
  const about = questions.filter(({ source }) => sources.has(source));
  return { documents: few, questions: spread(about, context.questions) };
}

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
    return entriesOf(await compareChunkers(chunkers, await short(context)));
  },
};

export const modelChunks: Row = {
  name: "model-chunks",
  title: "Chunks cut by a model",
  needs: "model",
  about: `\`modelChunker({ model })\` beside chunks of the same size, ${which}.`,
  async run(context) {
    const chunkers = [recursiveChunker({ size }), modelChunker({ model: context.model, size })];
    return entriesOf(await compareChunkers(chunkers, await short(context)));
  },
};

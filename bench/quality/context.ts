/** What rows share: the data, read once; vectors and replies, kept in files; the baseline of each set. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Encoder, type FileCache, fileCache } from "@polycall/embeddings";
import {
  bm25Index,
  type Chunker,
  compareRetrievers,
  type Evaluation,
  type ExcerptSet,
  evaluateRetriever,
  type KnowledgeBase,
  knowledgeBase,
  type LanguageModel,
  memoryStore,
  type Retrieve,
  type Retriever,
  type TestSet,
} from "@polycall/rag";
import { beirTestSet } from "@polycall/rag/beir";
import { excerptSet } from "@polycall/rag/excerpts";
import { sharedData } from "@polycall/testing";
import { centred, hashing, kept, sentences, words } from "./encoders.ts";
import type { Entry } from "./row.ts";

/** A set in BEIR's layout, in memory. */
export interface Corpus extends TestSet {
  name: string;
  documents: { id: string; title: string; text: string }[];
  corpus(): { id: string; title: string; text: string }[];
}

/** Cranfield's 1400 abstracts; chunking_evaluation's corpora in pieces of 800 characters. */
export const corpora = ["cranfield", "chunkeval-beir800"] as const;

export interface Settings {
  folder: string;
  /** Asked where a row needs one. */
  model?: LanguageModel;
  /** Questions of each set that a model is asked about. */
  questions?: number;
  /** Sets in BEIR's layout. Default: both */
  sets?: readonly string[];
  /** Leave out what takes minutes: USE-lite. */
  quick?: boolean;
  /** Dollars that a service may cost. A model has its own bound. */
  maxCost?: number;
}

export class Context {
  readonly folder: string;
  readonly questions: number | undefined;
  readonly sets: readonly string[];
  readonly #quick: boolean;
  readonly maxCost: number;
  readonly cache: FileCache;
  readonly #model: LanguageModel | undefined;
  readonly #corpora = new Map<string, Promise<Corpus>>();
  readonly #baselines = new Map<string, Promise<Evaluation>>();
  #excerpts: Promise<ExcerptSet> | undefined;

  constructor({ folder, model, questions, maxCost = 0, sets = corpora, quick = false }: Settings) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.questions = questions;
    this.maxCost = maxCost;
    this.sets = sets;
    this.#quick = quick;
    this.cache = fileCache(join(folder, "vectors.sqlite"));
    this.#model = model;
  }

  /** @throws Error where there is none */
  get model(): LanguageModel {
    if (!this.#model) throw new Error("This row needs a model.");
    return this.#model;
  }

  corpus(name: string): Promise<Corpus> {
    const read = this.#corpora.get(name) ?? readCorpus(name);
    this.#corpora.set(name, read);
    return read;
  }

  /** The set with no more questions than a model is to be asked about, spread over all of them. */
  async sample(name: string): Promise<Corpus> {
    const corpus = await this.corpus(name);
    return { ...corpus, queries: spread(corpus.queries, this.questions) };
  }

  async excerpts(): Promise<ExcerptSet> {
    this.#excerpts ??= excerptSet(data("chunking_evaluation"));
    return this.#excerpts;
  }

  /** `bm25Index()` as it is by default. */
  baseline(name: string): Promise<Evaluation> {
    const known = this.#baselines.get(name) ?? this.#measureBaseline(name);
    this.#baselines.set(name, known);
    return known;
  }

  async #measureBaseline(name: string): Promise<Evaluation> {
    const corpus = await this.corpus(name);
    return evaluateRetriever(wordsOf(corpus), corpus);
  }

  /** Universal Sentence Encoder Lite, its vectors kept. */
  readonly sentences = (): Encoder => kept(sentences(), this.cache);

  readonly words = () => words(this.folder);

  /** The encoders that npm has weights of, by name, and the floor. */
  async encoders(corpus: Corpus): Promise<{ [label: string]: Encoder }> {
    const vectors = await this.words();
    const texts = corpus.documents.map(textOf).filter((text) => text.trim());
    return {
      ...(!this.#quick && { "USE-lite": this.sentences() }),
      "GloVe, idf, centred": await centred(vectors, texts, corpus.name),
      "GloVe, mean": vectors,
      "hashed words (floor)": hashing,
    };
  }

  close(): void {
    this.cache.close();
  }
}

/** Title and text as one. */
export const textOf = ({ title, text }: { title: string; text: string }): string =>
  title ? `${title} ${text}` : text;

/** Ranks by words. */
export function wordsOf(
  corpus: Corpus,
  options: Parameters<typeof bm25Index>[0] = {},
): (query: string, options: { k: number }) => string[] {
  const index = bm25Index(options);
  for (const document of corpus.documents) index.add(document.id, textOf(document));
  return (query, { k }) => index.search(query, { k }).map(({ id }) => id);
}

/** Each document one piece, whole. */
const whole: Chunker = {
  name: "whole",
  chunk: ({ text }) => [{ raw: text, text, start: 0, end: text.length, headings: [] }],
};

/** A knowledge base in memory whose documents are the set's, each one piece. */
export async function baseOf(corpus: Corpus, embedding: Encoder): Promise<KnowledgeBase> {
  const base = knowledgeBase({ embedding, chunker: whole, store: memoryStore() });
  const full = corpus.documents.filter((document) => textOf(document).trim());
  const { failed } = await base.ingest(
    full.map((document) => ({ source: document.id, text: textOf(document) })),
  );
  if (failed.length) throw new Error(`${failed.length} documents could not be put in.`);
  return base;
}

/** A retriever as `evaluateRetriever` asks it: the sources, in their order. */
export const sourcesOf =
  (retriever: Retriever): Retrieve =>
  async (query, { k }) =>
    (await retriever.retrieve(query)).slice(0, k).map(({ chunk }) => chunk.source);

/** nDCG, MRR and recall of an evaluation, beside another one. @throws what a search failed with: that is no figure */
export function entryOf(
  set: string,
  label: string,
  evaluation: Evaluation,
  than?: { label: string; evaluation: Evaluation },
): Entry {
  const { ndcg, mrr, recall } = evaluation.scores;
  const { k, queries } = evaluation;
  const broken = queries.find((query) => "error" in query);
  if (broken) throw broken.error;
  const metric = `nDCG@${k}`;
  return {
    ...{ set, label },
    scores: {
      [metric]: { value: ndcg },
      [`MRR@${k}`]: { value: mrr },
      [`recall@${k}`]: { value: recall },
    },
    ...(than && {
      beside: differenceOf(than.evaluation, evaluation, than.label, metric),
    }),
  };
}

function differenceOf(first: Evaluation, second: Evaluation, than: string, name: string) {
  const asked = new Set(second.queries.map(({ id }) => id));
  const queries = first.queries.filter(({ id }) => asked.has(id));
  const { metric, ...difference } = compareRetrievers({ ...first, queries }, second);
  return { ...difference, than, metric: name };
}

/** Characters of a document that a model is to read wholly. */
const mostRead = 120_000;

/** chunking_evaluation's shorter corpora: state_of_the_union, chatlogs, wikitexts. */
export async function shortExcerpts(context: Context): Promise<ExcerptSet> {
  const { documents, questions } = await context.excerpts();
  const few = documents.filter(({ text }) => text.length <= mostRead);
  const sources = new Set(few.map(({ source }) => source));
  const about = questions.filter(({ source }) => sources.has(source));
  return { documents: few, questions: spread(about, context.questions) };
}

/** `count` of them, evenly; all where there are no more. */
export function spread<T>(all: readonly T[], count = Infinity): T[] {
  if (all.length <= count) return [...all];
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}

async function readCorpus(name: string): Promise<Corpus> {
  const { queries, judgements, corpus } = await beirTestSet(data(name));
  const documents: Corpus["documents"] = [];
  for await (const { id, title, text } of corpus()) documents.push({ id, title, text });
  return { name, queries, judgements, documents, corpus: () => documents };
}

function data(name: string): string {
  const folder = sharedData(`rag/${name}`);
  if (!folder) throw new Error(`There is no data rag/${name}: set POLYCALL_DATA to its folder.`);
  return folder;
}

/** `knowledgeBase()`: documents in, answers with citations out. */
import { type AnyTool, InvalidRequestError, type Message } from "@polycall/core";
import { type Encoder, encoder as encoderOf } from "@polycall/embeddings";
import { completion, type PolycallClient } from "polycall";
import { sqliteStore } from "#sqlite";
import type { Answer } from "./answer/answer.ts";
import { type AnswerStream, ask, askStreaming } from "./answer/ask.ts";
import { usualUnknown } from "./answer/prompt.ts";
import { type SearchToolOptions, searchTool } from "./answer/tool.ts";
import type { Chunker } from "./chunk.ts";
import { markdownChunker } from "./chunkers/markdown.ts";
import { type IngestInput, type IngestOptions, ingest } from "./ingest/ingest.ts";
import {
  type Applied,
  type ApplyOptions,
  apply,
  type IngestStep,
  type PlanOptions,
  plan,
} from "./ingest/plan.ts";
import type { IngestReport } from "./ingest/report.ts";
import { openFor } from "./retrieval/indexed.ts";
import type { Retriever } from "./retrieval/passage.ts";
import { type RetrieverOptions, retriever } from "./retrieval/retriever.ts";
import { wordsOf } from "./retrieval/words.ts";
import type { Store } from "./stores/store.ts";

export interface KnowledgeBaseOptions {
  /** What makes vectors: "provider/model", or an encoder. The same for as long as the store lives. */
  embedding: string | Encoder;
  /** What answers: "provider/model". Without one there is retrieval, and no `ask`. */
  model?: string;
  /** Where all is kept. Default: the file `.polycall/knowledge.sqlite` */
  store?: Store;
  /** How documents are cut. Default: `markdownChunker()` */
  chunker?: Chunker;
  /** How passages are found, where a call does not say otherwise. */
  retrieval?: RetrieverOptions;
  /** What finds passages for answers, in the place of `retrieval`: a technique around a retriever. */
  retriever?: Retriever;
  /** What else the model is told: whom it speaks to, in which tone, what day it is. */
  instructions?: string;
  /** What it says where nothing fits. Default: "I do not know: the documents do not say." */
  unknown?: string;
  /** Default: polycall's own. */
  client?: Pick<PolycallClient, "completion" | "embedding">;
}

export interface AskOptions {
  /** The conversation before the question, oldest first. */
  history?: readonly Message[];
  /** How passages are found for this question. */
  retrieval?: RetrieverOptions;
  signal?: AbortSignal;
}

export interface KnowledgeBase {
  readonly store: Store;
  /** What makes the vectors of the store. */
  readonly encoder: Encoder;
  /**
   * Puts documents in: the files of patterns ("docs", "docs/**"), or documents that are handed over. What has not
   * changed since is left alone, what is gone is taken away. One that fails does not stop the rest.
   * @throws StoreError, IndexMismatchError; what the encoder throws and no other text would mend;
   *   APIUserAbortError
   */
  ingest(input: IngestInput, options?: IngestOptions): Promise<IngestReport>;
  /**
   * What `ingest` would do with the files of patterns, one after the other, and does not do: to look at, or to
   * queue. Those that are unchanged are among them.
   */
  plan(patterns: string | readonly string[], options?: PlanOptions): AsyncIterable<IngestStep>;
  /**
   * Does one step of a plan, on this machine or another, with the same chunker and `convert`. Twice does no more
   * than once. @see `@polycall/rag/queue`
   * @throws what keeps the document from being read, converted, cut, embedded or stored
   */
  apply(step: IngestStep, options?: ApplyOptions): Promise<Applied>;
  /** Takes documents out, by their sources. */
  remove(sources: readonly string[]): Promise<void>;
  retriever(options?: RetrieverOptions): Retriever;
  /**
   * Answers from the documents. The question is condensed with the history for retrieval; the model gets it as
   * it was asked. With `stream: true` the text comes as it is written.
   * @throws InvalidRequestError without a model; what `completion()` throws
   */
  ask(question: string, options: AskOptions & { stream: true }): AnswerStream;
  ask(question: string, options?: AskOptions & { stream?: false }): Promise<Answer>;
  /** `ask`, as it is called elsewhere. */
  invoke(input: { question: string } & AskOptions): Promise<Answer>;
  /** A tool that finds passages, for agents. */
  asTool(options?: SearchToolOptions & { retrieval?: RetrieverOptions }): AnyTool;
  /** Closes the store. */
  close(): Promise<void>;
}

/** @throws InvalidRequestError for options that cannot be meant */
export function knowledgeBase(options: KnowledgeBaseOptions): KnowledgeBase {
  const { model, instructions, unknown = usualUnknown } = options;
  if (!options.embedding) {
    throw new InvalidRequestError(
      'knowledgeBase() needs an embedding: "openai/text-embedding-3-small", or an encoder.',
      { param: "embedding" },
    );
  }
  const { store = sqliteStore({ path: ".polycall/knowledge.sqlite" }) } = options;
  const { chunker = markdownChunker() } = options;
  const client = options.client ?? { completion };
  const encoder =
    typeof options.embedding === "string"
      ? encoderOf({
          model: options.embedding,
          ...(options.client && { client: options.client }),
        })
      : options.embedding;
  const words = wordsOf(store);
  let opening: Promise<unknown> | undefined;
  const open = () => {
    opening ??= openFor(store, encoder).catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const retrieverOf = (own?: RetrieverOptions): Retriever =>
    retriever({ store, words, encoder, open }, { ...options.retrieval, ...own });
  const usual = options.retriever ?? retrieverOf();
  const answering = (own?: RetrieverOptions) => {
    if (!model) {
      throw new InvalidRequestError(
        'This knowledge base has no model to answer with: knowledgeBase({ model: "provider/model", … }).',
        { param: "model" },
      );
    }
    const retriever = own ? retrieverOf(own) : usual;
    return { client, model, retriever, unknown, ...(instructions && { instructions }) };
  };
  function answer(question: string, call: AskOptions & { stream: true }): AnswerStream;
  function answer(question: string, call?: AskOptions & { stream?: false }): Promise<Answer>;
  function answer(
    question: string,
    { stream, retrieval, ...call }: AskOptions & { stream?: boolean } = {},
  ) {
    if (stream) return askStreaming(answering(retrieval), question, call);
    return (async () => ask(answering(retrieval), question, call))();
  }
  return {
    store,
    encoder,
    async ingest(input, settings = {}) {
      await open();
      try {
        return await ingest({ store, encoder, chunker }, input, settings);
      } finally {
        words.forget();
      }
    },
    async *plan(patterns, settings = {}) {
      await open();
      yield* plan({ store, chunker }, patterns, settings);
    },
    async apply(step, settings = {}) {
      await open();
      try {
        return await apply({ store, encoder, chunker }, step, settings);
      } finally {
        words.forget();
      }
    },
    async remove(sources) {
      await open();
      await store.remove(sources);
      words.forget();
    },
    retriever: retrieverOf,
    ask: answer,
    invoke: ({ question, ...call }) => answer(question, call),
    asTool: ({ retrieval, ...own } = {}) =>
      searchTool(retrieval ? retrieverOf(retrieval) : usual, own),
    close: () => store.close(),
  };
}

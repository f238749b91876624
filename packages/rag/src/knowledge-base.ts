/** `knowledgeBase()`: documents in, answers with citations out. */
import { type AnyTool, InvalidRequestError, type Message } from "@polycall/core";
import { type Encoder, encoder as encoderOf } from "@polycall/embeddings";
import { completion, explain, type PolycallClient } from "polycall";
import { sqliteStore } from "#sqlite";
import type { Answer } from "./answer/answer.ts";
import { type Asking, ask, askStreaming } from "./answer/ask.ts";
import { usualUnknown } from "./answer/known.ts";
import type { AnswerStream } from "./answer/streaming.ts";
import { type SearchToolOptions, searchTool } from "./answer/tool.ts";
import { checkedEncoder } from "./checked-encoder.ts";
import type { Chunker } from "./chunk.ts";
import { markdownChunker } from "./chunkers/markdown.ts";
import { estimate } from "./ingest/estimate.ts";
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
import { type CostEstimate, languageModel } from "./model/language-model.ts";
import {
  type AnswerPrompt,
  type AnswerTemplate,
  usualTemplate,
} from "./prompts/answer-template.ts";
import { TemplateError } from "./prompts/errors.ts";
import { rewriteQuery } from "./queries/rewrite.ts";
import type { QueryTechnique } from "./queries/technique.ts";
import { opener } from "./retrieval/indexed.ts";
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
  /**
   * What finds passages for answers and tools: techniques around the knowledge base's own retriever, as
   * `(own) => expandQueries(own, hyde({ model }))`, or a retriever of yours in its place.
   */
  retriever?: Retriever | ((own: Retriever) => Retriever);
  /**
   * What makes a question stand alone that leans on a conversation: `rewriteQuery()` with another model; false
   * where `retriever` looks at the conversation itself. Default: `rewriteQuery()` with `model`
   */
  rewrite?: QueryTechnique | false;
  /** What else the model is told: whom it speaks to, in which tone. */
  instructions?: string;
  /** What the model is told altogether. Default: the rules to answer from the passages, and to cite them */
  template?: AnswerTemplate;
  /** What it says where nothing fits. Default: "I do not know: the documents do not say." */
  unknown?: string;
  /** Default: polycall's own. */
  client?: Pick<PolycallClient, "completion" | "embedding">;
}

export interface AskOptions {
  /** The conversation before the question, oldest first. */
  history?: readonly Message[];
  /**
   * How the knowledge base's own retriever finds passages for this question; one of yours is not asked then.
   * Techniques around it give `k` of them, too.
   */
  retrieval?: RetrieverOptions;
  /** Values for slots of the template, for this question. */
  slots?: AnswerPrompt["slots"];
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
   * What the models that cut documents would cost in an `ingest`: of documents that it would leave alone, and of
   * questions whose replies are kept, nothing. Embeddings and pictures' captions are not among it.
   */
  estimate(input: IngestInput, options?: IngestOptions): Promise<CostEstimate>;
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
  /**
   * Says that another process has written to the store: where that cannot search by words itself, the next search
   * reads it anew.
   */
  refresh(): void;
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
  const { model, instructions, unknown = usualUnknown, template = usualTemplate } = options;
  if (!options.embedding) {
    throw new InvalidRequestError(
      'knowledgeBase() needs an embedding: "openai/text-embedding-3-small", or an encoder.',
      { param: "embedding" },
    );
  }
  if (instructions && !template.uses.includes("instructions")) {
    throw new TemplateError(
      template.name,
      "lacks {{instructions}}, and there are some: write them into it.",
      "instructions",
    );
  }
  const { store = sqliteStore({ path: ".polycall/knowledge.sqlite" }) } = options;
  const { chunker = markdownChunker() } = options;
  const client = options.client ?? { completion };
  const encoder = checkedEncoder(
    typeof options.embedding === "string"
      ? encoderOf({
          model: options.embedding,
          ...(options.client && { client: options.client }),
        })
      : options.embedding,
  );
  const words = wordsOf(store);
  const open = opener(store, encoder);
  const retrieverOf = (own?: RetrieverOptions): Retriever =>
    retriever({ store, words, encoder, open }, { ...options.retrieval, ...own });
  const around = options.retriever ?? ((own: Retriever) => own);
  const finding = (own?: RetrieverOptions): Retriever => {
    if (typeof around !== "function") return own ? retrieverOf(own) : around;
    const whole = around(retrieverOf(own));
    if (own?.k === undefined) return whole;
    const { k } = own;
    return { retrieve: (query, call) => whole.retrieve(query, { k, ...call }) };
  };
  const usual = finding();
  const { rewrite = model ? rewriteBy(model, client) : false } = options;
  const answering = (own?: RetrieverOptions, slots?: AskOptions["slots"]): Asking => {
    if (!model) {
      throw new InvalidRequestError(
        'This knowledge base has no model to answer with: knowledgeBase({ model: "provider/model", … }).',
        { param: "model" },
      );
    }
    const retriever = own ? finding(own) : usual;
    return {
      ...{ client, model, retriever, rewrite, unknown, template },
      ...(instructions && { instructions }),
      ...(slots && { slots }),
    };
  };
  function answer(question: string, call: AskOptions & { stream: true }): AnswerStream;
  function answer(question: string, call?: AskOptions & { stream?: false }): Promise<Answer>;
  function answer(
    question: string,
    { stream, retrieval, slots, ...call }: AskOptions & { stream?: boolean } = {},
  ) {
    if (stream) return askStreaming(answering(retrieval, slots), question, call);
    return (async () => ask(answering(retrieval, slots), question, call))();
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
    async estimate(input, settings = {}) {
      await open();
      return estimate({ store, chunker }, input, settings);
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
    refresh: () => words.forget(),
    async remove(sources) {
      await open();
      await store.remove(sources);
      words.forget();
    },
    retriever: retrieverOf,
    ask: answer,
    invoke: ({ question, ...call }) => answer(question, call),
    asTool: ({ retrieval, ...own } = {}) => searchTool(retrieval ? finding(retrieval) : usual, own),
    close: () => store.close(),
  };
}

/** As many at once as questions come: they wait for no turn. */
const unbounded = Number.MAX_SAFE_INTEGER;

const rewriteBy = (model: string, client: Pick<PolycallClient, "completion">) =>
  rewriteQuery({
    model: languageModel({ model, client: { explain, ...client }, concurrency: unbounded }),
  });

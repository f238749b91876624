/** A loaded model that reads a query and a document together, and says how well they fit. */
import { ContextWindowExceededError, UnsupportedParamsError } from "@polycall/core";
import { closeRow } from "./close.ts";
import { found, type ModelOptions } from "./load.ts";
import type { ReadFile } from "./settings.ts";
import type { Model, Tokenizer } from "./transformers.ts";
import { type Turns, turnsOf } from "./turns.ts";

export interface Scored {
  /** One for each document, in their order. */
  scores: number[];
  tokens: number;
}

/** Pairs that the model reads together. */
const batchSize = 16;

export class CrossEncoder {
  readonly #name: string;
  readonly #tokenizer: Tokenizer;
  readonly #model: Model;
  /** Tokens of a pair, those that the tokenizer adds among them. */
  readonly #max: number;
  readonly #activate: (logit: number) => number;
  readonly #turns: Turns;

  private constructor(
    name: string,
    loaded: { tokenizer: Tokenizer; model: Model },
    settings: Settings,
  ) {
    this.#name = name;
    this.#tokenizer = loaded.tokenizer;
    this.#model = loaded.model;
    this.#max = Math.min(loaded.tokenizer.model_max_length ?? Infinity, settings.maxLength);
    this.#activate = settings.activate;
    this.#turns = turnsOf(name);
  }

  /** @throws NotFoundError where the model's files are not there; InvalidRequestError without transformers.js */
  static async load(name: string, options: ModelOptions): Promise<CrossEncoder> {
    const { read, load } = await found(name, options);
    const settings = await settingsOf(read);
    return new CrossEncoder(name, await load("AutoModelForSequenceClassification"), settings);
  }

  /**
   * A document is cut to what the model reads beside the query.
   * @param most tokens of a document that are read, where that is less
   * @throws ContextWindowExceededError for a query that leaves no room; UnsupportedParamsError for a model
   *   that gives no score
   */
  async score(
    query: string,
    documents: readonly string[],
    most = Infinity,
    signal?: AbortSignal,
  ): Promise<Scored> {
    // A pair whose second text is empty is taken for one text alone.
    const one = this.#tokenizer.encode("a", { add_special_tokens: false }).length;
    const asked = this.#tokenizer.encode(query, { text_pair: "a" }).length - one;
    if (asked >= this.#max) throw this.#tooLong(asked);
    const max = Math.min(this.#max, asked + most);
    const pairs = documents
      .map((text, index) => {
        const { length } = this.#tokenizer.encode(query, { text_pair: text });
        return { text, index, length };
      })
      // Those of a length together: less is filled up.
      .sort((a, b) => a.length - b.length);
    const scores = new Array<number>(documents.length);
    for (let at = 0; at < pairs.length; at += batchSize) {
      signal?.throwIfAborted();
      const batch = pairs.slice(at, at + batchSize);
      const some = await this.#turns.run(() => this.#scoreBatch(query, batch, max));
      for (const [i, { index }] of batch.entries()) scores[index] = some[i]!;
    }
    const tokens = pairs.reduce((sum, { length }) => sum + Math.min(length, max), 0);
    return { scores, tokens };
  }

  async #scoreBatch(
    query: string,
    batch: readonly { text: string; length: number }[],
    max: number,
  ): Promise<number[]> {
    const tokens = this.#tokenizer(
      batch.map(() => query),
      {
        text_pair: batch.map(({ text }) => text),
        padding: true,
        truncation: true,
        ...(Number.isFinite(max) && { max_length: max }),
      },
    );
    for (const [row, { length }] of batch.entries()) {
      if (length > max) closeRow(this.#tokenizer, tokens, row);
    }
    const { logits } = await this.#model(tokens);
    if (logits?.dims.length !== 2 || logits.dims[1] !== 1) {
      throw this.#noScore(logits ? `${logits.dims[1]} labels` : "no logits");
    }
    return batch.map((_, row) => this.#activate(Number(logits.data[row])));
  }

  #tooLong(count: number): ContextWindowExceededError {
    const what = `query is ${count} tokens, and local/${this.#name} takes ${this.#max} with a document.`;
    return new ContextWindowExceededError(what, { ...this.#who, param: "query" });
  }

  #noScore(what: string): UnsupportedParamsError {
    const message = `local/${this.#name} gives ${what} for a document, not one score. Choose a cross-encoder.`;
    return new UnsupportedParamsError(message, { ...this.#who, param: "model" });
  }

  get #who() {
    return { provider: "local", model: this.#name };
  }

  async dispose(): Promise<void> {
    await this.#turns.idle();
    await this.#model.dispose();
  }
}

interface Settings {
  maxLength: number;
  activate: (logit: number) => number;
}

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
const identity = (logit: number) => logit;

/**
 * sentence-transformers' own: what a cross-encoder's score becomes, else the sigmoid.
 * @see https://sbert.net/docs/package_reference/cross_encoder/cross_encoder.html
 */
async function settingsOf(read: ReadFile): Promise<Settings> {
  const config = ((await read("config.json")) ?? {}) as {
    max_position_embeddings?: unknown;
    model_type?: unknown;
    sentence_transformers?: { activation_fn?: unknown };
    sbert_ce_default_activation_function?: unknown;
  };
  const said =
    config.sentence_transformers?.activation_fn ?? config.sbert_ce_default_activation_function;
  const positions = config.max_position_embeddings;
  // RoBERTa counts positions from behind the padding's.
  const unused = /roberta/.test(String(config.model_type)) ? 2 : 0;
  return {
    maxLength: typeof positions === "number" ? positions - unused : Infinity,
    activate: /\bIdentity$/.test(String(said)) ? identity : sigmoid,
  };
}

/** A loaded model: texts to vectors, one batch at a time. */
import { ContextWindowExceededError, UnsupportedParamsError } from "@polycall/core";
import { closeRow } from "./close.ts";
import { found, type ModelOptions } from "./load.ts";
import { finish, type Pooling, pool, rowsOf } from "./pooling.ts";
import { type Settings, settingsOf } from "./settings.ts";
import type { Model, Tokenizer } from "./transformers.ts";
import { type Turns, turnsOf } from "./turns.ts";

export interface Asked {
  texts: readonly string[];
  role?: "document" | "query";
  dimensions?: number;
  /** Over what the model's own files say. */
  pooling?: Pooling;
  normalize?: boolean;
  /** Cuts a text that is too long; else it is an error. */
  truncate?: boolean;
}

export interface Encoded {
  vectors: Float32Array[];
  tokens: number;
}

export class Runner {
  readonly #name: string;
  readonly #tokenizer: Tokenizer;
  readonly #model: Model;
  readonly #settings: Settings;
  readonly #turns: Turns;

  private constructor(name: string, tokenizer: Tokenizer, model: Model, settings: Settings) {
    this.#name = name;
    this.#tokenizer = tokenizer;
    this.#model = model;
    this.#settings = settings;
    this.#turns = turnsOf(name);
  }

  /** @throws NotFoundError where the model's files are not there; InvalidRequestError without transformers.js */
  static async load(name: string, options: ModelOptions): Promise<Runner> {
    const { read, load } = await found(name, options);
    const settings = await settingsOf(name, read);
    const { tokenizer, model } = await load("AutoModel");
    return new Runner(name, tokenizer, model, settings);
  }

  /**
   * @throws ContextWindowExceededError for a text that is too long; UnsupportedParamsError for more
   *   dimensions than it has
   */
  encode(asked: Asked): Promise<Encoded> {
    return this.#turns.run(() => this.#encode(asked));
  }

  async #encode(asked: Asked): Promise<Encoded> {
    const { texts, role, dimensions, truncate = false } = asked;
    const { prompts, maxLength = Infinity } = this.#settings;
    const { pooling = this.#settings.pooling, normalize = this.#settings.normalize } = asked;
    const max = Math.min(maxLength, this.#tokenizer.model_max_length ?? Infinity);
    const whole = texts.map((text) => prompts[role ?? "none"] + text);
    const counts = whole.map((text) => this.#tokenizer.encode(text).length);
    const tooLong = truncate ? -1 : counts.findIndex((count) => count > max);
    if (tooLong >= 0) throw this.#tooLong(tooLong, counts[tooLong]!, max);
    const tokens = this.#tokenizer(whole, {
      padding: true,
      truncation: true,
      ...(Number.isFinite(max) && { max_length: max }),
    });
    for (const [text, count] of counts.entries())
      if (count > max) closeRow(this.#tokenizer, tokens, text);
    const outputs = await this.#model(tokens);
    const sentence = outputs.sentence_embedding;
    const states = outputs.last_hidden_state ?? outputs.token_embeddings ?? outputs.logits;
    if (!sentence && states?.dims.length !== 3) throw this.#noEmbeddings(Object.keys(outputs));
    const pooled =
      sentence && asked.pooling === undefined
        ? rowsOf(sentence)
        : pool(states!, tokens.attention_mask, pooling);
    const [{ length = 0 } = {}] = pooled;
    if (dimensions && dimensions > length) throw this.#tooWide(dimensions, length);
    return {
      vectors: pooled.map((vector) => finish(vector, dimensions, normalize)),
      tokens: counts.reduce((sum, count) => sum + Math.min(count, max), 0),
    };
  }

  #tooLong(index: number, count: number, max: number): ContextWindowExceededError {
    const what = `input[${index}] is ${count} tokens, and local/${this.#name} takes ${max}.`;
    const instead = "Cut it into chunks, or say extra_body: { truncate: true }.";
    const param = `input[${index}]`;
    return new ContextWindowExceededError(`${what} ${instead}`, { ...this.#who, param });
  }

  #tooWide(dimensions: number, length: number): UnsupportedParamsError {
    const message = `local/${this.#name} has ${length} dimensions, not ${dimensions}.`;
    return new UnsupportedParamsError(message, { ...this.#who, param: "dimensions" });
  }

  #noEmbeddings(outputs: readonly string[]): UnsupportedParamsError {
    const message = `local/${this.#name} gives no embeddings, but ${outputs.join(", ")}.`;
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

/** A loaded model: texts to vectors, one batch at a time. */
import {
  ContextWindowExceededError,
  NotFoundError,
  PolycallError,
  UnsupportedParamsError,
} from "@polycall/core";
import { folderOf } from "#node";
import { filesOf } from "./files.ts";
import { finish, type Pooling, pool, rowsOf } from "./pooling.ts";
import { type Settings, settingsOf } from "./settings.ts";
import {
  type LoadOptions,
  loadTransformers,
  type Model,
  type Tokenizer,
  type Tokens,
} from "./transformers.ts";

export interface ModelOptions {
  /** A folder of models: MODELPATH/OWNER/NAME. Default: transformers.js' own `env.localModelPath`. */
  modelPath?: string;
  /** Nothing is fetched. */
  offline?: boolean;
  /** Of the weights, "fp32", "q8", …; default: transformers.js' own. */
  dtype?: string;
  device?: string;
  /** A branch, tag or commit on the hub. Default "main". */
  revision?: string;
}

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
  /** The batch under way: the runtime uses every core for one. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(name: string, tokenizer: Tokenizer, model: Model, settings: Settings) {
    this.#name = name;
    this.#tokenizer = tokenizer;
    this.#model = model;
    this.#settings = settings;
  }

  /** @throws NotFoundError where the model's files are not there; InvalidRequestError without transformers.js */
  static async load(name: string, options: ModelOptions): Promise<Runner> {
    const { modelPath, offline = false, dtype, device, revision = "main" } = options;
    const transformers = await loadTransformers();
    const folder = modelPath === undefined ? undefined : await folderOf(modelPath, name);
    const id = folder ?? name;
    const read = filesOf(id, folder !== undefined, transformers, { offline, revision });
    const settings = await settingsOf(name, read);
    const how: LoadOptions = {
      ...(dtype && { dtype }),
      ...(device && { device }),
      revision,
      local_files_only: offline || folder !== undefined,
    };
    try {
      const tokenizer = await transformers.AutoTokenizer.from_pretrained(id, how);
      const model = await transformers.AutoModel.from_pretrained(id, how);
      return new Runner(name, tokenizer, model, settings);
    } catch (cause) {
      const where =
        folder ?? (modelPath ? `${modelPath}, nor elsewhere` : "this machine or the hub");
      throw new NotFoundError(
        `local/${name} cannot be loaded from ${where}: ${(cause as Error).message}`,
        { provider: "local", model: name, cause },
      );
    }
  }

  /**
   * @throws ContextWindowExceededError for a text that is too long; UnsupportedParamsError for more
   *   dimensions than it has
   */
  encode(asked: Asked): Promise<Encoded> {
    const next = this.#last
      .then(() => this.#encode(asked))
      .catch((error: unknown) => {
        if (error instanceof PolycallError) throw error;
        // Not a connection's failure: another try would end in the same way.
        const message = `local/${this.#name}: ${(error as Error).message}`;
        throw new PolycallError(message, { ...this.#who, cause: error });
      });
    this.#last = next.catch(() => {});
    return next;
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
    for (const [text, count] of counts.entries()) if (count > max) this.#close(tokens, text);
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

  /** transformers.js cuts the closing token off with the rest (4.3.1); the model was trained with it. */
  #close({ input_ids, attention_mask }: Tokens, text: number): void {
    const [, length = 0] = input_ids.dims;
    const whole = this.#tokenizer.encode("a").at(-1);
    if (whole === this.#tokenizer.encode("a", { add_special_tokens: false }).at(-1)) return;
    const start = text * length;
    let last = start + length - 1;
    while (last > start && !Number(attention_mask.data[last])) last--;
    input_ids.data[last] = BigInt(whole!);
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
    await this.#last;
    await this.#model.dispose();
  }
}

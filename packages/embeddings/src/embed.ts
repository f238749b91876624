/** `embed()`: texts to vectors, in batches, several at once, through a cache, checked. */
import { APIResponseValidationError, APIUserAbortError, type Change } from "@polycall/core";
import { batchesOf, type Waiting } from "./batches.ts";
import { type EmbeddingCache, keyOf } from "./cache.ts";
import { checkNumber, checkTexts, checkVectors } from "./check.ts";
import { cutTo, type Estimate, estimatorOf } from "./estimate.ts";
import { send, tooLong } from "./send.ts";
import { type Source, type SourceOptions, sourceOf } from "./source.ts";

export interface EmbedProgress {
  /** Texts that have their vector. */
  done: number;
  total: number;
  /** Of them, from the cache. */
  cached: number;
}

export interface EmbedOptions extends SourceOptions {
  /** Vectors that are there already are not asked for again. */
  cache?: EmbeddingCache;
  /** Requests at a time. Default 4. */
  concurrency?: number;
  /** Texts of a request at most, where that is less than the service allows. */
  batchSize?: number;
  /** Cuts a text that is too long for the model, at its end; `reply.truncated` says which. Default: an error. */
  truncate?: boolean;
  /** Called after the cache was asked, and after each batch. */
  onProgress?: (progress: EmbedProgress) => void;
}

export interface EmbedReply {
  /** One for each text, in their order. */
  vectors: Float32Array[];
  model: string;
  /** Length of each vector; 0 where there was no text. */
  dimensions: number;
  /** Of all requests; absent where one did not say. */
  usage?: { prompt_tokens: number; total_tokens: number };
  /** Dollars, of all requests; absent where it is not known. */
  cost?: number;
  /** Texts whose vectors the cache had. */
  cached: number;
  /** Indexes of the texts that were cut. */
  truncated: number[];
  requests: number;
  /** What was changed so that this model could take the requests. */
  warnings: Change[];
}

/**
 * Vectors for texts, in their order. Batches keep within what the service takes by count and by tokens;
 * one that fails is tried again alone, and what came before it stays in the cache.
 *
 * @throws InvalidRequestError for a text that is empty; ContextWindowExceededError naming the text that
 *   is too long; APIResponseValidationError for vectors that are none; the family under PolycallError
 */
export async function embed(texts: readonly string[], options: EmbedOptions): Promise<EmbedReply> {
  checkTexts(texts);
  for (const name of ["dimensions", "concurrency", "batchSize"] as const) {
    checkNumber(options[name], name);
  }
  const run = new Embedding(texts, options);
  return run.reply();
}

class Embedding {
  readonly #texts: readonly string[];
  readonly #options: EmbedOptions;
  readonly #source: Source;
  readonly #vectors: Float32Array[];
  readonly #truncated = new Set<number>();
  readonly #warnings: Change[] = [];
  #usage: { prompt_tokens: number; total_tokens: number } | undefined = {
    prompt_tokens: 0,
    total_tokens: 0,
  };
  #cost: number | undefined = 0;
  #requests = 0;
  #done = 0;
  #cached = 0;
  #dimensions: number | undefined;

  constructor(texts: readonly string[], options: EmbedOptions) {
    this.#texts = texts;
    this.#options = options;
    this.#source = sourceOf(options);
    this.#vectors = new Array(texts.length);
    const { model } = options;
    this.#dimensions =
      options.dimensions ?? (typeof model === "object" ? model.dimensions : undefined);
  }

  async reply(): Promise<EmbedReply> {
    const estimate = await estimatorOf(this.#source.model);
    const waiting = await this.#withoutCached(await this.#waiting(estimate));
    if (this.#texts.length) this.#tell();
    const { limits } = this.#source;
    const inputs = Math.min(limits.inputs ?? Infinity, this.#options.batchSize ?? Infinity);
    await this.#all(batchesOf(waiting, { ...limits, inputs }), estimate);
    const { model } = this.#source;
    return {
      vectors: this.#vectors,
      model,
      dimensions: this.#dimensions ?? 0,
      ...(this.#usage && { usage: this.#usage }),
      ...(this.#cost !== undefined && { cost: this.#cost }),
      cached: this.#cached,
      truncated: [...this.#truncated].sort((a, b) => a - b),
      requests: this.#requests,
      warnings: this.#warnings,
    };
  }

  /** Each text once, as it is sent. */
  async #waiting(estimate: Estimate): Promise<Map<string, Waiting>> {
    const { limits, telling, model } = this.#source;
    const { dimensions, extra_body, cache, truncate } = this.#options;
    const parts = { model, dimensions, role: telling.role, extra_body };
    const waiting = new Map<string, Waiting>();
    for (const [i, given] of this.#texts.entries()) {
      let text = telling.prefix + given;
      const known = waiting.get(text);
      if (known) {
        known.places.push(i);
        if (this.#truncated.has(known.places[0]!)) this.#truncated.add(i);
        continue;
      }
      let tokens = estimate(text);
      const whole = text;
      if (limits.textTokens && tokens > limits.textTokens) {
        if (truncate) {
          text = cutTo(text, limits.textTokens, estimate);
          tokens = estimate(text);
          this.#truncated.add(i);
        } else if (limits.cutsInSilence) {
          throw tooLong(model, i, tokens, limits.textTokens);
        }
      }
      const key = cache ? await keyOf(parts, text) : "";
      waiting.set(whole, { key, text, tokens, places: [i] });
    }
    return waiting;
  }

  async #withoutCached(all: Map<string, Waiting>): Promise<Waiting[]> {
    const waiting = [...all.values()];
    const { cache } = this.#options;
    if (!cache || !waiting.length) return waiting;
    const found = await cache.get(waiting.map(({ key }) => key));
    return waiting.filter((one, i) => {
      const vector = found[i];
      if (!vector?.length) return true;
      this.#place(one, vector);
      this.#cached += one.places.length;
      return false;
    });
  }

  /** Several batches at a time. The first that fails for good ends the run; those under way are kept. */
  async #all(batches: readonly Waiting[][], estimate: Estimate): Promise<void> {
    const { concurrency = 4, signal } = this.#options;
    let next = 0;
    let failed = false;
    const work = async () => {
      for (let batch = batches[next++]; batch && !failed; batch = batches[next++]) {
        try {
          if (signal?.aborted) throw new APIUserAbortError(undefined, { cause: signal.reason });
          await this.#batch(batch, estimate);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    };
    const workers = Array.from({ length: Math.min(concurrency, batches.length) }, work);
    const ends = await Promise.allSettled(workers);
    const broken = ends.find((end) => end.status === "rejected");
    if (broken) throw broken.reason;
  }

  async #batch(batch: readonly Waiting[], estimate: Estimate): Promise<void> {
    const { cache, truncate } = this.#options;
    await send(this.#source, batch, { truncate, estimate }, async (part, answer, cut) => {
      this.#requests++;
      checkVectors(this.#source.model, answer.vectors, part.length, this.#dimensions);
      this.#count(answer);
      for (const [i, one] of part.entries()) this.#place(one, answer.vectors[i]!);
      if (cut) for (const place of part[0]!.places) this.#truncated.add(place);
      // A text that was cut until it was taken has the key of the whole.
      else await cache?.set(part.map(({ key }, i) => [key, answer.vectors[i]!]));
      this.#tell();
    });
  }

  #count({ usage, cost, warnings }: Awaited<ReturnType<Source["ask"]>>): void {
    this.#usage =
      usage && this.#usage
        ? {
            prompt_tokens: this.#usage.prompt_tokens + usage.prompt_tokens,
            total_tokens: this.#usage.total_tokens + usage.total_tokens,
          }
        : undefined;
    this.#cost = cost === undefined || this.#cost === undefined ? undefined : this.#cost + cost;
    for (const one of warnings) {
      if (
        !this.#warnings.some(({ param, reason }) => param === one.param && reason === one.reason)
      ) {
        this.#warnings.push(one);
      }
    }
  }

  #place({ places }: Waiting, vector: Float32Array): void {
    this.#dimensions ??= vector.length;
    if (vector.length !== this.#dimensions) {
      const { model } = this.#source;
      throw new APIResponseValidationError(
        `${model}: vectors of ${vector.length} and ${this.#dimensions} dimensions. Has the model behind the name changed since the cache was filled?`,
        { model },
      );
    }
    for (const [nth, place] of places.entries()) {
      this.#vectors[place] = nth ? vector.slice() : vector;
    }
    this.#done += places.length;
  }

  #tell(): void {
    const { onProgress } = this.#options;
    onProgress?.({ done: this.#done, total: this.#texts.length, cached: this.#cached });
  }
}

/** Texts by the vectors of one encoder, searched exactly: what comparisons of encoders and chunkers ask. */
import {
  type EmbeddingCache,
  type EmbeddingClient,
  type EmbedReply,
  type Encoder,
  embed,
  nearest,
} from "@polycall/embeddings";
import { embedding } from "polycall";
import type { Retrieve } from "./ask-all.ts";

export interface VectorOptions {
  /** Vectors that are there already are not asked for again, and not timed. */
  cache?: EmbeddingCache;
  /** Default: polycall's own. */
  client?: EmbeddingClient;
  /** Requests at a time while texts are embedded. Default: 4 */
  concurrency?: number;
  signal?: AbortSignal;
}

export interface VectorIndex {
  retrieve: Retrieve;
  /** Of the texts. */
  reply: EmbedReply;
  /** ms from the first request for their vectors to the last reply. */
  ms: number;
  /** Texts that are blank: no model takes them, nothing finds them. */
  blank: number;
  /** Of the queries so far: ms of each that was not in the cache, and dollars, undefined where unknown. */
  asked: { times: number[]; cost: number | undefined };
}

export async function vectorIndex(
  texts: readonly { id: string; text: string }[],
  model: string | Encoder,
  options: VectorOptions = {},
): Promise<VectorIndex> {
  const { cache, client = { embedding }, concurrency, signal } = options;
  const clock = new Clock();
  const given = {
    ...clock.around(model, client),
    ...(cache && { cache }),
    ...(concurrency && { concurrency }),
    ...(signal && { signal }),
  };
  const full = texts.filter(({ text }) => text.trim());
  const reply = await embed(
    full.map(({ text }) => text),
    { ...given, role: "document" },
  );
  const ms = clock.take();
  const asked: VectorIndex["asked"] = { times: [], cost: 0 };
  return {
    ...{ reply, ms, asked },
    blank: texts.length - full.length,
    async retrieve(query, { k, signal }) {
      const one = await embed([query], { ...given, role: "query", ...(signal && { signal }) });
      if (!one.cached) asked.times.push(clock.take());
      asked.cost =
        asked.cost === undefined || one.cost === undefined ? undefined : asked.cost + one.cost;
      // A query of unknown words is a vector of zeros, to which nothing is near.
      const near = nearest(one.vectors[0]!, reply.vectors, { k });
      return near
        .filter(({ score }) => score !== 0)
        .map(({ index, score }) => ({ id: full[index]!.id, score }));
    },
  };
}

/** From the first request to the last reply: what comes before, such as reading prices, is no part of it. */
class Clock {
  #first: number | undefined;
  #last = 0;

  /** What is asked, watched. */
  around(model: string | Encoder, client: EmbeddingClient) {
    const watched = async <T>(ask: () => Promise<T>): Promise<T> => {
      this.#first ??= performance.now();
      try {
        return await ask();
      } finally {
        this.#last = performance.now();
      }
    };
    if (typeof model === "string") {
      const embedding: EmbeddingClient["embedding"] = (input) =>
        watched(() => client.embedding(input));
      return { model, client: { embedding } };
    }
    const { dimensions } = model;
    const encoder: Encoder = {
      model: model.model,
      ...(dimensions && { dimensions }),
      encode: (texts, options) => watched(() => model.encode(texts, options)),
    };
    return { model: encoder };
  }

  take(): number {
    const ms = this.#first === undefined ? 0 : this.#last - this.#first;
    this.#first = undefined;
    return ms;
  }
}

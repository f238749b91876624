/** Texts by the vectors of one encoder, searched exactly: what comparisons of encoders and chunkers ask. */
import {
  type EmbeddingCache,
  type EmbeddingClient,
  type EmbedReply,
  type Encoder,
  embed,
  nearest,
} from "@polycall/embeddings";
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
  /** ms that embedding them took. */
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
  const { cache, client, concurrency, signal } = options;
  const given = {
    model,
    ...(cache && { cache }),
    ...(client && { client }),
    ...(concurrency && { concurrency }),
    ...(signal && { signal }),
  };
  const full = texts.filter(({ text }) => text.trim());
  const begun = performance.now();
  const reply = await embed(
    full.map(({ text }) => text),
    { ...given, role: "document" },
  );
  const ms = performance.now() - begun;
  const asked: VectorIndex["asked"] = { times: [], cost: 0 };
  return {
    ...{ reply, ms, asked },
    blank: texts.length - full.length,
    async retrieve(query, { k, signal }) {
      const begun = performance.now();
      const one = await embed([query], { ...given, role: "query", ...(signal && { signal }) });
      if (!one.cached) asked.times.push(performance.now() - begun);
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

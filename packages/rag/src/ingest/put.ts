/** Documents that are ready, embedded and stored: small ones share a request, and none fails for its neighbour. */
import {
  APIResponseValidationError,
  BadRequestError,
  InvalidRequestError,
  UnprocessableEntityError,
} from "@polycall/core";
import type { Encoder } from "@polycall/embeddings";
import type { Chunker } from "../chunk.ts";
import { isNotInstalled } from "../optional.ts";
import type { Store } from "../stores/store.ts";
import type { Ready } from "./prepare.ts";

export interface IngestTarget {
  store: Store;
  encoder: Encoder;
  chunker: Chunker;
}

/**
 * One after the other, as they are stored.
 * @throws what no other document would fare better with
 */
export async function* putAll(
  target: IngestTarget,
  group: readonly Ready[],
  signal: AbortSignal,
): AsyncGenerator<{ one: Ready; error?: Error }> {
  let vectors: Float32Array[] | undefined;
  try {
    if (group.length > 1) vectors = await vectorsOf(target, group, signal);
  } catch (error) {
    // One text that the model does not take must not hold up its neighbours.
    if (!isOfTheText(error)) throw error;
  }
  let from = 0;
  for (const one of group) {
    const own = vectors?.slice(from, from + one.chunks.length);
    from += one.chunks.length;
    try {
      await put(target, one, own, signal);
      yield { one };
    } catch (error) {
      if (!isOfTheText(error)) throw error;
      yield { one, error };
    }
  }
}

/** Embeds the document, unless it was, and stores it. */
export async function put(
  target: IngestTarget,
  one: Ready,
  vectors: readonly Float32Array[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  const own = vectors ?? (await vectorsOf(target, [one], signal));
  const embedded = one.chunks.map((chunk, i) => ({ chunk, vector: own[i]! }));
  await target.store.replace(one.source, one.hash, embedded, { signal });
}

async function vectorsOf(
  { encoder }: IngestTarget,
  group: readonly Ready[],
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const texts = group.flatMap(({ chunks }) => chunks.map(({ text }) => text));
  return texts.length === 0 ? [] : encoder.encode(texts, { role: "document", signal });
}

/** What the text may be to blame for: too long, refused, without a vector. */
export function isOfTheText(error: unknown): error is Error {
  if (isNotInstalled(error)) return false;
  return (
    error instanceof InvalidRequestError ||
    error instanceof BadRequestError ||
    error instanceof UnprocessableEntityError ||
    error instanceof APIResponseValidationError
  );
}

/** Chunks with what made their vectors: what a technique over a whole corpus works on. */
import type { Encoder } from "@polycall/embeddings";
import { rereading } from "../rereading.ts";
import { checkAborted } from "../stores/errors.ts";
import type { IndexDescription, Store, StoredChunk } from "../stores/store.ts";

/** A knowledge base is one. */
export interface Indexed {
  readonly store: Store;
  /** What made the vectors of the store. */
  readonly encoder: Encoder;
}

/**
 * Opens a store for what an encoder makes. One that does not say how long its vectors are is asked for one.
 * @throws IndexMismatchError, StoreError, what the encoder throws
 */
export async function openFor(store: Store, encoder: Encoder): Promise<IndexDescription> {
  const { model } = encoder;
  let { dimensions } = encoder;
  if (dimensions === undefined) {
    const [vector] = await encoder.encode(["dimensions"], { role: "document" });
    dimensions = vector!.length;
  }
  await store.open({ model, dimensions });
  return { model, dimensions };
}

/** Opens once, at the first call, and anew where that failed. */
export const opener = (store: Store, encoder: Encoder): (() => Promise<IndexDescription>) =>
  rereading(() => openFor(store, encoder)).current;

/** No database refuses so many. Of those that refuse more, what is beyond is embedded anew. */
const always = 10_000;

/**
 * The vectors of chunks of a few sources: those that the store has, so that nothing is embedded twice; what it
 * does not give is embedded.
 */
export async function vectorsOf(
  { store, encoder }: Indexed,
  { dimensions }: IndexDescription,
  chunks: readonly StoredChunk[],
  signal?: AbortSignal,
): Promise<Map<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>();
  if (chunks.length === 0) return vectors;
  const sources = [...new Set(chunks.map(({ source }) => source))];
  const all = (k: number) =>
    store.searchVector(new Float32Array(dimensions).fill(1), {
      ...{ k, filter: { source: { $in: sources } }, vectors: true },
      ...(signal && { signal }),
    });
  const hits =
    chunks.length > always ? await all(chunks.length).catch(() => all(always)) : await all(always);
  const given = new Map(hits.map(({ chunk, vector }) => [chunk.id, vector]));
  const missing = chunks.filter(({ id }) => !given.get(id));
  const made = missing.length
    ? await encoder.encode(
        missing.map(({ text }) => text),
        { role: "document", ...(signal && { signal }) },
      )
    : [];
  for (const { id } of chunks) if (given.get(id)) vectors.set(id, given.get(id)!);
  for (const [i, { id }] of missing.entries()) vectors.set(id, made[i]!);
  return vectors;
}

/** Chunks whose vectors are read together. */
const readAtOnce = 500;

/**
 * The same of any number of chunks, some sources at a time.
 * @param chunks those of a source one after the other
 */
export async function allVectors(
  of: Indexed,
  index: IndexDescription,
  chunks: readonly StoredChunk[],
  signal: AbortSignal | undefined,
): Promise<Map<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>();
  for (let from = 0, to = 0; from < chunks.length; from = to) {
    checkAborted(signal);
    // Whole sources, some together.
    do {
      const { source } = chunks[to]!;
      while (chunks[to]?.source === source) to++;
    } while (to < chunks.length && to - from < readAtOnce);
    const some = await vectorsOf(of, index, chunks.slice(from, to), signal);
    for (const [id, vector] of some) vectors.set(id, vector);
  }
  return vectors;
}

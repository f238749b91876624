/** What turns texts into vectors: a model by its string, word vectors, or a function of the user's own. */

/** What a text is for. Many models embed a question otherwise than the passage that answers it. */
export type EmbeddingRole = "document" | "query";

export interface EncodeOptions {
  role?: EmbeddingRole;
  signal?: AbortSignal;
}

/**
 * Turns texts into vectors. An index remembers `model` and `dimensions`, and refuses vectors of another,
 * so that two encoders of the same name must give the same vectors.
 */
export interface Encoder {
  /** What names it, "provider/model" where it is one. */
  readonly model: string;
  /** Length of each vector; absent where only the first reply tells. */
  readonly dimensions?: number;
  /** One vector for each text, in their order. Vectors need not be of length 1. */
  encode(texts: readonly string[], options?: EncodeOptions): Promise<Float32Array[]>;
}

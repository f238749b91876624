/** Texts to vectors, and what to do with them. */

export type {
  MmrOptions,
  NearestOptions,
  Neighbour,
  Vector,
  Vectors,
} from "./arithmetic.ts";
export { analogy, centroid, cosine, dot, mmr, nearest, norm, normalize } from "./arithmetic.ts";
export type { EncoderOptions } from "./bound.ts";
export { encoder } from "./bound.ts";
export type { EmbeddingCache, MemoryCacheOptions } from "./cache.ts";
export { memoryCache } from "./cache.ts";
export { checkVectors } from "./check.ts";
export { digest } from "./digest.ts";
export type { EmbedOptions, EmbedProgress, EmbedReply } from "./embed.ts";
export { embed } from "./embed.ts";
export type { EmbeddingRole, EncodeOptions, Encoder } from "./encoder.ts";
export { DimensionError, VectorFileError } from "./errors.ts";
export type { Prefixes } from "./families.ts";
export type { FileCache, FileCacheOptions } from "./file-cache.ts";
export { fileCache } from "./file-cache.ts";
export type { ComponentsOptions } from "./projection/components.ts";
export { principalComponents } from "./projection/components.ts";
export type { EmbeddingClient } from "./source.ts";
export { TopK } from "./top-k.ts";
export type {
  LoadOptions,
  SimilarOptions,
  SimilarWord,
  WordVectors,
  WordWeight,
} from "./words/word-vectors.ts";
export { inverseFrequency, wordVectors } from "./words/word-vectors.ts";

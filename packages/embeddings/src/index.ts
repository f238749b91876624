/** Texts to vectors, and what to do with them. */
export type { EncoderOptions } from "./bound.ts";
export { encoder } from "./bound.ts";
export type { EmbeddingCache, MemoryCacheOptions } from "./cache.ts";
export { memoryCache } from "./cache.ts";
export type { EmbedOptions, EmbedProgress, EmbedReply } from "./embed.ts";
export { embed } from "./embed.ts";
export type { EmbeddingRole, EncodeOptions, Encoder } from "./encoder.ts";
export type { Prefixes } from "./families.ts";
export type { EmbeddingClient } from "./source.ts";

/** Texts to vectors, and what to do with them. */
export type { EmbeddingRole, EncodeOptions, Encoder } from "./encoder.ts";

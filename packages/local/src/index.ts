/** Models that run in this process: embeddings, rerankers. */
export type { ModelOptions } from "./load.ts";
export type { Pooling } from "./pooling.ts";
export type { LocalProvider } from "./provider.ts";
export { createLocal, local } from "./provider.ts";

/** Models that run in this process: embeddings. */
export type { Pooling } from "./pooling.ts";
export type { LocalProvider } from "./provider.ts";
export { createLocal, local } from "./provider.ts";
export type { ModelOptions } from "./runner.ts";

/** Recorded calls of /chat/completions and /embeddings that this package's tests leave out, and why. */
export const leftOut: readonly { file: RegExp; reason: string }[] = [];

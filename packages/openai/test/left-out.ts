/** Recorded calls of /chat/completions and /embeddings that this package's tests leave out, and why. */
export const leftOut: readonly { file: RegExp; reason: string }[] = [
  {
    file: /^voyageai\//,
    reason: "Voyage's embeddings API is its own (input_type, output_dimension); no row speaks it",
  },
];

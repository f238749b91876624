/** An encoder whose every answer is looked at: whoever indexes it cannot tell a vector from its neighbour's. */
import { checkVectors, type Encoder } from "@polycall/embeddings";

/** The same, but what it gives is a vector for each text, as long as the others, or an error. */
export function checkedEncoder(encoder: Encoder): Encoder {
  const { model, dimensions } = encoder;
  return {
    model,
    ...(dimensions !== undefined && { dimensions }),
    async encode(texts, options) {
      const vectors = await encoder.encode(texts, options);
      checkVectors(model, vectors, texts.length, dimensions);
      return vectors;
    },
  };
}

/** `encoder()`: `embed()` with its options bound, as what indexes and retrievers take. */
import { type EmbedOptions, type EmbedReply, embed } from "./embed.ts";
import type { Encoder } from "./encoder.ts";

export interface EncoderOptions extends Omit<EmbedOptions, "role" | "signal" | "onProgress"> {
  model: string;
  /** Sees each reply: its tokens, its cost, what was cut. */
  onReply?: (reply: EmbedReply) => void;
}

/**
 * An encoder over a model string.
 * @example encoder("openai/text-embedding-3-small")
 * @example encoder({ model: "voyage/voyage-4", dimensions: 512, cache: memoryCache() })
 */
export function encoder(options: string | EncoderOptions): Encoder {
  const bound: EncoderOptions = typeof options === "string" ? { model: options } : options;
  const { onReply, ...more } = bound;
  return {
    model: bound.model,
    ...(bound.dimensions && { dimensions: bound.dimensions }),
    async encode(texts, { role, signal } = {}) {
      const reply = await embed(texts, { ...more, role, signal });
      onReply?.(reply);
      return reply.vectors;
    },
  };
}

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
    model: nameOf(bound),
    ...(bound.dimensions && { dimensions: bound.dimensions }),
    async encode(texts, { role, signal } = {}) {
      const reply = await embed(texts, { ...more, role, signal });
      onReply?.(reply);
      return reply.vectors;
    },
  };
}

/** The model, and what else of the options makes its vectors others: an index tells encoders by their names. */
function nameOf({ model, prefixes, extra_body }: EncoderOptions): string {
  if (!prefixes && !extra_body) return model;
  const { document = "", query = "" } = prefixes ?? {};
  const told = {
    ...(prefixes && { prefixes: { document, query } }),
    ...(extra_body && { extra_body }),
  };
  return `${model} ${JSON.stringify(told)}`;
}

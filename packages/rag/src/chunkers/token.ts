/** `tokenChunker()`: chunks of as many tokens as a model reads. */
import { InvalidRequestError } from "@polycall/core";
import type { Chunker } from "../chunk.ts";
import { optional } from "../optional.ts";
import { recursiveChunker } from "./recursive.ts";
import type { Separator } from "./separators.ts";
import { checkSize, type Measure, nameOf } from "./size.ts";

/** OpenAI's: that of the embedding models and GPT-4, and that of GPT-4o and what came after. */
export type TokenEncoding = "cl100k_base" | "o200k_base";

export interface TokenOptions {
  /** The most tokens of a chunk. Default: 256 */
  size?: number;
  /** Tokens that the next chunk repeats, at least. Default: 0 */
  overlap?: number;
  /**
   * Whose tokens: an encoding of OpenAI's, counted by `gpt-tokenizer` (`npm install gpt-tokenizer`), or a
   * function of your own that counts as the model does. Default: "cl100k_base"
   */
  tokens?: TokenEncoding | Measure;
  /** As in `recursiveChunker`. */
  separators?: readonly Separator[];
}

/**
 * Cuts as `recursiveChunker` does, by tokens.
 * @throws InvalidRequestError for a size or an overlap that cannot be; when it cuts, where gpt-tokenizer is
 *   needed and not installed
 */
export function tokenChunker(options: TokenOptions = {}): Chunker {
  const { size = 256, overlap = 0, tokens = "cl100k_base", separators } = options;
  checkSize(size, overlap);
  if (typeof tokens === "string" && !Object.hasOwn(encodings, tokens)) {
    const known = Object.keys(encodings).join(", ");
    throw new InvalidRequestError(
      `There is no encoding ${JSON.stringify(tokens)}: ${known}, or a function that counts.`,
    );
  }
  return {
    name: nameOf("token", { size, overlap, tokens, separators }),
    async chunk(document) {
      const measure = typeof tokens === "function" ? tokens : await counterOf(tokens);
      return recursiveChunker({ size, overlap, measure, separators }).chunk(document);
    },
  };
}

const encodings = {
  cl100k_base: () => import("gpt-tokenizer/encoding/cl100k_base"),
  o200k_base: () => import("gpt-tokenizer/encoding/o200k_base"),
};

async function counterOf(encoding: TokenEncoding): Promise<Measure> {
  const wants = "tokenChunker() counts with";
  const { countTokens } = await optional({ name: "gpt-tokenizer", wants }, encodings[encoding]);
  // A document may hold "<|endoftext|>": there it is text as any other.
  const asText = { disallowedSpecial: new Set<string>() };
  return (text) => countTokens(text, asText);
}

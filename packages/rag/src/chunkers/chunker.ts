/** `chunker()`: the chunker for what a document is. */
import type { Chunker } from "../chunk.ts";
import { codeChunker, extensionOf } from "./code.ts";
import { markdownChunker } from "./markdown.ts";
import { nameOf, type SizeOptions } from "./size.ts";

const code = new Set(
  "c cc cpp cs cts cxx dart ex exs go h hpp java jl js jsx kt kts lua m mjs mts nim php pl py pyi r rb rs scala sh bash sql swift ts tsx vue zig".split(
    " ",
  ),
);

/**
 * Cuts documents whose source ends as a program's does by `codeChunker`, all others by `markdownChunker`,
 * which serves plain text too. `size` is 1600 by default.
 * @throws InvalidRequestError for a size or an overlap that cannot be
 */
export function chunker(options: SizeOptions = {}): Chunker {
  const settings = { size: 1600, ...options };
  const [programs, texts] = [codeChunker(settings), markdownChunker(settings)];
  return {
    name: nameOf("auto", { ...settings }),
    chunk(document) {
      const own = code.has(extensionOf(document.source).toLowerCase()) ? programs : texts;
      return own.chunk(document);
    },
  };
}

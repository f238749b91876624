/** Reading streams in tests. */
import type { CompletionStream } from "../../src/index.ts";

export type { CompletionChunk } from "../../src/index.ts";

export async function completionText({ textStream }: CompletionStream): Promise<string> {
  let text = "";
  for await (const piece of textStream) text += piece;
  return text;
}

/** What a model says of a picture, a sound or a scanned PDF. */
import { audioPart, filePart, imagePart, type UserPart } from "@polycall/core";
import type { PolycallClient } from "polycall";
import type { Media } from "./converter.ts";
import { DocumentError } from "./errors.ts";

export interface DescribeOptions {
  /** "provider/model"; it must read what it is given: pictures, sound or PDF. */
  model: string;
  /** What it is asked for; the default asks for a description, or for what is said or written. */
  prompt?: string;
  /** A client's of your own; without it the default client's. */
  completion?: PolycallClient["completion"];
}

const prompts: readonly [RegExp, string][] = [
  [
    /^image\//,
    "Describe this picture for someone who cannot see it: what it shows, and every word that is written in it. Answer with the description alone, in one paragraph.",
  ],
  [/^audio\//, "Write down what is said in this recording, word for word. Answer with that alone."],
  [
    /./,
    "Write down this document as Markdown: every word, with its headings, lists and tables. Answer with that alone.",
  ],
];

export async function describe(
  media: Media,
  { model, prompt, ...own }: DescribeOptions,
  signal: AbortSignal,
): Promise<string> {
  // Loaded when it is needed: most documents need no model.
  const completion = own.completion ?? (await import("polycall")).completion;
  const asked = prompt ?? prompts.find(([types]) => types.test(media.mediaType))![1];
  const { text } = await completion({
    model,
    messages: [{ role: "user", content: [{ type: "text", text: asked }, partOf(media)] }],
    signal,
  });
  return text.trim();
}

function partOf({ bytes, mediaType, name }: Media): UserPart {
  if (mediaType.startsWith("image/")) return imagePart(bytes, { mediaType });
  if (mediaType.startsWith("audio/")) {
    const format = { "audio/wav": "wav", "audio/mpeg": "mp3" }[mediaType] as
      | "wav"
      | "mp3"
      | undefined;
    if (!format)
      throw new DocumentError(`${mediaType} is not heard by models; WAV and MP3 are.`, {
        code: "unsupported",
      });
    return audioPart(bytes, { format });
  }
  const filename = name?.split(/[\\/]/).at(-1) ?? "document";
  return filePart(bytes, { filename, mediaType });
}

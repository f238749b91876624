/** Which type a file is of, and who converts it. */
import type { Converter } from "./converter.ts";
import { DocumentError } from "./errors.ts";
import { pandocFormats } from "./pandoc-formats.ts";
import { extensionOf, find, type Row, rows } from "./registry.ts";
import { sniff } from "./types.ts";

/** What is known of a converter of the user's in another thread. */
export type Claim = Pick<Converter, "mediaTypes" | "extensions">;

export interface Unidentified {
  bytes: Uint8Array;
  name?: string;
  /** What whoever sent it says. */
  mediaType?: string;
}

export interface Identified<C extends Claim> {
  mediaType: string;
  mine?: C;
  row?: Row;
}

/** Says nothing about what is in them. */
const meaningless = ["application/octet-stream", "binary/octet-stream", "text/plain"];

/**
 * By content; where that leaves it open, by what was said, then by name. The user's converters come first.
 * @param certain `mediaType` is the user's word, above the content
 * @throws DocumentError `encrypted`, or `unsupported` where the type is known and nobody reads it
 */
export function identify<C extends Claim>(
  file: Unidentified,
  mine: readonly C[],
  certain = false,
): Identified<C> {
  const said = file.mediaType?.split(";")[0]?.trim().toLowerCase();
  const told = certain && said ? { mediaType: said, vague: false } : sniff(file.bytes);
  const candidates: ({ mediaType: string } | { extension: string })[] = [];
  if (told.vague) {
    if (said && !meaningless.includes(said)) candidates.push({ mediaType: said });
    const extension = extensionOf(file.name);
    if (extension) candidates.push({ extension });
  }
  candidates.push({ mediaType: told.mediaType });
  for (const by of candidates) {
    const own = find(mine, by);
    const found = own ?? find(rows, by);
    if (!found || (!own && "extension" in by && contradicts(found, told.mediaType))) continue;
    const mediaType =
      "mediaType" in by ? by.mediaType : typeFor(found, told.mediaType, by.extension);
    return own ? { mediaType, mine: own } : { mediaType, row: found as Row };
  }
  throw unsupported(told.mediaType, file.name);
}

/** Text is not made a Word document by its name, nor a binary file a text. */
function contradicts({ mediaTypes }: Claim, content: string): boolean {
  const isBinary = /^application\/(?:zip|x-cfb|octet-stream)$/.test(content);
  return mediaTypes.every((type) => isText(type) === isBinary);
}

function isText(mediaType: string): boolean {
  return /^(?:text|message)\/|[/+](?:json|xml|x-ndjson|jsonl|csv|rtf|x-tex|x-latex)$/.test(
    mediaType,
  );
}

/** Where a converter's first type is not the one. */
const byExtension: Record<string, string> = {
  tsv: "text/tab-separated-values",
  tab: "text/tab-separated-values",
  md: "text/markdown",
  markdown: "text/markdown",
  jsonl: "application/jsonl",
  ndjson: "application/x-ndjson",
};

/** A converter's first type, or the one that its extension stands for: tab-separated is no comma-separated. */
function typeFor({ mediaTypes }: Claim, content: string, extension: string): string {
  if (mediaTypes.includes(content)) return content;
  const type =
    byExtension[extension] ?? pandocFormats.find(([, all]) => all.includes(extension))?.[0];
  return type && mediaTypes.includes(type) ? type : mediaTypes[0]!;
}

function unsupported(mediaType: string, name: string | undefined): DocumentError {
  const extension = extensionOf(name);
  const what = extension ? `${mediaType} (.${extension})` : mediaType;
  return new DocumentError(
    `No converter reads ${what}. Give one in \`converters\`, or convert it beforehand.`,
    { code: "unsupported" },
  );
}

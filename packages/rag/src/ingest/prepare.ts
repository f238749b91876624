/** A document made ready to be stored: read, compared with what is there, converted, cut. */
import { APIError } from "@polycall/core";
import type { ToMarkdownOptions } from "@polycall/documents";
import { digest } from "@polycall/embeddings";
import type { Chunker } from "../chunk.ts";
import { BudgetExceededError } from "../model/errors.ts";
import { isNotInstalled } from "../optional.ts";
import { checkAborted } from "../stores/errors.ts";
import type { StoredChunk } from "../stores/store.ts";
import { isOfTheText } from "./put.ts";
import type { ReadSource, Source } from "./source.ts";

/** A change of how documents are prepared or kept: all are ingested anew. */
const edition = "1";

export interface Ready {
  source: string;
  hash: string;
  chunks: StoredChunk[];
  warnings: readonly string[];
}

/** What became of a document that was to be prepared; what fails is its own. */
export type Prepared =
  | Ready
  | { source: string; status: "unchanged" | "gone" }
  | { source: string; error: Error /** No other would fare better. */; endsAll?: boolean };

export interface PrepareOptions {
  /** Hashes by source: what is not to be prepared once more. */
  there?: ReadonlyMap<string, string>;
  settings: string;
  chunker: Chunker;
  signal: AbortSignal;
}

/** What, beside its content, makes a document's chunks what they are. */
export function settingsOf({ name }: Chunker, convert: ToMarkdownOptions = {}): string {
  const { content, tables, images } = convert;
  return JSON.stringify([edition, name, { content, tables, images }]);
}

/** What a document's content is stored under. */
export const hashOf = (settings: string, content: string) => digest(`${settings}\n${content}`);

/** @throws APIUserAbortError */
export async function prepared(
  { source, read }: Source,
  { there, settings, chunker, signal }: PrepareOptions,
): Promise<Prepared> {
  try {
    const found = await read(signal);
    if (!found) return { source, status: "gone" };
    const hash = await hashOf(settings, found.digest);
    if (there?.get(source) === hash) return { source, status: "unchanged" };
    return await cut(source, hash, found, { chunker, signal });
  } catch (error) {
    checkGoesOn(signal);
    if (endsAll(error)) return { source, error, endsAll: true };
    return { source, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/**
 * A model that cuts documents and cannot be asked: a key that is refused, a budget that is used up; a package that
 * is not installed.
 */
const endsAll = (error: unknown): error is Error =>
  error instanceof BudgetExceededError ||
  isNotInstalled(error) ||
  (error instanceof APIError && !isOfTheText(error));

async function cut(
  source: string,
  hash: string,
  { document }: ReadSource,
  { chunker, signal }: Pick<PrepareOptions, "chunker" | "signal">,
): Promise<Ready> {
  const whole = await document(signal);
  const prefix = (await digest(`${source}\n${hash}`)).slice(0, 24);
  const { title } = whole;
  const metadata = { ...(title && { title }), ...whole.metadata };
  const warnings = [...(whole.warnings ?? [])];
  const warn = (message: string) => void warnings.push(message);
  const chunks = (await chunker.chunk(whole, { signal, warn })).map((chunk, index): StoredChunk => {
    const own = { ...metadata, ...chunk.metadata };
    return { ...chunk, id: `${prefix}-${index}`, source, index, metadata: own };
  });
  return { source, hash, chunks, warnings };
}

/** @throws APIUserAbortError */
export const checkGoesOn = (signal: AbortSignal) =>
  checkAborted(signal, "The ingestion was aborted; what is stored stays.");

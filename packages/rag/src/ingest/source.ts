/** What is ingested: a name, and how to get at what it holds when its turn comes. */
import type { DocumentError, ToMarkdownOptions } from "@polycall/documents";
import type { Metadata, SourceDocument } from "../chunk.ts";
import type { Store } from "../stores/store.ts";

/** A document that may have to be read. Nothing of it is in memory before `read` is called. */
export interface Source {
  source: string;
  /** Its content, and a digest of it; undefined where it is no longer there. @throws what keeps it from being read */
  read(signal: AbortSignal): Promise<ReadSource | undefined>;
}

export interface ReadSource {
  /** Of the bytes and of what else is known, not of what they were converted into. */
  digest: string;
  /** @throws DocumentError */
  document(signal: AbortSignal): Promise<SourceDocument & { warnings?: readonly string[] }>;
}

export interface FolderOptions {
  /** What patterns and the names of sources are relative to. Default: the current folder */
  root?: string;
  /** How files are converted. @see toMarkdown */
  convert?: Omit<ToMarkdownOptions, "name" | "signal">;
  /**
   * What is known of a file beside its folders. Where it says something else than before, the file is stored
   * anew; workers of a queue must be told the same as who plans.
   */
  metadata?: (source: string) => Metadata | undefined;
}

/** The files of patterns. */
export interface Folder {
  sources: AsyncIterable<Source>;
  /** Known when `sources` are through: a document of this name would have been among them, were it there. */
  covers(source: string): boolean;
}

/** A file of a kind that nothing here converts. */
export const isForeign = (error: unknown): boolean =>
  (error as Partial<DocumentError> | undefined)?.code === "unsupported";

/** What is stored, by source. */
export async function hashesOf(store: Store): Promise<Map<string, string>> {
  const there = new Map<string, string>();
  for await (const { source, hash } of store.sources()) there.set(source, hash);
  return there;
}

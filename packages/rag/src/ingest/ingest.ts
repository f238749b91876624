/**
 * Documents into a store: read, compared with what is there, converted, cut, embedded, stored. A document is
 * put in as a whole or not at all, so that an ingestion that was killed is gone on with by running it again.
 */
import { InvalidRequestError } from "@polycall/core";
import { digest } from "@polycall/embeddings";
import { folder } from "#folder";
import type { SourceDocument } from "../chunk.ts";
import { ahead } from "./ahead.ts";
import { checkGoesOn, prepared, type Ready, settingsOf } from "./prepare.ts";
import { type IngestTarget, putAll } from "./put.ts";
import type { IngestProgress, IngestReport } from "./report.ts";
import { type FolderOptions, hashesOf, type Source } from "./source.ts";
import { Tally } from "./tally.ts";

export interface IngestOptions extends FolderOptions {
  /** Called after each document, and while the store's index is built at the end. @see progressBar */
  onProgress?: (progress: IngestProgress) => void;
  signal?: AbortSignal;
  /** Documents that are read and converted at once. Default 4. */
  concurrency?: number;
  /**
   * Takes away what the patterns mean and is no longer there; of documents that are handed over, what is not
   * among them. Default: true for patterns, false for documents.
   */
  prune?: boolean;
}

/** Patterns, or documents. */
export type IngestInput =
  | string
  | readonly string[]
  | Iterable<SourceDocument>
  | AsyncIterable<SourceDocument>;

/** Chunks that are embedded together: small documents share a request. */
const chunksAtOnce = 256;
const documentsAtOnce = 64;

/**
 * @throws what no other document would fare better with: a store that fails, a key that is refused;
 *   APIUserAbortError
 */
export async function ingest(
  target: IngestTarget,
  input: IngestInput,
  options: IngestOptions,
): Promise<IngestReport> {
  const began = performance.now();
  const { store, chunker } = target;
  const { concurrency = 4, signal = new AbortController().signal } = options;
  const { sources, total, covers, prune } = await sourcesOf(input, options);
  const there = await hashesOf(store);
  const tally = new Tally(options.onProgress, total);
  const { report } = tally;

  const seen = new Set<string>();
  const settings = settingsOf(chunker, options.convert);
  // What is being prepared when it ends, and may cost, is not gone on with.
  const ended = new AbortController();
  const end = () => ended.abort(signal.reason);
  if (signal.aborted) end();
  signal.addEventListener("abort", end);
  const prepare = (one: Source) => {
    seen.add(one.source);
    return prepared(one, { there, settings, chunker, signal: ended.signal });
  };
  let group: Ready[] = [];
  let size = 0;
  const flush = async () => {
    for await (const { one, error } of putAll(target, group, signal)) {
      if (error) tally.failed(one.source, error);
      else tally.stored(one.source, { chunks: one.chunks.length, warnings: one.warnings });
    }
    group = [];
    size = 0;
  };
  try {
    for await (const one of ahead(sources, concurrency, prepare)) {
      checkGoesOn(signal);
      if ("error" in one) {
        if (one.endsAll) {
          await flush();
          throw one.error;
        }
        tally.failed(one.source, one.error);
      } else if ("status" in one) {
        if (one.status === "gone") seen.delete(one.source);
        tally.leftAlone(one.source, one.status);
      } else {
        group.push(one);
        size += one.chunks.length;
        if (size >= chunksAtOnce || group.length >= documentsAtOnce) await flush();
      }
    }
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
  await flush();

  const gone = prune ? [...there.keys()].filter((one) => !seen.has(one) && covers(one)) : [];
  if (gone.length > 0) await store.remove(gone);
  report.removed = gone.length;
  await tally.optimize(store, signal);
  report.ms = Math.round(performance.now() - began);
  return report;
}

/** Files are counted before the first is read; documents come as they come. */
export async function sourcesOf(input: IngestInput, options: IngestOptions) {
  const patterns = typeof input === "string" ? [input] : isTexts(input) ? input : undefined;
  if (!patterns) {
    const given = input as Iterable<SourceDocument> | AsyncIterable<SourceDocument>;
    return { sources: documents(given), covers: () => true, prune: options.prune ?? false };
  }
  const { sources, covers } = folder(patterns, options);
  const files: Source[] = [];
  for await (const one of sources) files.push(one);
  return { sources: files, total: files.length, covers, prune: options.prune ?? true };
}

function isTexts(input: IngestInput): input is readonly string[] {
  return Array.isArray(input) && input.length > 0 && typeof input[0] === "string";
}

async function* documents(
  given: Iterable<SourceDocument> | AsyncIterable<SourceDocument>,
): AsyncGenerator<Source> {
  const seen = new Set<string>();
  for await (const document of given) {
    const { source, text } = document;
    if (typeof source !== "string" || !source || typeof text !== "string") {
      throw new InvalidRequestError(
        "ingest() takes patterns of files, or documents { source, text }: a source that is not empty, and a text.",
      );
    }
    if (seen.has(source)) {
      throw new InvalidRequestError(`Two of the documents have the source "${source}".`);
    }
    seen.add(source);
    const read = {
      digest: await digest(JSON.stringify(document)),
      document: async () => document,
    };
    yield { source, read: async () => read };
  }
}

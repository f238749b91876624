/**
 * Documents into a store: read, compared with what is there, converted, cut, embedded, stored. A document is
 * put in as a whole or not at all, so that an ingestion that was killed is gone on with by running it again.
 */
import {
  APIResponseValidationError,
  APIUserAbortError,
  BadRequestError,
  InvalidRequestError,
  UnprocessableEntityError,
} from "@polycall/core";
import type { Encoder } from "@polycall/embeddings";
import { folder } from "#folder";
import type { Chunker, SourceDocument } from "../chunk.ts";
import type { Store, StoredChunk } from "../stores/store.ts";
import { ahead } from "./ahead.ts";
import { digest } from "./digest.ts";
import type { IngestProgress, IngestReport } from "./report.ts";
import { type FolderOptions, isForeign, type Source } from "./source.ts";

export interface IngestOptions extends FolderOptions {
  /** Called after each document. @see progressBar */
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

export interface IngestTarget {
  store: Store;
  encoder: Encoder;
  chunker: Chunker;
}

/** Chunks that are embedded together: small documents share a request. */
const chunksAtOnce = 256;
const documentsAtOnce = 64;

/** A change of how documents are prepared or kept: all are ingested anew. */
const edition = "1";

/** A document that is to be stored. */
interface Ready {
  source: string;
  hash: string;
  chunks: StoredChunk[];
  warnings: readonly string[];
}

type Prepared = Ready | { source: string; unchanged: true } | { source: string; error: Error };

/**
 * @throws what no other document would fare better with: a store that fails, a key that is refused;
 *   APIUserAbortError
 */
export async function ingest(
  { store, encoder, chunker }: IngestTarget,
  input: IngestInput,
  options: IngestOptions,
): Promise<IngestReport> {
  const began = performance.now();
  const { signal, concurrency = 4, onProgress } = options;
  const { sources, total, covers, prune } = await sourcesOf(input, options);
  const settings = settingsOf(chunker, options);
  const there = new Map<string, string>();
  for await (const { source, hash } of store.sources()) there.set(source, hash);

  const seen = new Set<string>();
  const report: IngestReport = {
    ...{ stored: 0, unchanged: 0, removed: 0, chunks: 0, ms: 0 },
    ...{ skipped: [], failed: [], warnings: [] },
  };
  let done = 0;
  const told = (source: string, status: NonNullable<IngestProgress["status"]>) => {
    done++;
    const { chunks } = report;
    onProgress?.({ done, ...(total !== undefined && { total }), source, status, chunks });
  };
  const failed = (source: string, error: Error) => {
    const foreign = isForeign(error);
    if (foreign) report.skipped.push(source);
    else report.failed.push({ source, error });
    told(source, foreign ? "skipped" : "failed");
  };
  const put = async ({ source, hash, chunks, warnings }: Ready, vectors: Float32Array[]) => {
    const embedded = chunks.map((chunk, i) => ({ chunk, vector: vectors[i]! }));
    await store.replace(source, hash, embedded, signal && { signal });
    report.stored++;
    report.chunks += chunks.length;
    if (warnings.length) report.warnings.push({ source, warnings });
    told(source, "stored");
  };
  const flush = async (group: readonly Ready[]) => {
    const texts = group.flatMap(({ chunks }) => chunks.map(({ text }) => text));
    let vectors: Float32Array[] | undefined;
    try {
      vectors = await vectorsOf(encoder, texts, signal);
    } catch (error) {
      // One text that the model does not take must not hold up its neighbours.
      if (!isOfTheText(error)) throw error;
    }
    let from = 0;
    for (const one of group) {
      const own = vectors?.slice(from, from + one.chunks.length);
      from += one.chunks.length;
      try {
        const texts = one.chunks.map(({ text }) => text);
        await put(one, own ?? (await vectorsOf(encoder, texts, signal)));
      } catch (error) {
        if (!isOfTheText(error)) throw error;
        failed(one.source, error as Error);
      }
    }
  };

  const prepare = (one: Source) => {
    seen.add(one.source);
    return prepared(one, { there, settings, chunker, signal });
  };
  let group: Ready[] = [];
  let size = 0;
  for await (const one of ahead(sources, concurrency, prepare)) {
    checkAborted(signal);
    if ("error" in one) failed(one.source, one.error);
    else if ("unchanged" in one) {
      report.unchanged++;
      told(one.source, "unchanged");
    } else {
      group.push(one);
      size += one.chunks.length;
      if (size < chunksAtOnce && group.length < documentsAtOnce) continue;
      await flush(group);
      group = [];
      size = 0;
    }
  }
  await flush(group);

  const gone = prune ? [...there.keys()].filter((one) => !seen.has(one) && covers(one)) : [];
  if (gone.length > 0) await store.remove(gone);
  report.removed = gone.length;
  if (report.stored + gone.length > 0) await store.optimize?.(signal && { signal });
  report.ms = Math.round(performance.now() - began);
  return report;
}

/** Files are counted before the first is read; documents come as they come. */
async function sourcesOf(input: IngestInput, options: IngestOptions) {
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

/** What, beside its content, makes a document's chunks what they are. */
function settingsOf({ name }: Chunker, { convert = {} }: IngestOptions): string {
  const { content, tables, images } = convert;
  return JSON.stringify([edition, name, { content, tables, images }]);
}

async function prepared(
  { source, read }: Source,
  {
    there,
    settings,
    chunker,
    signal = new AbortController().signal,
  }: {
    there: ReadonlyMap<string, string>;
    settings: string;
    chunker: Chunker;
    signal?: AbortSignal;
  },
): Promise<Prepared> {
  try {
    const { digest: content, document } = await read(signal);
    const hash = await digest(`${settings}\n${content}`);
    if (there.get(source) === hash) return { source, unchanged: true };
    const whole = await document(signal);
    const prefix = (await digest(`${source}\n${hash}`)).slice(0, 24);
    const { title } = whole;
    const metadata = { ...(title && { title }), ...whole.metadata };
    const chunks = (await chunker.chunk(whole)).map((chunk, index): StoredChunk => {
      return { ...chunk, id: `${prefix}-${index}`, source, index, metadata };
    });
    return { source, hash, chunks, warnings: whole.warnings ?? [] };
  } catch (error) {
    checkAborted(signal);
    return { source, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function vectorsOf(
  encoder: Encoder,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Float32Array[]> {
  if (texts.length === 0) return [];
  return encoder.encode(texts, { role: "document", ...(signal && { signal }) });
}

/** What the text may be to blame for: too long, refused, without a vector. */
function isOfTheText(error: unknown): boolean {
  return (
    error instanceof InvalidRequestError ||
    error instanceof BadRequestError ||
    error instanceof UnprocessableEntityError ||
    error instanceof APIResponseValidationError
  );
}

function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new APIUserAbortError("The ingestion was aborted; what is stored stays.", {
      cause: signal.reason,
    });
}

/**
 * An ingestion in two halves, for a queue in between: what is to be done, found by comparing a folder with the
 * store; and each of it done, wherever the folder can be read and the store be reached.
 */
import { InvalidRequestError } from "@polycall/core";
import { digest } from "@polycall/embeddings";
import { file, folder } from "#folder";
import type { Chunker } from "../chunk.ts";
import type { Store } from "../stores/store.ts";
import { ahead } from "./ahead.ts";
import { checkGoesOn, hashOf, prepared, settingsOf } from "./prepare.ts";
import { type IngestTarget, put } from "./put.ts";
import { type FolderOptions, hashesOf, isForeign } from "./source.ts";

export interface PlanOptions extends FolderOptions {
  signal?: AbortSignal;
  /** Files that are read at once. Default 4. */
  concurrency?: number;
  /** Plans to take away what the patterns mean and is no longer there. Default true */
  prune?: boolean;
}

/** What is to become of one document. It is JSON. */
export interface IngestStep {
  source: string;
  action: "store" | "remove" | "none";
  /** The same for the same content that is to be stored in the same way, and for none other. */
  id: string;
  /** Of the chunker and of how files are converted: who does the step must have the same. */
  settings: string;
}

export interface ApplyOptions extends FolderOptions {
  signal?: AbortSignal;
}

export interface Applied {
  status: "stored" | "unchanged" | "removed" | "skipped";
  /** Chunks that were stored. */
  chunks: number;
  warnings: readonly string[];
}

/** @throws InvalidRequestError; StoreError; APIUserAbortError */
export async function* plan(
  { store, chunker }: { store: Store; chunker: Chunker },
  patterns: string | readonly string[],
  options: PlanOptions,
): AsyncGenerator<IngestStep> {
  const { concurrency = 4, prune = true, signal = new AbortController().signal } = options;
  const settings = settingsOf(chunker, options.convert);
  const planned = await digest(settings);
  const { sources, covers } = folder([patterns].flat(), options);
  const stepOf = async (source: string, action: IngestStep["action"], hash: string) => {
    const id = await digest(JSON.stringify([action, source, hash]));
    return { source, action, id, settings: planned };
  };
  const there = await hashesOf(store);
  const seen = new Set<string>();
  const compared = ahead(sources, concurrency, async ({ source, read }) => {
    // Names that `apply` would refuse are refused here, before anything is queued.
    file(source, options);
    seen.add(source);
    let hash: string;
    try {
      const found = await read(signal);
      if (!found) {
        seen.delete(source);
        return undefined;
      }
      hash = await hashOf(settings, found.digest);
    } catch (error) {
      checkGoesOn(signal);
      // Whoever is to store it says why that cannot be done.
      hash = String(error);
    }
    return stepOf(source, there.get(source) === hash ? "none" : "store", hash);
  });
  for await (const step of compared) {
    checkGoesOn(signal);
    if (step) yield step;
  }
  if (!prune) return;
  for (const [source, hash] of there)
    if (!seen.has(source) && covers(source)) yield await stepOf(source, "remove", hash);
}

/**
 * Does what was planned of one document: twice does no more than once.
 * @throws what keeps the document from being read, converted, cut, embedded or stored; APIUserAbortError
 */
export async function apply(
  target: IngestTarget,
  { source, action, settings: planned }: IngestStep,
  options: ApplyOptions,
): Promise<Applied> {
  const { signal = new AbortController().signal } = options;
  const nothing = { chunks: 0, warnings: [] };
  if (action === "none") return { status: "unchanged", ...nothing };
  const one = file(source, options);
  if (action === "remove") {
    // It may have come back since; the next plan tells.
    if (await one.read(signal)) return { status: "unchanged", ...nothing };
    await target.store.remove([source]);
    return { status: "removed", ...nothing };
  }
  const settings = settingsOf(target.chunker, options.convert);
  if ((await digest(settings)) !== planned) {
    throw new InvalidRequestError(
      `"${source}" was planned with another chunker, or another \`convert\`, than it is to be stored with.`,
    );
  }
  const made = await prepared(one, { settings, chunker: target.chunker, signal });
  if ("error" in made) {
    if (isForeign(made.error)) return { status: "skipped", ...nothing };
    throw made.error;
  }
  if ("status" in made)
    throw Object.assign(new Error(`"${source}" is not there (any more).`), { code: "ENOENT" });
  await put(target, made, undefined, signal);
  return { status: "stored", chunks: made.chunks.length, warnings: made.warnings };
}

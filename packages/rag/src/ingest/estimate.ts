/** What the models that cut documents would cost, for what of a folder is not ingested yet. */
import type { Chunker } from "../chunk.ts";
import type { CostEstimate } from "../model/language-model.ts";
import { estimated, nothing, plus } from "../preprocess/estimate.ts";
import type { Store } from "../stores/store.ts";
import { ahead } from "./ahead.ts";
import { type IngestInput, type IngestOptions, sourcesOf } from "./ingest.ts";
import { checkGoesOn, prepared, settingsOf } from "./prepare.ts";
import { hashesOf } from "./source.ts";

/**
 * Documents that cannot be read or converted cost nothing.
 * @throws what the chunker's estimate throws; APIUserAbortError; StoreError
 */
export async function estimate(
  { store, chunker }: { store: Store; chunker: Chunker },
  input: IngestInput,
  options: IngestOptions,
): Promise<CostEstimate> {
  const { concurrency = 4, signal = new AbortController().signal } = options;
  const { sources } = await sourcesOf(input, options);
  const there = await hashesOf(store);
  const settings = settingsOf(chunker, options.convert);
  let sum = nothing;
  let failed: { error: unknown } | undefined;
  const weighing: Chunker = {
    name: chunker.name,
    async chunk(document) {
      try {
        const one = await estimated([chunker], document);
        sum = plus(sum, one);
      } catch (error) {
        failed ??= { error };
      }
      return [];
    },
  };
  const prepare = { there, settings, chunker: weighing, signal };
  for await (const _ of ahead(sources, concurrency, (one) => prepared(one, prepare))) {
    checkGoesOn(signal);
    if (failed) throw failed.error;
  }
  return sum;
}

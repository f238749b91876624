/** `raptor()`: a tree of summaries over a knowledge base, for questions that no single chunk answers. */
import { InvalidRequestError } from "@polycall/core";
import { checkWhole } from "../check-whole.ts";
import { type CostEstimate, type ModelOption, modelOf } from "../model/language-model.ts";
import type { Indexed } from "../retrieval/indexed.ts";
import type { Retriever } from "../retrieval/passage.ts";
import { sqliteStore } from "../stores/sqlite.ts";
import type { Store } from "../stores/store.ts";
import { type BuildOptions, type BuildReport, build, estimate, type Tree } from "./build.ts";
import { type TreeRetrieverOptions, type TreeState, treeRetriever } from "./retrieve.ts";

export interface RaptorOptions {
  /** The knowledge base, or a store with its encoder, that the tree is over. */
  of: Indexed;
  /** What sums up: "provider/model", or a model with a bound and kept replies. */
  model: ModelOption;
  /** Where summaries are kept; not the store of the chunks. Default: the file `.polycall/tree.sqlite` */
  store?: Store;
  /** What else the model is told about summaries. */
  instructions?: string;
  /** Characters that are summed up together. Default: 12,000 */
  size?: number;
  /** Levels of summaries. Default: 5, fewer where one is left */
  levels?: number;
  /** The longest that a reply may be, reasoning included. Default: 2048 tokens */
  maxTokens?: number;
  /** The same seed and corpus give the same groups. Default: 1 */
  seed?: number;
}

export interface Raptor {
  /** Of the summaries. */
  readonly store: Store;
  /** What `build` would cost now; what stands in the tree already costs nothing. No network but the encoder's. */
  estimate(options?: { signal?: AbortSignal }): Promise<CostEstimate>;
  /**
   * Sums up what has changed. Groups stay as they were, so that a changed document touches its own and those
   * above; when it was stopped, the next run goes on.
   * @throws BudgetExceededError, what the model, the encoder and the stores throw
   */
  build(options?: BuildOptions): Promise<BuildReport>;
  /**
   * Finds chunks and summaries. A summary that rests on a chunk that is gone is not given, so after a change the
   * tree says less until it is built again; of a summary of very many chunks the first 64 are looked at. Without a
   * tree there are chunks alone.
   */
  retriever(options?: TreeRetrieverOptions): Retriever;
  /** Closes the store of the summaries. */
  close(): Promise<void>;
}

/**
 * Recursive summaries: chunks that are near each other are summed up, the summaries again, and all levels are
 * searched.
 * @see Sarthi et al., RAPTOR: Recursive Abstractive Processing for Tree-Organized Retrieval, ICLR 2024. Groups are
 *   made by k-means on principal components, not by a mixture on UMAP, and a chunk is in one group only
 * @throws InvalidRequestError for options that cannot be meant
 */
export function raptor(options: RaptorOptions): Raptor {
  const { of, instructions, size = 12_000, levels = 5, maxTokens = 2048, seed = 1 } = options;
  checkWhole("raptor", { size, levels, maxTokens });
  if (!of?.store || !of.encoder)
    refuse("of must be a knowledge base, or { store, encoder }.", "of");
  const { store = sqliteStore({ path: ".polycall/tree.sqlite" }) } = options;
  if (store === of.store) refuse("the tree needs a store of its own.", "store");
  const { encoder } = of;
  const tree: Tree = {
    ...{ store: of.store, encoder, tree: store, model: modelOf(options.model) },
    ...{ instructions, levels, maxTokens, seed, most: size },
  };
  const state: TreeState = {};
  return {
    store,
    estimate: (call = {}) => estimate(tree, call),
    async build(call = {}) {
      try {
        return await build(tree, call);
      } finally {
        delete state.forest;
      }
    },
    retriever(own = {}) {
      const { mode = "collapsed", k = 8, origins = 5, beam } = own;
      checkWhole("raptor", { k, origins, beam });
      if (!["collapsed", "traversal"].includes(mode)) {
        refuse(`mode must be "collapsed" or "traversal", not ${JSON.stringify(mode)}.`, "mode");
      }
      return treeRetriever(tree, { ...own, k, origins }, state);
    },
    close: () => store.close(),
  };
}

function refuse(what: string, param: string): never {
  throw new InvalidRequestError(`raptor(): ${what}`, { param });
}

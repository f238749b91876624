/** The contract of a store. A user adds one in a file; one suite of tests holds them all to it. */
import type { Metadata } from "../chunk.ts";

/**
 * A filter over metadata. All keys must hold. `source` and `page` mean the chunk's own, whatever its
 * metadata has under those names. A test of a key that is missing, or that holds another type, does not
 * hold; `$ne`, `$nin` and `$not` are the opposite of what they negate, so there they do. A list is equal
 * to nothing: `$contains` looks into it. Text compares by code points.
 */
export type Filter = {
  [key: string]: FilterValue | FilterTest | readonly Filter[] | Filter | undefined;
} & { $and?: readonly Filter[]; $or?: readonly Filter[]; $not?: Filter };
export type FilterValue = string | number | boolean;
export interface FilterTest {
  $eq?: FilterValue;
  $ne?: FilterValue;
  $gt?: number | string;
  $gte?: number | string;
  $lt?: number | string;
  $lte?: number | string;
  $in?: readonly FilterValue[];
  $nin?: readonly FilterValue[];
  /** Of a list of strings: it holds this one. */
  $contains?: string;
  $exists?: boolean;
}

/** A chunk as a store keeps it. */
export interface StoredChunk {
  /** Unique in the store and stable: of the source, the content and the place in it. */
  id: string;
  source: string;
  /** Its place among the chunks of its source, from 0. */
  index: number;
  text: string;
  raw: string;
  start: number;
  end: number;
  headings: readonly string[];
  page?: number;
  parent?: { start: number; end: number };
  metadata: Metadata;
}

export interface EmbeddedChunk {
  chunk: StoredChunk;
  /** Need not be of length 1. */
  vector: Float32Array;
}

export interface Hit {
  chunk: StoredChunk;
  /** The higher the nearer: cosine for vectors, BM25 for words. */
  score: number;
  /** Where the search was told to bring it; of length 1, whatever was put in. */
  vector?: Float32Array;
}

export interface OptimizeOptions {
  onProgress?: (progress: { done: number; total: number }) => void;
  signal?: AbortSignal;
}

/** What made the vectors of a store: never mixed with another's. */
export interface IndexDescription {
  model: string;
  dimensions: number;
}

export interface SearchOptions {
  k: number;
  filter?: Filter;
  /** Bring the vectors too, as MMR needs. */
  vectors?: boolean;
  signal?: AbortSignal;
}

/**
 * Searches give hits by score, equal ones by the chunk's id. What is malformed (a vector of another
 * length, with NaN or all zeros, an unknown test in a filter) is refused with InvalidRequestError before
 * anything is written; a query vector of all zeros finds nothing. The suite in `test/contract.ts` says
 * when a store is right.
 * @throws StoreError, from each method, when the database refuses or cannot be reached
 */
export interface Store {
  /**
   * Called before all else, any number of times. A store that holds vectors of another encoder refuses.
   * @throws IndexMismatchError
   */
  open(index: IndexDescription): Promise<void>;
  /** Every source that is wholly stored, with the hash it was stored under. */
  sources(): AsyncIterable<{ source: string; hash: string }>;
  /**
   * Puts `chunks` in place of all that the source had. Killed at any moment, the source is afterwards
   * either as before, or as told, or no longer among `sources()`, and the next `replace` mends it.
   */
  replace(
    source: string,
    hash: string,
    chunks: readonly EmbeddedChunk[],
    options?: { signal?: AbortSignal },
  ): Promise<void>;
  /** Takes away all that these sources had. */
  remove(sources: readonly string[]): Promise<void>;
  /** The `k` nearest by cosine; with a filter `k` wherever so many match. */
  searchVector(vector: Float32Array, options: SearchOptions): Promise<Hit[]>;
  /** The `k` best by words. A store without it is searched by words through an index in memory. */
  searchText?(query: string, options: SearchOptions): Promise<Hit[]>;
  /** Chunks of a source by their place in it, ascending: neighbours, parents; `to` is exclusive. */
  chunks(source: string, from?: number, to?: number): Promise<StoredChunk[]>;
  /** Every chunk, for an index in memory. */
  all(): AsyncIterable<StoredChunk>;
  /** Number of chunks. */
  count(): Promise<number>;
  /**
   * Called when much was written: builds what makes searches fast, where the store has such a thing.
   * Searches are right without it.
   */
  optimize?(options?: OptimizeOptions): Promise<void>;
  /** Closes what the store has opened itself. */
  close(): Promise<void>;
}

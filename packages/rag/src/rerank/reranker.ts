/** What puts passages in another order: an API's model, one of this process, a language model, your own. */
import type { Passage, RetrieveOptions } from "../retrieval/passage.ts";

export interface Ranked {
  /** Place of the passage in the list that was given. */
  index: number;
  /** The higher, the better. Where none has one, their places are told as reciprocal ranks. */
  score?: number;
}

export interface Reranked {
  /** Best first. What it lacks comes after, in the order in which it was given. */
  ranked: readonly Ranked[];
  /** Why there is none. */
  fallback?: string;
}

export interface Reranker {
  /** In a word, for the trace: the model's name. */
  readonly name: string;
  /** May throw: then the order stays as it was. What it gives is checked. */
  rank(query: string, passages: readonly Passage[], options: RetrieveOptions): Promise<Reranked>;
}

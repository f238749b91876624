/** What retrieval finds: a piece of a source, with how it was found. */
import type { Message } from "@polycall/core";
import type { EmbeddingRole } from "@polycall/embeddings";
import type { StoredChunk } from "../stores/store.ts";
import type { RetrievalTrace } from "./trace.ts";

export interface Passage {
  /** The chunk that was found. */
  chunk: StoredChunk;
  /** What a model is shown: the chunk's text, or with `parents` and `neighbours` more around it. */
  text: string;
  /** Where `text` stands in the source, headings put before it aside. */
  start: number;
  end: number;
  /** What it was ranked by: the higher, the better. Comparable within one retrieval only. */
  score: number;
  scores: {
    /** Cosine with the query; absent where it was found by words alone and nobody asked. */
    dense?: number;
    /** BM25. */
    words?: number;
    /** Of the reranker: its own scale, or a reciprocal rank where it gives an order alone. */
    rerank?: number;
  };
  /**
   * Where the text was made from others, as a summary is: chunks that it rests on, the nearest to the query first.
   * A citation of it is one of these.
   */
  origins?: readonly StoredChunk[];
}

/** A chunk as it stands, with nothing around it. */
export function passageOf(chunk: StoredChunk, score: number, scores: Passage["scores"]): Passage {
  const { text, start, end } = chunk;
  return { chunk, text, start, end, score, scores };
}

export interface RetrieveOptions {
  /** Passages that are wanted, in the place of the retriever's own number: a technique around it needs more. */
  k?: number;
  signal?: AbortSignal;
  /** The conversation before the query, oldest first, for techniques that look at it. */
  history?: readonly Message[];
  /**
   * What the query is: "document" means what an answer might look like, so it is embedded as documents are and
   * searched for by its meaning alone, where that can be. Default: "query"
   */
  role?: EmbeddingRole;
  /** What is done is told here. */
  trace?: RetrievalTrace;
}

/** Anything that finds passages for a query. Techniques take one and give one. */
export interface Retriever {
  retrieve(query: string, options?: RetrieveOptions): Promise<Passage[]>;
}

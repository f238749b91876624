/** Passages for a query: by meaning, by words, or both, and then what a user asks of them. */
import { InvalidRequestError } from "@polycall/core";
import { cosine, type Encoder, mmr } from "@polycall/embeddings";
import { checkWhole } from "../check-whole.ts";
import { fuse } from "../fusion.ts";
import type { Filter, Hit, Store } from "../stores/store.ts";
import { expanded } from "./expand.ts";
import { type Passage, passageOf, type RetrieveOptions, type Retriever } from "./passage.ts";
import type { Words } from "./words.ts";

export interface RetrieverOptions {
  /** By meaning, by words, or both. Default: "hybrid" */
  mode?: "hybrid" | "dense" | "words";
  /** Passages. Default: 8 */
  k?: number;
  /** Hits of each search that are looked at, at least `k`. Default: 50, and at least 4 k */
  candidates?: number;
  /**
   * How much each search counts in a hybrid one. Default: 1 each. A weak encoder wants less than its share:
   * measure it (`compareRetrievers`).
   */
  weights?: { dense?: number; words?: number };
  /** The least cosine with the query, whatever found the passage. */
  minScore?: number;
  /** Passages unlike each other: 1 looks at the query alone, 0 at the difference alone. */
  mmr?: { lambda: number };
  filter?: Filter;
  /** Chunks before and after the one that was found that come with it. Default: 0 */
  neighbours?: number;
  /** Whether a chunk that has a parent brings it. Default: true */
  parents?: boolean;
}

export interface Searched {
  store: Store;
  words: Words;
  encoder: Encoder;
  /** Resolves when the store is open. */
  open(): Promise<unknown>;
}

interface Candidate {
  id: string;
  hit: Hit;
  score: number;
  scores: Passage["scores"];
  vector?: Float32Array;
}

/** @throws InvalidRequestError for options that cannot be meant */
export function retriever(searched: Searched, options: RetrieverOptions = {}): Retriever {
  check(options);
  return { retrieve: (query, call = {}) => retrieve(searched, options, query, call) };
}

async function retrieve(
  { store, words, encoder, open }: Searched,
  options: RetrieverOptions,
  query: string,
  { signal, trace, role = "query", k: wanted }: RetrieveOptions,
): Promise<Passage[]> {
  const begun = performance.now();
  const k = wanted ?? options.k ?? 8;
  const { filter, minScore, weights = {} } = options;
  const { mode: usual = "hybrid" } = options;
  // The words of what an answer might look like are made up.
  const mode = usual === "hybrid" && role === "document" ? "dense" : usual;
  const candidates = Math.max(options.candidates ?? Math.max(50, 4 * k), k);
  if (typeof query !== "string" || !query.trim()) {
    throw new InvalidRequestError("A query must be a text that is not empty.");
  }
  await open();
  const vectors = minScore !== undefined || options.mmr !== undefined;
  const search = {
    k: candidates,
    ...(filter && { filter }),
    ...(vectors && { vectors }),
    ...(signal && { signal }),
  };
  const asked = async () => {
    if (mode === "words" && !vectors) return undefined;
    const [vector] = await encoder.encode([query], { role, ...(signal && { signal }) });
    return vector!;
  };
  const asking = asked();
  const [vector, byMeaning, byWords] = await Promise.all([
    asking,
    mode === "words" ? [] : asking.then((vector) => store.searchVector(vector!, search)),
    mode === "dense" ? [] : words.search(query, search),
  ]);

  let found = joined(byMeaning, byWords, mode, weights);
  if (vectors) found = await withCosines(found, vector!, encoder, signal);
  if (minScore !== undefined) found = found.filter(({ scores }) => scores.dense! >= minScore);
  if (options.mmr) found = unlike(found, vector!, options.mmr.lambda);
  const given = found.map(({ hit, score, scores }) => passageOf(hit.chunk, score, scores));
  const passages = await expanded(store, given, k, options);
  trace?.steps.push({
    ...{ technique: "retriever", queries: [query], given, found: passages },
    ms: Math.round(performance.now() - begun),
  });
  return passages;
}

/** The hits of both searches by rank; of one alone by its own scores. */
function joined(
  byMeaning: readonly Hit[],
  byWords: readonly Hit[],
  mode: NonNullable<RetrieverOptions["mode"]>,
  { dense = 1, words = 1 }: NonNullable<RetrieverOptions["weights"]>,
): Candidate[] {
  const candidates = new Map<string, Candidate>();
  const add = (hit: Hit, scores: Passage["scores"]) => {
    const { id } = hit.chunk;
    const known = candidates.get(id) ?? { id, hit, score: hit.score, scores: {} };
    candidates.set(id, known);
    Object.assign(known.scores, scores);
    known.vector ??= hit.vector;
  };
  for (const hit of byMeaning) add(hit, { dense: hit.score });
  for (const hit of byWords) add(hit, { words: hit.score });
  if (mode !== "hybrid") return [...candidates.values()];
  const ranked = [byMeaning, byWords].map((hits) => hits.map(({ chunk }) => chunk.id));
  return fuse(ranked, { weights: [dense, words] }).map(({ id, score }) => {
    return { ...candidates.get(id)!, score };
  });
}

/** With a cosine and a vector for each: what words alone have found has none in some stores. */
async function withCosines(
  found: readonly Candidate[],
  query: Float32Array,
  encoder: Encoder,
  signal: AbortSignal | undefined,
): Promise<Candidate[]> {
  const bare = found.filter(({ vector }) => !vector);
  const texts = bare.map(({ hit }) => hit.chunk.text);
  const made = texts.length
    ? await encoder.encode(texts, { role: "document", ...(signal && { signal }) })
    : [];
  const vectors = new Map(bare.map(({ id }, i) => [id, made[i]!]));
  return found.map((one) => {
    const vector = one.vector ?? vectors.get(one.id)!;
    const dense = one.scores.dense ?? cosine(query, vector);
    return { ...one, vector, scores: { ...one.scores, dense } };
  });
}

function unlike(found: readonly Candidate[], query: Float32Array, lambda: number): Candidate[] {
  const vectors = found.map(({ vector }) => vector!);
  const picked = mmr(query, vectors, { k: found.length, lambda });
  return picked.map(({ index }) => found[index]!);
}

function check(options: RetrieverOptions): void {
  const { mode = "hybrid", mmr, minScore, weights = {} } = options;
  const refuse = (what: string) => {
    throw new InvalidRequestError(`retriever(): ${what}`);
  };
  if (!["hybrid", "dense", "words"].includes(mode)) {
    refuse(`mode must be "hybrid", "dense" or "words", not ${JSON.stringify(mode)}.`);
  }
  const { k, candidates, neighbours } = options;
  checkWhole("retriever", { k, candidates });
  checkWhole("retriever", { neighbours }, 0);
  if (mmr && !(mmr.lambda >= 0 && mmr.lambda <= 1)) {
    refuse(`mmr.lambda must be from 0 to 1, not ${mmr.lambda}.`);
  }
  if (minScore !== undefined && !(minScore >= -1 && minScore <= 1)) {
    refuse(`minScore is a cosine, from -1 to 1, not ${minScore}.`);
  }
  const { dense = 1, words = 1 } = weights;
  if (!(dense >= 0 && words >= 0 && dense + words > 0 && dense + words < Infinity)) {
    refuse(`weights must be numbers from 0, not both 0.`);
  }
}

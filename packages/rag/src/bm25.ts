/** `bm25Index()`: texts by their words, in memory, ranked as Lucene ranks them. */
import { InvalidRequestError } from "@polycall/core";
import { TopK } from "@polycall/embeddings";
import { Postings } from "./words/postings.ts";
import { type TermOptions, Terms } from "./words/terms.ts";

export interface Bm25Options extends TermOptions {
  /** How much more a word counts that stands there more often. Default: 1.2, as Lucene's */
  k1?: number;
  /** How much longer texts are held back, 0 to 1. Default: 0.75 */
  b?: number;
}

export interface Bm25Hit {
  id: string;
  score: number;
}

export interface Bm25SearchOptions {
  /** Default: 10 */
  k?: number;
  /** Which texts may be found: their ids, or a question about each. `k` of them are, where so many match. */
  filter?: ReadonlySet<string> | ((id: string) => boolean);
}

export interface Bm25Index {
  /** Number of texts. */
  readonly size: number;
  /** Puts a text in, in place of the one of the same id. */
  add(id: string, text: string): void;
  /** Takes a text out. @returns whether it was there */
  remove(id: string): boolean;
  has(id: string): boolean;
  /** The best first; those that are equally good in the order in which they were added. */
  search(query: string, options?: Bm25SearchOptions): Bm25Hit[];
}

/**
 * An index of texts by their words. Score: the sum over the query's words of
 * ln(1 + (N - n + 0.5) / (n + 0.5)) * f / (f + k1 * (1 - b + b * length / average)).
 * @see Robertson and Zaragoza, The Probabilistic Relevance Framework, 3.3; Lucene's BM25Similarity
 * @throws InvalidRequestError for a k1 or b that makes no sense
 */
export function bm25Index(options: Bm25Options = {}): Bm25Index {
  const { k1 = 1.2, b = 0.75 } = options;
  if (!(k1 >= 0 && k1 < Number.POSITIVE_INFINITY)) {
    throw new InvalidRequestError(`k1 is a number from 0, not ${k1}.`);
  }
  if (!(b >= 0 && b <= 1)) throw new InvalidRequestError(`b is a number from 0 to 1, not ${b}.`);
  return new Index(k1, b, options);
}

class Index implements Bm25Index {
  readonly #k1: number;
  readonly #b: number;
  readonly #terms: Terms;
  readonly #postings = new Postings();
  readonly #numbers = new Map<string, number>();
  /** By number; undefined where it was taken out. */
  #ids: (string | undefined)[] = [];
  #lengths: number[] = [];
  #total = 0;
  /** k1 * (1 - b + b * length / average) of each text; undefined when something has changed. */
  #norms: Float64Array | undefined;
  #scores = new Float64Array(0);

  constructor(k1: number, b: number, options: TermOptions) {
    this.#k1 = k1;
    this.#b = b;
    this.#terms = new Terms(options);
  }

  get size(): number {
    return this.#numbers.size;
  }

  has(id: string): boolean {
    return this.#numbers.has(id);
  }

  add(id: string, text: string): void {
    this.remove(id);
    const number = this.#ids.length;
    const terms = this.#terms.read(text);
    const counts = new Map<number, number>();
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) this.#postings.add(term, number, count);
    this.#numbers.set(id, number);
    this.#ids.push(id);
    this.#lengths.push(terms.length);
    this.#total += terms.length;
    this.#norms = undefined;
  }

  remove(id: string): boolean {
    const number = this.#numbers.get(id);
    if (number === undefined) return false;
    this.#numbers.delete(id);
    this.#ids[number] = undefined;
    this.#total -= this.#lengths[number]!;
    this.#norms = undefined;
    // What was taken out is passed over, until it is as much as what is left.
    if (this.#ids.length > 1000 && this.#ids.length > 2 * this.size) this.#compact();
    return true;
  }

  #compact(): void {
    const renumbered = new Int32Array(this.#ids.length).fill(-1);
    const ids: string[] = [];
    const lengths: number[] = [];
    for (const [number, id] of this.#ids.entries()) {
      if (id === undefined) continue;
      renumbered[number] = ids.length;
      this.#numbers.set(id, ids.length);
      ids.push(id);
      lengths.push(this.#lengths[number]!);
    }
    this.#postings.rebuild((number) => renumbered[number]!);
    this.#ids = ids;
    this.#lengths = lengths;
  }

  search(query: string, { k = 10, filter }: Bm25SearchOptions = {}): Bm25Hit[] {
    if (this.size === 0 || k < 1) return [];
    const norms = this.#ready();
    const scores = this.#scores.fill(0);
    const ids = this.#ids;
    const weights = new Map<number, number>();
    for (const term of this.#terms.find(query)) weights.set(term, (weights.get(term) ?? 0) + 1);
    const gone = ids.length !== this.size;
    for (const [term, weight] of weights) {
      let holding = 0;
      this.#postings.each(term, (document) => {
        if (!gone || ids[document] !== undefined) holding++;
      });
      const idf = weight * Math.log(1 + (this.size - holding + 0.5) / (holding + 0.5));
      this.#postings.each(term, (document, count) => {
        scores[document]! += (idf * count) / (count + norms[document]!);
      });
    }
    const allowed =
      typeof filter === "function" ? filter : filter && ((id: string) => filter.has(id));
    const best = new TopK(k);
    for (let document = 0; document < scores.length; document++) {
      const score = scores[document]!;
      if (score <= 0 || score <= best.threshold) continue;
      const id = ids[document];
      if (id !== undefined && (!allowed || allowed(id))) best.add(document, score);
    }
    return best.take().map(({ key, score }) => ({ id: ids[key]!, score }));
  }

  #ready(): Float64Array {
    if (this.#norms) return this.#norms;
    this.#postings.settle();
    const average = this.#total / this.size || 1;
    const lengths = this.#lengths;
    const [k1, b] = [this.#k1, this.#b];
    this.#norms = Float64Array.from(lengths, (length) => k1 * (1 - b + (b * length) / average));
    this.#scores = new Float64Array(lengths.length);
    return this.#norms;
  }
}

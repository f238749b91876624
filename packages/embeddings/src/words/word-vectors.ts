/** Static word vectors, word2vec's and GloVe's: looked up, compared, and as an encoder of texts. */
import { InvalidRequestError } from "@polycall/core";
import { openFile } from "#node";
import { analogy, cosine, nearest, type Vector } from "../arithmetic.ts";
import type { Encoder } from "../encoder.ts";
import type { Words } from "./matrix.ts";
import { type ReadOptions, readWords } from "./read.ts";

/** What `wordVectors.load()` takes besides the file. */
export interface LoadOptions extends ReadOptions {
  /** What names the vectors to an index. Default: the file's name. */
  name?: string;
}

export interface SimilarWord {
  word: string;
  /** Cosine similarity, in [-1, 1]. */
  score: number;
}

export interface SimilarOptions {
  /** Default 10. */
  k?: number;
}

/** How much a word counts in a text; by default all alike. */
export type WordWeight = (word: string) => number;

/** Letters and digits of any script, and what joins them within a word. */
const wordPattern = /[\p{L}\p{N}]+(?:['’_-][\p{L}\p{N}]+)*/gu;
const joint = /['’_-]/;

/** Vectors of words. As an encoder, a text is the mean of its words. */
export class WordVectors implements Encoder {
  readonly model: string;
  readonly dimensions: number;
  readonly words: readonly string[];
  /** One vector after another, in the order of `words`. */
  readonly matrix: Float32Array;
  readonly #places = new Map<string, number>();

  constructor({ words, matrix, dimensions }: Words, name: string) {
    this.model = `word-vectors/${name}`;
    this.words = words;
    this.matrix = matrix;
    this.dimensions = dimensions;
    for (const [place, word] of words.entries()) {
      if (!this.#places.has(word)) this.#places.set(word, place);
    }
  }

  /** How many words there are. */
  get size(): number {
    return this.words.length;
  }

  has(word: string): boolean {
    return this.#places.has(word);
  }

  /** The word's vector, a view into the matrix. */
  get(word: string): Float32Array | undefined {
    const place = this.#places.get(word);
    if (place === undefined) return undefined;
    const start = place * this.dimensions;
    return this.matrix.subarray(start, start + this.dimensions);
  }

  /**
   * How similar two words are, in [-1, 1].
   * @throws InvalidRequestError for a word that has no vector
   */
  similarity(a: string, b: string): number {
    return cosine(this.#known(a), this.#known(b));
  }

  /**
   * The words nearest to a word, which is not among them, or to a vector.
   * @throws InvalidRequestError for a word that has no vector
   */
  nearest(to: string | Vector, { k = 10 }: SimilarOptions = {}): SimilarWord[] {
    const isWord = typeof to === "string";
    return this.#near(isWord ? this.#known(to) : to, isWord ? [to] : [], k);
  }

  /**
   * What is to `plus` as nothing is to `minus`, without those words themselves.
   * @example vectors.analogy({ plus: ["king", "woman"], minus: ["man"] }) // queen
   * @throws InvalidRequestError for a word that has no vector
   */
  analogy(
    { plus, minus = [] }: { plus: readonly string[]; minus?: readonly string[] },
    { k = 10 }: SimilarOptions = {},
  ): SimilarWord[] {
    const of = (words: readonly string[]) => words.map((word) => this.#known(word));
    return this.#near(analogy({ plus: of(plus), minus: of(minus) }), [...plus, ...minus], k);
  }

  #near(vector: Vector, without: readonly string[], k: number): SimilarWord[] {
    const exclude = without.map((word) => this.#places.get(word)!);
    return nearest(vector, this, { k, exclude }).map(({ index, score }) => ({
      word: this.words[index]!,
      score,
    }));
  }

  #known(word: string): Float32Array {
    const vector = this.get(word);
    if (vector) return vector;
    throw new InvalidRequestError(`${this.model} has no vector for "${word}".`, { param: word });
  }

  /** The mean of each text's words; all zeros where none is known. */
  async encode(texts: readonly string[]): Promise<Float32Array[]> {
    return texts.map((text) => this.#mean(text, () => 1));
  }

  /**
   * An encoder that weighs words.
   * @param weight for instance `inverseFrequency(texts)`
   * @param name what tells it apart from others to an index
   */
  weighted(weight: WordWeight, name = "weighted"): Encoder {
    return {
      model: `${this.model}/${name}`,
      dimensions: this.dimensions,
      encode: async (texts) => texts.map((text) => this.#mean(text, weight)),
    };
  }

  /** As it is written, else in small letters. */
  #either(word: string): Float32Array | undefined {
    return this.get(word) ?? this.get(word.toLowerCase());
  }

  #mean(text: string, weight: WordWeight): Float32Array {
    const sum = new Float64Array(this.dimensions);
    let total = 0;
    for (const [written] of text.matchAll(wordPattern)) {
      // "boundary-layer" has seldom a vector of its own, its parts have.
      const known = this.#either(written) || !joint.test(written);
      for (const word of known ? [written] : written.split(joint)) {
        const vector = this.#either(word);
        if (!vector) continue;
        const weighs = weight(word.toLowerCase());
        total += weighs;
        for (let i = 0; i < sum.length; i++) sum[i]! += weighs * vector[i]!;
      }
    }
    return Float32Array.from(sum, (value) => (total ? value / total : 0));
  }
}

/**
 * How telling each word is: the logarithm of how few of the texts hold it. A word of none of them tells
 * most.
 */
export function inverseFrequency(texts: readonly string[]): WordWeight {
  const holding = new Map<string, number>();
  for (const text of texts) {
    const words = new Set<string>();
    for (const [written] of text.toLowerCase().matchAll(wordPattern)) {
      words.add(written);
      for (const part of written.split(joint)) words.add(part);
    }
    for (const word of words) holding.set(word, (holding.get(word) ?? 0) + 1);
  }
  return (word) => Math.log((texts.length + 1) / ((holding.get(word) ?? 0) + 0.5));
}

/** Word vectors from files. */
export const wordVectors = {
  /**
   * word2vec's text and binary files and GloVe's, gzipped or not, read as they come: beside the matrix
   * there is little in memory.
   * @param source a path, or the file's bytes
   * @throws VectorFileError with the number of the line that is wrong
   */
  async load(source: string | Uint8Array, options: LoadOptions = {}): Promise<WordVectors> {
    const input =
      typeof source === "string"
        ? await openFile(source)
        : { name: options.name ?? "bytes", size: source.byteLength, chunks: [source] };
    const words = await readWords(input, options);
    return new WordVectors(words, options.name ?? input.name);
  },
};

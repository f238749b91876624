/** Text as the terms that it is found by: words of any script, stemmed, without accents. */
/// <reference path="./wink-porter2-stemmer.d.ts" />
import { stemmer as porter } from "stemmer";
import porter2 from "wink-porter2-stemmer";
import { englishStopWords } from "./stop-words.ts";

export interface TermOptions {
  /**
   * What words of one stem are found by. Default: "porter2", for English; it leaves other scripts alone.
   * `false` for texts in other languages, or a function of your own.
   */
  stem?: "porter" | "porter2" | false | ((word: string) => string);
  /**
   * Words of a query that are not looked for, unless it has no others. Default: `true`, English ones. They
   * are indexed all the same.
   */
  stopWords?: boolean | Iterable<string>;
}

const stemmers = { porter, porter2 };

/** Scripts that put no space between words, by their code units; in them each two letters are a term. */
const unspaced =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー々〆〤";
const word = new RegExp(
  `[${unspaced}][${unspaced}\\p{M}]*|[[\\p{L}\\p{N}\\p{M}]--[${unspaced}]]+`,
  "gv",
);
/** Whether a word begins in a script that puts no space between words. */
const unspacedWord = new RegExp(`^[${unspaced}]`, "u");
export const isUnspaced = (word: string): boolean => unspacedWord.test(word);

/** Gives each term a number: the same, however a word is written. */
export class Terms {
  /** By the word as it is written, in small letters. */
  readonly #words = new Map<string, number>();
  readonly #terms = new Map<string, number>();
  readonly #stem: (word: string) => string;
  readonly #stopWords: ReadonlySet<string>;

  constructor({ stem = "porter2", stopWords = true }: TermOptions = {}) {
    this.#stem = typeof stem === "string" ? stemmers[stem] : stem || ((word) => word);
    this.#stopWords = new Set(stopWords === true ? englishStopWords : stopWords || []);
  }

  /** The terms of a text, in order, each time it stands there. */
  read(text: string): number[] {
    const found: number[] = [];
    for (const run of runsOf(text)) found.push(this.#numberOf(run, true)!);
    return found;
  }

  /** The terms of a query that some text has: its stop words where there are no others. */
  find(query: string): number[] {
    const runs = runsOf(query);
    const telling = runs.filter((run) => !this.#stopWords.has(run));
    return (telling.length ? telling : runs)
      .map((run) => this.#numberOf(run, false))
      .filter((term) => term !== undefined);
  }

  #numberOf(run: string, add: boolean): number | undefined {
    const known = this.#words.get(run);
    if (known !== undefined) return known;
    const key = this.#termOf(run);
    let term = this.#terms.get(key);
    if (add) {
      term ??= this.#terms.size;
      this.#terms.set(key, term);
      this.#words.set(run, term);
    }
    return term;
  }

  #termOf(run: string): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII.
    if (/^[\x00-\x7f]+$/.test(run)) return this.#stem(run);
    return this.#stem(
      run
        .normalize("NFKD")
        .replace(/[\u0300-\u036f]/g, "")
        .normalize("NFKC"),
    );
  }
}

/** Words in small letters; where no space is put between them, letters and pairs of letters. */
function runsOf(text: string): string[] {
  const runs: string[] = [];
  for (const run of text.toLowerCase().match(word) ?? []) {
    if (run.charCodeAt(0) < 0xe00 || !isUnspaced(run)) {
      runs.push(run);
      continue;
    }
    const letters = [...run.normalize("NFKC")];
    for (const [i, letter] of letters.entries()) {
      runs.push(letter);
      if (i > 0) runs.push(letters[i - 1] + letter);
    }
  }
  return runs;
}

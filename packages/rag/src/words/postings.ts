/** Which documents hold a term, how often: lists by term in typed arrays, and a log of what came since. */

/** A list of whole numbers that grows. */
class Ints {
  data = new Int32Array(1024);
  length = 0;
  push(value: number): void {
    if (this.length === this.data.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }
}

/** Below this many entries the log is as good as lists. */
const fewEntries = 65_536;

export class Postings {
  /** Lists of (document, count), one after another; those of term t in [starts[t], starts[t + 1]). */
  #starts = new Int32Array(1);
  #documents = new Int32Array(0);
  #counts = new Int32Array(0);
  /** What came since: chains of entries, the last of each term and each entry's one before. */
  #log = { documents: new Ints(), counts: new Ints(), terms: new Ints(), before: new Ints() };
  #last = new Map<number, number>();

  add(term: number, document: number, count: number): void {
    const { documents, counts, terms, before } = this.#log;
    before.push(this.#last.get(term) ?? -1);
    this.#last.set(term, documents.length);
    documents.push(document);
    counts.push(count);
    terms.push(term);
  }

  /** Calls `take` with each document that holds the term, and how often. */
  each(term: number, take: (document: number, count: number) => void): void {
    const end = this.#starts[term + 1] ?? 0;
    for (let at = end === 0 ? 0 : this.#starts[term]!; at < end; at++) {
      take(this.#documents[at]!, this.#counts[at]!);
    }
    const { documents, counts, before } = this.#log;
    for (let at = this.#last.get(term) ?? -1; at >= 0; at = before.data[at]!) {
      take(documents.data[at]!, counts.data[at]!);
    }
  }

  /** Puts a long log into the lists. Cheap where it is short. */
  settle(): void {
    const entries = this.#log.documents.length;
    if (entries > fewEntries && entries > this.#documents.length / 4) this.rebuild((one) => one);
  }

  /** All as lists; documents get the number that `renumber` tells, those of -1 go. */
  rebuild(renumber: (document: number) => number): void {
    const { documents, counts, terms } = this.#log;
    let highest = this.#starts.length - 2;
    for (let i = 0; i < terms.length; i++) highest = Math.max(highest, terms.data[i]!);
    const starts = new Int32Array(highest + 2);
    const all = (take: (term: number, document: number, count: number) => void) => {
      for (let term = 0; term + 1 < this.#starts.length; term++) {
        for (let at = this.#starts[term]!; at < this.#starts[term + 1]!; at++) {
          const document = renumber(this.#documents[at]!);
          if (document >= 0) take(term, document, this.#counts[at]!);
        }
      }
      for (let i = 0; i < terms.length; i++) {
        const document = renumber(documents.data[i]!);
        if (document >= 0) take(terms.data[i]!, document, counts.data[i]!);
      }
    };
    all((term) => starts[term + 1]!++);
    for (let term = 0; term <= highest; term++) starts[term + 1]! += starts[term]!;
    const next = starts.slice();
    const sorted = new Int32Array(starts[highest + 1]!);
    const counted = new Int32Array(sorted.length);
    all((term, document, count) => {
      const at = next[term]!++;
      sorted[at] = document;
      counted[at] = count;
    });
    this.#starts = starts;
    this.#documents = sorted;
    this.#counts = counted;
    this.#log = {
      documents: new Ints(),
      counts: new Ints(),
      terms: new Ints(),
      before: new Ints(),
    };
    this.#last.clear();
  }
}

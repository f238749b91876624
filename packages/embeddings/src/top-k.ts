/** The best of many scores, kept as they come by. */

/** Keeps the `k` highest; of equal ones those that came first. */
export class TopK {
  readonly #k: number;
  /** A heap, the worst on top. */
  readonly #scores: number[] = [];
  readonly #keys: number[] = [];
  /** What a score must exceed to be kept. */
  threshold = Number.NEGATIVE_INFINITY;

  constructor(k: number) {
    this.#k = k;
    if (!(k >= 1)) this.threshold = Number.POSITIVE_INFINITY;
  }

  /** @param key rises from call to call */
  add(key: number, score: number): void {
    if (!(score > this.threshold)) return;
    if (this.#scores.length < this.#k) {
      this.#scores.push(score);
      this.#keys.push(key);
      this.#rise(this.#scores.length - 1);
    } else {
      this.#scores[0] = score;
      this.#keys[0] = key;
      this.#sink();
    }
    if (this.#scores.length === this.#k) this.threshold = this.#scores[0]!;
  }

  /** The best first. */
  take(): { key: number; score: number }[] {
    return this.#keys
      .map((key, i) => ({ key, score: this.#scores[i]! }))
      .sort((a, b) => b.score - a.score || a.key - b.key);
  }

  #worse(a: number, b: number): boolean {
    const difference = this.#scores[a]! - this.#scores[b]!;
    return difference < 0 || (difference === 0 && this.#keys[a]! > this.#keys[b]!);
  }

  #swap(a: number, b: number): void {
    [this.#scores[a], this.#scores[b]] = [this.#scores[b]!, this.#scores[a]!];
    [this.#keys[a], this.#keys[b]] = [this.#keys[b]!, this.#keys[a]!];
  }

  #rise(at: number): void {
    for (let i = at; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.#worse(i, parent)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #sink(): void {
    for (let i = 0; ; ) {
      let worst = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < this.#scores.length && this.#worse(child, worst)) worst = child;
      }
      if (worst === i) return;
      this.#swap(i, worst);
      i = worst;
    }
  }
}

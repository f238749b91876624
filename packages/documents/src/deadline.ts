/** One signal for a conversion: it aborts when the user's does, or when its time is up. */

/** A timer of more is one of none. */
const longest = 2 ** 31 - 1;

export class Deadline {
  readonly #own = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = () => this.#own.abort(this.#outer!.reason);
  /** The time was up before all else. */
  passed = false;

  // Not AbortSignal.any(): what it makes of a signal stays with that signal for as long as that one lives.
  constructor(ms: number, outer: AbortSignal | undefined) {
    this.#outer = outer;
    this.#timer = setTimeout(
      () => {
        this.passed = !this.signal.aborted;
        this.#own.abort(new DOMException("The time is up.", "TimeoutError"));
      },
      Math.min(ms, longest),
    );
    this.#timer.unref();
    if (outer?.aborted) this.#abort();
    else outer?.addEventListener("abort", this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#abort);
  }
}

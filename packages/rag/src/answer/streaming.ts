/** An answer that comes piece by piece, to one who loops over it, one who waits for the whole, or both. */
import { InvalidRequestError } from "@polycall/core";
import type { Answer } from "./answer.ts";

/** An answer under way: its text as it comes, then the whole. */
export interface AnswerStream extends AsyncIterable<string> {
  /**
   * The whole answer, once the text has ended; reads what nobody has read. A loop that is under way still gets
   * every piece.
   * @throws what broke the answer; InvalidRequestError where the loop was left before its end
   */
  final(): Promise<Answer>;
}

export class Streaming implements AnswerStream {
  readonly #source: AsyncGenerator<string, Answer>;
  /** Pieces that were read for `final()` and wait for the loop. */
  readonly #ready: string[] = [];
  #pulling: Promise<void> | undefined;
  #end: { answer: Answer } | { error: unknown } | undefined;

  constructor(source: AsyncGenerator<string, Answer>) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return {
      next: async () => {
        while (this.#ready.length === 0 && !this.#end) await this.#pull();
        const piece = this.#ready.shift();
        if (piece !== undefined) return { value: piece, done: false };
        await this.#whole();
        return { value: undefined, done: true };
      },
      return: async () => {
        const message = "The answer was left before its end, so there is no whole.";
        this.#end ??= { error: new InvalidRequestError(message) };
        this.#ready.length = 0;
        await this.#source.return(undefined as never);
        return { value: undefined, done: true };
      },
    };
  }

  async final(): Promise<Answer> {
    while (!this.#end) await this.#pull();
    return this.#whole();
  }

  async #whole(): Promise<Answer> {
    const end = this.#end!;
    if ("error" in end) throw end.error;
    return end.answer;
  }

  /** The next piece, asked for once whoever waits for it. */
  #pull(): Promise<void> {
    this.#pulling ??= this.#source
      .next()
      .then(
        ({ value, done }) => {
          if (!done) this.#ready.push(value);
          else this.#end ??= { answer: value };
        },
        (error: unknown) => {
          this.#end ??= { error };
        },
      )
      .finally(() => {
        this.#pulling = undefined;
      });
    return this.#pulling;
  }
}

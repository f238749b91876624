/** Lines that a person types, or a pipe brings, one after the other; none is lost between two questions. */
import { createInterface, type Interface } from "node:readline";
import type { Live } from "./live.ts";

export class Lines {
  readonly #live: Pick<Live, "input" | "write">;
  readonly #interrupt: () => void;
  readonly #typed: string[] = [];
  #reader: Interface | undefined;
  #ended = false;
  #wake: (() => void) | undefined;

  /** @param interrupt is called where Ctrl-C comes as a key */
  constructor(live: Pick<Live, "input" | "write">, interrupt: () => void) {
    this.#live = live;
    this.#interrupt = interrupt;
  }

  /** The next line; undefined at the end of the input. */
  async ask(prompt: string): Promise<string | undefined> {
    const reader = this.#open();
    if (this.#live.input.isTTY) {
      reader.setPrompt(prompt);
      reader.prompt();
    } else this.#live.write(prompt, "err");
    while (this.#typed.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const typed = this.#typed.shift();
    const isTerminal = this.#live.input.isTTY;
    // At a terminal the line has ended with the key that ended it.
    if (!isTerminal || typed === undefined) this.#live.write("\n", isTerminal ? "out" : "err");
    return typed;
  }

  /** Nothing more is read: who asks is answered with the end. */
  close(): void {
    this.#ended = true;
    this.#reader?.close();
    this.#wake?.();
  }

  #open(): Interface {
    if (this.#reader) return this.#reader;
    const { input } = this.#live;
    const terminal = input.isTTY === true;
    const reader = createInterface({
      input,
      terminal,
      ...(terminal && { output: process.stdout }),
    });
    reader.on("line", (text) => {
      this.#typed.push(text);
      this.#wake?.();
    });
    reader.on("close", () => {
      this.#ended = true;
      this.#wake?.();
    });
    reader.on("SIGINT", this.#interrupt);
    this.#reader = reader;
    return reader;
  }
}

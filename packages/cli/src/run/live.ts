/** What a command may touch of the process while it goes on: pieces of lines, what is typed, Ctrl-C. */
import type { Readable } from "node:stream";

export interface Live {
  /** The same as `out` and `err`, without the end of a line. */
  write(text: string, to: "out" | "err"): void;
  readonly input: Readable & { isTTY?: boolean };
  /** Calls back when the user wants to break off, until what it gives is called. */
  onInterrupt(stop: () => void): () => void;
  /** The command has ended: what a file of the user's holds open must not keep the process. */
  release(): void;
}

/** The exit code of a program that was interrupted. */
export const interrupted = 130;

/** ms that a program of the user's has to end by itself. */
const patience = 1000;

export function processLive(): Live {
  const { stdin, stdout, stderr } = process;
  return {
    write: (text, to) => void (to === "out" ? stdout : stderr).write(text),
    input: stdin,
    onInterrupt(stop) {
      process.once("SIGINT", stop);
      return () => void process.off("SIGINT", stop);
    },
    release: () => void setTimeout(() => process.exit(), patience).unref(),
  };
}

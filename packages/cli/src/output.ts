/** Where a command writes, and how wide it may. */

export interface Output {
  /** What was asked for. */
  out(text: string): void;
  /** Everything else: errors, remarks. */
  err(text: string): void;
  /** Columns of the terminal; undefined where it is none, so that nothing is left out. */
  columns?: number;
}

/** This process's own. */
export const standardOutput: Output = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  columns: process.stdout.isTTY ? process.stdout.columns : undefined,
};

/** What a command may touch of the process: given to it, so that it can be run without one. */
import type { Live } from "./run/live.ts";

export interface IO {
  out(text: string): void;
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Columns of the terminal; undefined where the output goes elsewhere, which is as wide as it needs. */
  readonly width: number | undefined;
  readonly color: boolean;
  /** What a command needs that goes on for a while. Default: the process's own. */
  readonly live?: Live;
}

export function processIO(): IO {
  const { env, stdout, stderr } = process;
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    env,
    width: stdout.isTTY ? stdout.columns || 80 : undefined,
    color: stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb",
  };
}

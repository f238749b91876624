/** What a command takes: its options read and checked, its help. */
import { type ParseArgsConfig, parseArgs } from "node:util";

/** A command line that no command takes: exit code 2. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * The command's arguments.
 * @throws UsageError for an option that it does not have, or one without its value
 */
export function readArgs<const Known extends Options>(args: readonly string[], options: Known) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node's second sentence tells of "--", which nobody asked about.
    throw new UsageError((error as Error).message.split(". ")[0]);
  }
}

/** @throws UsageError for what is no number from 0 on */
export function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= 0 && Number.isFinite(value)) return value;
  throw new UsageError(`--${option} takes a number from 0 on, not "${text}"`);
}

/** @throws UsageError for a word that is none of them */
export function oneOf<const Word extends string>(
  option: string,
  text: string,
  words: readonly Word[],
): Word {
  const word = words.find((one) => one === text);
  if (word) return word;
  throw new UsageError(`--${option} takes ${words.join(", ")}, not "${text}"`);
}

/** The shape of a command, and the reading of its arguments. */
import { parseArgs } from "node:util";
import type { IO } from "./io.ts";

/** Wrong usage: exit code 2. */
export class UsageError extends Error {}

export interface Option {
  type: "string" | "boolean";
  /** May be given more than once. */
  multiple?: boolean;
  /** What stands for its value in the help. */
  value?: string;
  help: string;
}

/** One command; its file is loaded when it is called. */
export interface Command<
  O extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>,
> {
  /** What follows the name: "MODEL...". */
  usage: string;
  help: string;
  options: O;
  /** @returns the exit code */
  run(args: Parsed<O>, io: IO): number | Promise<number>;
}

type Value<T extends Option> = T["type"] extends "boolean"
  ? boolean
  : T extends { multiple: true }
    ? string[]
    : string;

export interface Parsed<O extends Readonly<Record<string, Option>>> {
  values: { readonly [Name in keyof O]?: Value<O[Name]> };
  positionals: string[];
}

/** Keeps the types of the options for `run`. */
export function command<const O extends Readonly<Record<string, Option>>>(it: Command<O>): Command {
  return it as unknown as Command;
}

/** @throws UsageError saying which argument is wrong */
export function parse(args: string[], { options }: Command): Parsed<Command["options"]> {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      allowNegative: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, { type, multiple = false }]) => [
          name,
          { type, multiple },
        ]),
      ),
    });
    return { values: values as Parsed<Command["options"]>["values"], positionals };
  } catch (error) {
    // The first sentence: what follows tells of `--` and positionals.
    throw new UsageError((error as Error).message.split(/\. (?:To|Did)/)[0]);
  }
}

/** A list given as `a,b` or by giving the option again. @throws UsageError naming the known words */
export function words<Word extends string>(
  given: readonly string[] | undefined,
  name: string,
  known?: readonly Word[],
): Word[] | undefined {
  const all = given?.flatMap((one) => one.split(",").map((word) => word.trim())).filter(Boolean);
  const wrong = known && all?.find((word) => !known.includes(word as Word));
  if (wrong) throw new UsageError(`--${name} ${wrong}: it takes ${known?.join(", ")}.`);
  return all as Word[] | undefined;
}

/** One of some words. @throws UsageError naming them */
export function word<Word extends string>(
  given: string | undefined,
  name: string,
  known: readonly Word[],
): Word | undefined {
  return given === undefined ? undefined : words([given], name, known)?.[0];
}

/** `200000`, `200k`, `1m`, `0.5`. @throws UsageError */
export function number(given: string | undefined, name: string): number | undefined {
  if (given === undefined) return undefined;
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(given) ?? [];
  if (digits === undefined) throw new UsageError(`--${name} ${given}: it takes a number from 0.`);
  return Number(digits) * ({ k: 1e3, m: 1e6 }[unit.toLowerCase()] ?? 1);
}

export const json: Option = { type: "boolean", help: "as JSON" };

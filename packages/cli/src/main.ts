/** The command `polycall`: finds the command, loads it, runs it, tells what went wrong. */
import { type Command, parse, UsageError } from "./command.ts";
import { type Commands, commands } from "./commands/index.ts";
import { commandHelp, groupHelp } from "./help.ts";
import { type IO, processIO } from "./io.ts";

/**
 * Runs one command line.
 * @param args what follows `polycall`
 * @returns the exit code: 0 well, 1 there is something to be seen to, 2 wrong usage
 */
export async function main(args: readonly string[], io: IO = processIO()): Promise<number> {
  let path = "polycall";
  try {
    let group: Commands = commands;
    let rest = [...args];
    for (;;) {
      const [name = "", ...others] = rest;
      const entry = Object.hasOwn(group, name) ? group[name] : undefined;
      if (entry) {
        path += ` ${name}`;
        rest = others;
        if ("load" in entry) return await run(await entry.load(), path, rest, io);
        group = entry.commands;
        continue;
      }
      if (name === "--version" || name === "-v") {
        io.out((await import("./version.ts")).version());
        return 0;
      }
      const own = group[""];
      if (own && "load" in own && (rest.length === 0 || name.startsWith("-"))) {
        if (!asksForHelp(rest)) return await run(await own.load(), path, rest, io);
      }
      if (rest.length === 0 || asksForHelp([name])) {
        io.out(await groupHelp(path, group));
        return rest.length ? 0 : 2;
      }
      throw new UsageError(await unknown(name, path, group));
    }
  } catch (error) {
    return told(error, path, io);
  }
}

const asksForHelp = (args: readonly string[]) =>
  args.some((arg) => arg === "--help" || arg === "-h");

async function run(command: Command, path: string, args: string[], io: IO): Promise<number> {
  if (asksForHelp(args)) {
    io.out(commandHelp(path, command));
    return 0;
  }
  return command.run(parse(args, command), io);
}

async function unknown(name: string, path: string, group: Commands): Promise<string> {
  const known = Object.keys(group).filter(Boolean);
  const { nearest } = await import("@polycall/core");
  const near = nearest(name, known);
  const hint = near ? ` Did you mean "${near}"?` : "";
  return `${path} has no command "${name}".${hint} It has ${known.join(", ")}.`;
}

function told(error: unknown, path: string, io: IO): number {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  io.err(`polycall: ${io.env.POLYCALL_DEBUG && stack ? stack : message}`);
  if (!(error instanceof UsageError)) return 1;
  io.err(`${path} --help tells how it is used.`);
  return 2;
}

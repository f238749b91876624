/** `polycall COMMAND …`: finds the command, loads it, tells how it went by an exit code. */
import { nearest } from "@polycall/core";
import { type Output, standardOutput } from "./output.ts";
import { UsageError } from "./usage.ts";

/** Gives the exit code: 0 all is well, 1 the command found something wrong. */
export type Command = (args: readonly string[], output: Output) => Promise<number>;

interface Entry {
  says: string;
  load: () => Promise<{ command: Command; help: string }>;
}

/** Each is loaded when it is asked for. */
const commands: Readonly<Record<string, Entry>> = {
  models: {
    says: "the models there are: a table, one, several side by side; a check of your source code",
    load: () => import("./commands/models.ts"),
  },
  swap: {
    says: "whether another model can take over: what is lost, what changes, what it costs",
    load: () => import("./commands/swap.ts"),
  },
};

const help = () => {
  const width = Math.max(...Object.keys(commands).map(({ length }) => length));
  const list = Object.entries(commands).map(
    ([name, { says }]) => `  ${name.padEnd(width)}  ${says}`,
  );
  return `polycall COMMAND [options]\n\n${list.join("\n")}\n\npolycall COMMAND --help says more.`;
};

/**
 * Runs one command line.
 * @param args without node and the script: `process.argv.slice(2)`
 * @returns the exit code: 0, 1 where the command found something wrong or failed, 2 for a command line
 *   that no command takes. Never throws what a user can cause.
 */
export async function run(
  args: readonly string[],
  output: Output = standardOutput,
): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    output.out(help());
    return name === undefined ? 2 : 0;
  }
  if (!Object.hasOwn(commands, name)) {
    const near = nearest(name, Object.keys(commands));
    output.err(
      `There is no command "${name}".${near ? ` Did you mean "${near}"?` : ""}\n\n${help()}`,
    );
    return 2;
  }
  const { command, help: itsHelp } = await commands[name]!.load();
  if (rest.includes("--help") || rest.includes("-h")) {
    output.out(itsHelp);
    return 0;
  }
  try {
    return await command(rest, output);
  } catch (error) {
    const { message } = error as Error;
    const isUsage = error instanceof UsageError;
    output.err(isUsage ? `${message}.\npolycall ${name} --help says more.` : message);
    return isUsage ? 2 : 1;
  }
}

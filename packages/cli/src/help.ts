/** What `--help` says. */
import type { Command } from "./command.ts";
import type { Commands } from "./commands/index.ts";

/** Of a name that has commands under it. */
export async function groupHelp(path: string, group: Commands): Promise<string> {
  const named = Object.entries(group).map(([name, { help }]): [string, string] => [
    [path, name].filter(Boolean).join(" "),
    help,
  ]);
  const own = group[""];
  const command = own && "load" in own ? await own.load() : undefined;
  return [
    `${path} ${command ? "[COMMAND] [OPTION...]" : "COMMAND"}`,
    "",
    ...rows(named),
    "",
    ...(command ? [...optionRows(command), ""] : []),
    `${path} COMMAND --help tells more of each.`,
  ].join("\n");
}

export function commandHelp(path: string, command: Command): string {
  return [`${path} ${command.usage}`.trim(), "", command.help, "", ...optionRows(command)].join(
    "\n",
  );
}

function optionRows({ options }: Command): string[] {
  return rows(
    Object.entries(options).map(([name, { value, help }]) => [
      `--${name}${value ? ` ${value}` : ""}`,
      help,
    ]),
  );
}

function rows(pairs: [string, string][]): string[] {
  const width = Math.max(...pairs.map(([first]) => first.length));
  return pairs.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`);
}

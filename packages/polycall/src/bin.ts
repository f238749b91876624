#!/usr/bin/env node
/** The command `polycall`: that of @polycall/cli where it is installed, else how to install it. */
import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

interface Cli {
  run(args: string[]): Promise<number>;
}

/** Beside this package, else in the folder of the user's project. */
function load(): Cli | undefined {
  for (const from of [realpathSync(process.argv[1]!), join(process.cwd(), "package.json")]) {
    const find = createRequire(from);
    let path: string;
    try {
      path = find.resolve("@polycall/cli");
    } catch {
      continue;
    }
    return find(path) as Cli;
  }
  return undefined;
}

const cli = load();
if (!cli) console.error("The command line is a package of its own: npm install @polycall/cli");
Promise.resolve(cli?.run(process.argv.slice(2)) ?? 1).then((code) => {
  process.exitCode = code;
});

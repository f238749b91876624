#!/usr/bin/env node
/** Runs @polycall/cli where that is installed, beside polycall or in the current project; else says how to. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const cli = await find();
if (cli) process.exitCode = await cli.main(process.argv.slice(2));
else {
  console.error("The command line of polycall is a package of its own: npm install @polycall/cli");
  process.exitCode = 1;
}

async function find() {
  const name = "@polycall/cli";
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), "package.json"))]) {
    try {
      return await import(pathToFileURL(createRequire(from).resolve(name)).href);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND" || !error.message.includes(name)) throw error;
    }
  }
  return undefined;
}

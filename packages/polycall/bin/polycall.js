#!/usr/bin/env node
/** Runs @polycall/cli where that is installed, beside polycall or in the current project; else says how to. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const name = "@polycall/cli";
const cli = await find();
if (cli) process.exitCode = await cli.main(process.argv.slice(2));
else {
  console.error("The command line of polycall is a package of its own: npm install @polycall/cli");
  process.exitCode = 1;
}

async function find() {
  return (await tried(() => import(name))) ?? (await tried(() => import(here())));
}

/** Where the current project has it; pnpm keeps a package's neighbours from it. */
function here() {
  const at = createRequire(join(process.cwd(), "package.json")).resolve(name);
  return pathToFileURL(at).href;
}

async function tried(load) {
  try {
    return await load();
  } catch (error) {
    const missing = /MODULE_NOT_FOUND$/.test(error.code) && error.message.includes(`'${name}'`);
    if (!missing) throw error;
    return undefined;
  }
}

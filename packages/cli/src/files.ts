/** The files under some paths. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** What holds other people's code, or nothing written by hand. */
const skipped = new Set(["node_modules", "dist", "build", "coverage", "vendor"]);
/** Larger ones are data. */
const mostBytes = 2_000_000;

/** Every file under the paths, sorted, links not followed; a file that is named is never skipped. */
export async function* filesIn(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    if ((await stat(path)).isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

async function* filesUnder(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    const isHidden = entry.name.startsWith(".") && !entry.name.startsWith(".env");
    if (skipped.has(entry.name) || (isHidden && entry.name !== ".github")) continue;
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (entry.isFile() && (await stat(path)).size <= mostBytes) yield path;
  }
}

/** A model's small files on disk. Reached as "#node". */
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/** The text of the first of these files that is there. */
export async function readFirst(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      return await readFile(path, "utf8");
    } catch {
      // The next one may be there.
    }
  }
  return undefined;
}

/** Keeps a file for when there is no network; where it cannot, it is fetched again. */
export async function keep(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch {
    // A cache that cannot be written to is none.
  }
}

/** The model's folder below another, where it is there. */
export async function folderOf(below: string, model: string): Promise<string | undefined> {
  const folder = resolve(below, model);
  try {
    await access(folder);
    return folder;
  } catch {
    return undefined;
  }
}

export { join };

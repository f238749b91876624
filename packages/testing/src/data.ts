/** Finds the shared data folder that lies beside the repository, where there is one. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Recording } from "./interaction.ts";

/** A folder of recordings. */
export interface WireData {
  root: string;
  /** Paths of the recordings below the root, sorted, with forward slashes. */
  list(): string[];
  /** One recording. @throws Error when there is no such file */
  read(file: string): Recording;
}

function repositoryRoot(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "pnpm-workspace.yaml"))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

const told = new Set<string>();

/**
 * A folder of the shared data: below `POLYCALL_DATA`, else below `../shared/data` beside the
 * repository that the working directory is in.
 * @param name e.g. "wire"
 * @returns its path, or undefined (with one line on stderr) when the default is not there
 * @throws Error when `POLYCALL_DATA` is set and the folder is not there
 */
export function sharedData(name: string): string | undefined {
  const set = process.env.POLYCALL_DATA;
  const root = repositoryRoot(process.cwd());
  const data = set ? resolve(root ?? ".", set) : root && resolve(root, "../shared/data");
  const folder = data && join(data, name);
  if (folder && existsSync(folder)) return folder;
  if (set) throw new Error(`POLYCALL_DATA is set to ${set}, but it holds no folder "${name}".`);
  if (!told.has(name)) {
    told.add(name);
    process.stderr.write(
      `SKIPPED: no shared data "${name}" beside the repository; set POLYCALL_DATA to run its tests.\n`,
    );
  }
  return undefined;
}

/** The recorded provider traffic, or undefined when the shared data is not there. */
export function wireData(): WireData | undefined {
  const root = sharedData("wire");
  if (!root) return undefined;
  const list = () =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .filter((file) => file !== "index.json")
      .sort();
  const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8")) as Recording;
  return { root, list, read };
}

/** Files by patterns, as sources: found once, read when their turn comes. */
import { opendir, readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { InvalidRequestError } from "@polycall/core";
import { toMarkdown } from "@polycall/documents";
import picomatch from "picomatch";
import type { Metadata } from "../chunk.ts";
import { digest } from "../ingest/digest.ts";
import type { Folder, FolderOptions, Source } from "../ingest/source.ts";

const slashes = (path: string) => (sep === "/" ? path : path.replaceAll(sep, "/"));

/** What a pattern means: from which folder on, and which paths below. */
interface Pattern {
  /** Absolute. */
  base: string;
  /** Of a path relative to root, or absolute where it is outside of it. */
  matches(source: string): boolean;
}

/**
 * The files that patterns mean: a file, a folder with all below it, or a glob such as `docs/**`.
 * Names that begin with a dot and `node_modules` are left out unless a pattern names them; links to folders
 * are not followed. A source is named by its path relative to `root`, with slashes.
 * @throws InvalidRequestError where a pattern without a wildcard names nothing
 */
export function folder(patterns: readonly string[], options: FolderOptions = {}): Folder {
  const root = resolve(options.root ?? ".");
  const nameOf = (path: string) => {
    const name = relative(root, path);
    return slashes(name.startsWith("..") || isAbsolute(name) ? path : name);
  };
  const read = patterns.map((pattern) => patternOf(slashes(pattern), root, nameOf));
  return {
    sources: sourcesOf(patterns, read, nameOf, options),
    covers: (source) => read.some(({ matches }) => matches(source)),
  };
}

function patternOf(pattern: string, root: string, nameOf: (path: string) => string): Pattern {
  const { base, glob } = picomatch.scan(pattern);
  const from = resolve(root, base);
  const name = nameOf(from);
  if (!glob) {
    const below = name === "" ? "" : `${name}/`;
    return { base: from, matches: (source) => source === name || source.startsWith(below) };
  }
  const whole = name === "" ? glob : `${escaped(name)}/${glob}`;
  return { base: from, matches: picomatch(whole, { dot: /(?:^|\/)\./.test(glob) }) };
}

const escaped = (path: string) => path.replace(/[\\*?[\]{}()!+@|]/g, "\\$&");

async function* sourcesOf(
  given: readonly string[],
  patterns: readonly Pattern[],
  nameOf: (path: string) => string,
  options: FolderOptions,
): AsyncGenerator<Source> {
  const seen = new Set<string>();
  for (const [at, { base, matches }] of patterns.entries()) {
    for await (const path of files(base, given[at]!)) {
      const source = nameOf(path);
      if (seen.has(source) || !matches(source)) continue;
      seen.add(source);
      yield sourceOf(path, source, options);
    }
  }
}

/** All files from a path on, in the order of their names. */
async function* files(base: string, pattern: string): AsyncGenerator<string> {
  const kind = await stat(base).catch(() => undefined);
  if (!kind) {
    if (picomatch.scan(pattern).isGlob) return;
    throw new InvalidRequestError(`There is no file or folder "${pattern}" to ingest.`);
  }
  if (!kind.isDirectory()) yield base;
  else yield* below(base, (name) => pattern.split("/").includes(name));
}

async function* below(folder: string, isNamed: (name: string) => boolean): AsyncGenerator<string> {
  const entries = [];
  for await (const entry of await opendir(folder)) entries.push(entry);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const isLeftOut = entry.name === "node_modules" || entry.name.startsWith(".");
      if (!isLeftOut || isNamed(entry.name)) yield* below(path, isNamed);
    } else if (entry.isFile()) {
      if (!entry.name.startsWith(".") || isNamed(entry.name)) yield path;
    } else if (entry.isSymbolicLink()) {
      const real = await realpath(path).then(stat, () => undefined);
      if (real?.isFile()) yield path;
    }
  }
}

function sourceOf(path: string, source: string, { convert, metadata }: FolderOptions): Source {
  return {
    source,
    async read(signal) {
      const bytes = await readFile(path, { signal });
      return {
        digest: await digest(bytes),
        async document(signal) {
          const made = await toMarkdown(bytes, { ...convert, name: source, signal });
          return {
            source,
            text: made.markdown,
            ...(made.title && { title: made.title }),
            ...(made.pages && { pages: made.pages }),
            metadata: { ...made.metadata, ...placeOf(source), ...metadata?.(source) },
            warnings: made.warnings,
          };
        },
      };
    },
  };
}

/** Folder names say what a document is about more often than not. */
function placeOf(source: string): Metadata {
  const folders = source.split("/");
  const file = folders.pop()!;
  return { file, folder: folders.join("/"), folders: folders.filter(Boolean) };
}

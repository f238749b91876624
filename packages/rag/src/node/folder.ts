/** Files by patterns, as sources: found once, read when their turn comes. */
import { type Dirent, existsSync } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { InvalidRequestError } from "@polycall/core";
import { DocumentError, defaultLimits, toMarkdown } from "@polycall/documents";
import { digest } from "@polycall/embeddings";
import picomatch from "picomatch";
import type { Metadata } from "../chunk.ts";
import type { Folder, FolderOptions, Source } from "../ingest/source.ts";

const slashes = (path: string) => (sep === "/" ? path : path.replaceAll(sep, "/"));

/** What a pattern means: from which folder on, and which paths below. */
interface Pattern {
  /** As it was given. */
  text: string;
  isGlob: boolean;
  /** Absolute. */
  base: string;
  /** Of a path relative to root, or absolute where it is outside of it. */
  matches(source: string): boolean;
  /** Files and folders that are not meant, though they are below. */
  leavesOut(name: string): boolean;
}

/**
 * The files that patterns mean: a file, a folder with all below it, or a glob such as `docs/**`; one that begins
 * with "!" takes out what it means. Names that begin with a dot and `node_modules` are left out unless a
 * pattern names them; links to folders are not followed. A source is named by its path relative to `root`,
 * with slashes.
 * @throws InvalidRequestError where there is nothing that a pattern could begin with
 */
export function folder(patterns: readonly string[], options: FolderOptions = {}): Folder {
  const { root, nameOf } = placesOf(options);
  const isExclusion = (pattern: string) => /^!(?!\()/.test(pattern);
  const meant = patterns.filter((one) => !isExclusion(one)).map((one) => patternOf(one, root));
  const out = patterns.filter(isExclusion).map((one) => patternOf(one.slice(1), root, true));
  if (meant.length === 0)
    throw new InvalidRequestError("All patterns begin with !: there is nothing to ingest.");
  /** Folders that could not be read: what is below may be there. */
  const unread: string[] = [];
  async function* sources(): AsyncGenerator<Source> {
    const seen = new Set<string>();
    for (const pattern of meant) {
      for await (const { path, error } of files(pattern)) {
        const source = nameOf(path);
        if (error) unread.push(source === "" ? source : `${source}/`);
        else if (!pattern.matches(source)) continue;
        if (seen.has(source) || out.some(({ matches }) => matches(source))) continue;
        seen.add(source);
        yield error ? unreadable(source || ".", error) : sourceOf(path, source, options);
      }
    }
  }
  return {
    sources: sources(),
    covers: (source) =>
      meant.some(({ matches }) => matches(source)) &&
      !unread.some((start) => source.startsWith(start)),
  };
}

/**
 * The file that a source is the name of.
 * @throws InvalidRequestError where it is not below root: a name from a queue must not reach everywhere
 */
export function file(source: string, options: FolderOptions = {}): Source {
  const { root, nameOf } = placesOf(options);
  const path = resolve(root, source);
  if (!isBelow(relative(root, path)) || nameOf(path) !== source)
    throw new InvalidRequestError(`"${source}" is not the name of a file below ${root}.`);
  return sourceOf(path, source, options);
}

function placesOf(options: FolderOptions) {
  const root = resolve(options.root ?? ".");
  return { root, nameOf: (path: string) => nameFrom(root, path) };
}

function nameFrom(root: string, path: string): string {
  const name = relative(root, path);
  return slashes(isBelow(name) ? name : path);
}

const isBelow = (name: string) => !/^\.\.(?:[\\/]|$)/.test(name) && !isAbsolute(name);

function patternOf(given: string, root: string, isExclusion = false): Pattern {
  const text = slashes(given);
  const scanned = picomatch.scan(text);
  // A name with brackets in it, as "app/[slug]", is a name where there is such a file.
  const isGlob = scanned.isGlob && !existsSync(resolve(root, text));
  const base = resolve(root, isGlob ? scanned.base : text);
  const name = nameFrom(root, base);
  const below = name === "" ? "" : `${name}/`;
  const named = text.split("/");
  const leavesOut = (part: string) =>
    !isExclusion && (part === "node_modules" || part.startsWith(".")) && !named.includes(part);
  const fits = isGlob ? globOf(below, scanned.glob, isExclusion) : () => true;
  return {
    ...{ text: given, isGlob, base, leavesOut },
    matches(source) {
      if (source === name) return !isGlob;
      if (!source.startsWith(below) || !fits(source)) return false;
      return !source.slice(below.length).split("/").some(leavesOut);
    },
  };
}

function globOf(below: string, glob: string, dot: boolean): (source: string) => boolean {
  const whole = below.replace(/[\\*?[\]{}()!+@|]/g, "\\$&") + glob;
  return picomatch(whole, { windows: false, dot: dot || /(?:^|\/)\./.test(glob) });
}

/** A file, or a folder that could not be read. */
interface Found {
  path: string;
  error?: Error;
}

/** All files from a pattern's base on, in the order of their names. */
async function* files({ text, isGlob, base, leavesOut }: Pattern): AsyncGenerator<Found> {
  const kind = await stat(base).catch((error: NodeJS.ErrnoException) => {
    if (!isAbsent(error)) throw error;
  });
  if (!kind) {
    const what = isGlob ? "folder that begins" : "file or folder";
    throw new InvalidRequestError(`There is no ${what} "${text}" to ingest.`);
  }
  if (kind.isDirectory()) yield* below(base, leavesOut);
  // A pipe would be waited for, and a device has no end.
  else if (!kind.isFile()) throw new InvalidRequestError(`"${text}" is no file and no folder.`);
  else yield { path: base };
}

async function* below(folder: string, leavesOut: (name: string) => boolean): AsyncGenerator<Found> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // One that was taken away meanwhile holds nothing.
    if (!isAbsent(error)) yield { path: folder, error: error as Error };
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (leavesOut(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* below(path, leavesOut);
    else if (entry.isFile()) yield { path };
    else if (entry.isSymbolicLink()) {
      const real = await realpath(path).then(stat, () => undefined);
      if (real?.isFile()) yield { path };
    }
  }
}

const isAbsent = (error: unknown) =>
  ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code!);

function unreadable(source: string, error: Error): Source {
  return { source, read: () => Promise.reject(error) };
}

function sourceOf(path: string, source: string, { convert, metadata }: FolderOptions): Source {
  return {
    source,
    async read(signal) {
      let bytes: Uint8Array;
      try {
        const { size } = await stat(path);
        const { maxBytes } = { ...defaultLimits, ...convert?.limits };
        // Refused before it is in memory, where others are beside it.
        if (size > maxBytes) {
          const message = `${source}: It is larger than ${maxBytes} bytes (convert.limits.maxBytes).`;
          throw new DocumentError(message, { code: "too_large", file: source });
        }
        bytes = await readFile(path, { signal });
      } catch (error) {
        if (!isAbsent(error)) throw error;
        // What is no UTF-8 in a name is shown as this, and no file is found by it.
        if (source.includes("\ufffd"))
          throw new InvalidRequestError(`The name of "${source}" is not UTF-8.`);
        return undefined;
      }
      const known = metadata?.(source);
      const content = await digest(bytes);
      return {
        // What is known of it is part of what is stored.
        digest: known ? await digest(`${content}\n${JSON.stringify(known)}`) : content,
        async document(signal) {
          const made = await toMarkdown(bytes, { ...convert, name: source, signal });
          return {
            source,
            text: made.markdown,
            ...(made.title && { title: made.title }),
            ...(made.pages && { pages: made.pages }),
            metadata: { ...made.metadata, ...placeOf(source), ...known },
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

/** A folder that paths cannot lead out of: names are checked, links followed only inside, and what was opened looked at again. */
import { randomUUID } from "node:crypto";
import { constants, type Dirent, existsSync, realpathSync, type Stats, statSync } from "node:fs";
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  opendir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, dirname, join, normalize, relative, sep } from "node:path";
import { InvalidRequestError } from "@polycall/core";
import { ToolRefusal } from "./ready.ts";

/** Windows has none of some of these flags, nor what they guard against. */
const {
  O_RDONLY,
  O_WRONLY,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW = 0,
  O_DIRECTORY = 0,
  O_NONBLOCK = 0,
} = constants;

/** Where an open folder can be named whatever becomes of its path; nothing is swapped in between then. */
const descriptors = existsSync("/proc/self/fd") ? "/proc/self/fd" : undefined;

export interface FolderEntry {
  name: string;
  kind: "file" | "folder" | "link" | "other";
  /** Of a file. */
  bytes?: number;
}

const changes = new Map<string, Promise<unknown>>();

export class Jail {
  readonly #root: string;

  /** @throws InvalidRequestError when there is no such folder */
  constructor(root: string) {
    try {
      this.#root = realpathSync(root);
      // With a slash behind it, a file fails.
      statSync(`${this.#root}${sep}.`);
    } catch (cause) {
      throw new InvalidRequestError(`There is no folder ${JSON.stringify(root)} for file tools.`, {
        cause,
      });
    }
  }

  /** Opens a regular file to read it. Never waits, as opening a pipe would. */
  async read<T>(path: string, use: (file: FileHandle, stats: Stats) => Promise<T>): Promise<T> {
    return this.#told(path, async () => {
      const real = await this.#inside(path);
      return withFolder(this.#root, dirname(real), async (folder) => {
        const at = join(folder, basename(real));
        // Opening a device may already do something, so it is looked at before, and again after.
        regular(await lstat(at), path);
        const file = await open(at, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
        try {
          const stats = await file.stat();
          regular(stats, path);
          return await use(file, stats);
        } finally {
          await file.close();
        }
      });
    });
  }

  /** What is in a folder, at most `limit` of it, by name. */
  async list(path: string, limit: number): Promise<FolderEntry[]> {
    return this.#told(path, async () => {
      const real = await this.#inside(path);
      return withFolder(this.#root, real, async (folder) => {
        const entries: FolderEntry[] = [];
        for await (const entry of await opendir(folder)) {
          if (entries.push(await described(folder, entry)) === limit) break;
        }
        return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
      });
    });
  }

  /** Runs changes of files of this folder one after the other, so that none reads what another is replacing. */
  async alone<T>(change: () => Promise<T>): Promise<T> {
    const before = changes.get(this.#root);
    const after = (before ?? Promise.resolve()).then(change);
    const settled = after.catch(() => {});
    changes.set(this.#root, settled);
    try {
      return await after;
    } finally {
      if (changes.get(this.#root) === settled) changes.delete(this.#root);
    }
  }

  /** Whether it is a folder (true) or a file. */
  async isFolder(path: string): Promise<boolean> {
    return this.#told(path, async () => (await lstat(await this.#inside(path))).isDirectory());
  }

  /** Puts a file's new content in the place of the old, all or nothing; makes the folders that lack. */
  async write(path: string, content: Uint8Array): Promise<{ created: boolean }> {
    return this.#told(path, async () => {
      const names = check(path);
      if (names.length === 0) throw new ToolRefusal(`${show(path)} is a folder.`);
      const existing = await this.#deepest(names);
      if (existing.left.length === 0) {
        const { real } = existing;
        const stats = await lstat(real);
        regular(stats, path);
        await withFolder(this.#root, dirname(real), (folder) =>
          replace(folder, basename(real), content, stats.mode & 0o777),
        );
        return { created: false };
      }
      await this.#create(existing.real, existing.left, content);
      return { created: true };
    });
  }

  async #create(above: string, left: readonly string[], content: Uint8Array): Promise<void> {
    const [name, ...more] = left;
    if (more.length === 0)
      return withFolder(this.#root, above, (folder) => replace(folder, name!, content));
    await withFolder(this.#root, above, async (folder) => {
      await mkdir(join(folder, name!)).catch((error: unknown) => {
        if (codeOf(error) !== "EEXIST") throw error;
      });
    });
    await this.#create(join(above, name!), more, content);
  }

  /** A path with all its links followed. @throws ToolRefusal when it leads out */
  async #inside(path: string): Promise<string> {
    const real = await realpath(join(this.#root, ...check(path)));
    if (!within(this.#root, real)) throw outside(path);
    return real;
  }

  /** The part of a path that there is, links followed, and the names that are left. */
  async #deepest(names: readonly string[]): Promise<{ real: string; left: readonly string[] }> {
    let real = this.#root;
    for (const [at, name] of names.entries()) {
      const next = join(real, name);
      const found = await lstat(next).catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return undefined;
        throw error;
      });
      if (!found) return { real, left: names.slice(at) };
      // A link to what is not there yet fails here: nothing is made at its other end.
      real = await realpath(next);
      if (!within(this.#root, real)) throw outside(names.join("/"));
    }
    return { real, left: [] };
  }

  /** What the system says of a path, without the path that it has outside. */
  async #told<T>(path: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof ToolRefusal) throw error;
      const code = codeOf(error);
      throw new ToolRefusal(`${show(path)}: ${reasons[code] ?? `it failed (${code}).`}`, {
        cause: error,
      });
    }
  }
}

const reasons: Record<string, string> = {
  ENOENT: "there is no such file or folder.",
  ENOTDIR: "a part of the path is a file, not a folder.",
  EISDIR: "it is a folder.",
  EACCES: "the system does not permit it.",
  EPERM: "the system does not permit it.",
  ELOOP: "it is a link that leads in a circle, or changed just now.",
  ENAMETOOLONG: "the name is too long.",
  ENOSPC: "the disk is full.",
  EROFS: "the disk can only be read.",
  EMFILE: "too many files are open; try again.",
};

async function described(folder: string, entry: Dirent): Promise<FolderEntry> {
  const { name } = entry;
  if (entry.isDirectory()) return { name, kind: "folder" };
  if (entry.isSymbolicLink()) return { name, kind: "link" };
  if (!entry.isFile()) return { name, kind: "other" };
  const size = await lstat(join(folder, name))
    .then((stats) => stats.size)
    .catch(() => undefined);
  return { name, kind: "file", ...(size !== undefined && { bytes: size }) };
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? "unknown");
}

function show(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}

function outside(path: string): ToolRefusal {
  return new ToolRefusal(`${show(path)} leads out of the folder. Give a path inside it.`);
}

function regular(stats: Stats, path: string): void {
  if (stats.isDirectory()) throw new ToolRefusal(`${show(path)} is a folder.`);
  if (stats.isSymbolicLink()) throw new ToolRefusal(`${show(path)} changed just now; try again.`);
  if (!stats.isFile()) throw new ToolRefusal(`${show(path)} is no regular file.`);
}

/** The names in a relative path; "." and "" are the root. */
function check(path: string): string[] {
  if (path.includes("\0")) throw new ToolRefusal("A path has no null character.");
  if (/^[\\/~]/.test(path) || /^[A-Za-z]:/.test(path) || path.includes("\\"))
    throw new ToolRefusal(
      `${show(path)}: give a path relative to the folder, with "/" between its parts, as "notes/today.md".`,
    );
  const names = normalize(path)
    .split(sep)
    .filter((name) => name !== "" && name !== ".");
  if (names[0] === "..") throw outside(path);
  // On Windows "a.txt:b" is a stream within a file, and "NUL" a device in every folder.
  if (
    process.platform === "win32" &&
    names.some(
      (name) =>
        /[:*?"<>|]|[. ]$/.test(name) || /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name),
    )
  )
    throw new ToolRefusal(`${show(path)} holds a name that Windows gives another meaning.`);
  return names;
}

function within(root: string, real: string): boolean {
  const way = relative(root, real);
  return (
    way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !/^(?:[A-Za-z]:|[\\/])/.test(way))
  );
}

/**
 * Opens a folder and hands on a name for it. On Linux the name is that of what is open, so a folder on its way
 * that is swapped for a link after the check changes nothing; elsewhere the path is checked once more.
 */
async function withFolder<T>(
  root: string,
  real: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  if (!descriptors) {
    if ((await realpath(real)) !== real)
      throw new ToolRefusal("The folder changed just now; try again.");
    return use(real);
  }
  const handle = await open(real, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const folder = join(descriptors, String(handle.fd));
    if (!within(root, await readlink(folder)))
      throw new ToolRefusal("The folder changed just now; try again.");
    return await use(folder);
  } finally {
    await handle.close();
  }
}

/** What a kill leaves is the old file or the new one, whole, and at worst a file of the name ".….tmp" beside it. */
async function replace(
  folder: string,
  name: string,
  content: Uint8Array,
  mode = 0o666,
): Promise<void> {
  const draft = join(folder, `.${randomUUID()}.tmp`);
  const file = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    try {
      await file.writeFile(content);
      // As it was: open() took away what the process's umask says.
      if (mode !== 0o666) await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    const target = await stat(join(folder, name)).catch(() => undefined);
    if (target?.isDirectory()) throw new ToolRefusal(`${show(name)} is a folder.`);
    await rename(draft, join(folder, name));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

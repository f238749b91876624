/** Files of one folder as tools: list, read, search; write and edit where that is asked for. */
import type { AnyTool } from "@polycall/core";
import { within } from "./isolate.ts";
import { Jail } from "./jail.ts";
import { type LineMatch, literalLines, regexLines } from "./line-match.ts";
import { isBinary, readPiece, readWhole } from "./read-text.ts";
import { readyTool, ToolRefusal } from "./ready.ts";
import { wildcard } from "./wildcard.ts";

export interface FileToolsOptions {
  /** Gives `write_file` and `edit_file` too. Default false. */
  write?: boolean;
  /** Asks a person before a file is changed, always or for these paths. */
  needsApproval?: boolean | ((args: { path: string }) => boolean | Promise<boolean>);
  /**
   * Whether the files were written by others: what is read is marked as data for the model (true), or counts as
   * the program's own (false). Default true.
   */
  untrusted?: boolean;
  /** Folders that a search and a deep list leave out, by name. Default .git and node_modules. */
  ignore?: readonly string[];
  /** Bytes that one read gives. Default 100,000. */
  maxReadBytes?: number;
  /** Bytes of a file that is searched, written or edited. Default 5,000,000. */
  maxFileBytes?: number;
  /** ms for one search. Default 10,000. */
  searchTimeout?: number;
}

const maxEntries = 1000;

/**
 * `list_files`, `read_file`, `search_files`, and with `write` also `write_file` and `edit_file`, for the files
 * below `root` and no others: no path and no symbolic link leads out. (A hard link is a file of its own: make
 * none to what is not to be read.) A write is all or nothing.
 * @throws InvalidRequestError when `root` is no folder
 */
export function fileTools(root: string, options: FileToolsOptions = {}): AnyTool[] {
  const {
    write = false,
    needsApproval,
    untrusted = true,
    ignore = [".git", "node_modules"],
    maxReadBytes = 100_000,
    maxFileBytes = 5_000_000,
    searchTimeout = 10_000,
  } = options;
  const jail = new Jail(root);
  const path = {
    type: "string",
    description: 'relative to the folder, as "notes/today.md"',
  } as const;

  const list = readyTool({
    name: "list_files",
    description: "Lists a folder: files with their size, folders with a slash at the end.",
    properties: {
      path: { type: "string", description: "a folder; left out, the whole" },
      depth: {
        type: "integer",
        description: "levels of folders to go down, default 1",
        minimum: 1,
        maximum: 20,
      },
    },
    required: [],
    untrusted,
    timeout: 30_000,
    execute: async ({ path = ".", depth = 1 }, { signal }) => {
      const entries: { path: string; bytes?: number; link?: true }[] = [];
      for await (const found of walk(path, depth, signal)) {
        if (entries.length === maxEntries)
          return { entries, truncated: `only the first ${maxEntries}; list a folder in it` };
        entries.push(found);
      }
      return { entries };
    },
  });

  const read = readyTool({
    name: "read_file",
    description:
      "Reads a text file, or a piece of it: some lines, or from a byte on. `next` says where it goes on.",
    properties: {
      path,
      from: { type: "integer", description: "the first line, from 1", minimum: 1 },
      lines: { type: "integer", description: "how many lines, default 2000", minimum: 1 },
      offset: {
        type: "integer",
        description: "in place of lines: the first byte, from 0",
        minimum: 0,
      },
    },
    required: ["path"],
    untrusted,
    timeout: 30_000,
    execute: async ({ path, from, lines, offset }, { signal }) => {
      if (offset !== undefined && (from !== undefined || lines !== undefined))
        throw new ToolRefusal("Give `from` and `lines`, or `offset`, not both.");
      const where = offset === undefined ? { from: from ?? 1, lines: lines ?? 2000 } : { offset };
      const limit = AbortSignal.any([AbortSignal.timeout(20_000), ...(signal ? [signal] : [])]);
      return jail.read(path, (file) => readPiece(file, where, maxReadBytes, limit));
    },
  });

  const search = readyTool({
    name: "search_files",
    description:
      "Finds the lines of text files that hold a text, or match a JavaScript regular expression.",
    properties: {
      query: {
        type: "string",
        description: "the text, or the expression without slashes",
        maxLength: 1000,
      },
      regex: {
        type: "boolean",
        description: "whether the query is a regular expression, default false",
      },
      ignoreCase: { type: "boolean", description: "default false" },
      path: { type: "string", description: "a file or folder to look in; left out, all" },
      name: { type: "string", description: 'only files of such a name, as "*.ts"', maxLength: 200 },
      limit: {
        type: "integer",
        description: "lines at most, default 100",
        minimum: 1,
        maximum: 1000,
      },
    },
    required: ["query"],
    untrusted,
    timeout: searchTimeout + 5000,
    execute: async (
      { query, regex = false, ignoreCase = false, path = ".", name = "*", limit = 100 },
      context,
    ) => {
      if (query === "") throw new ToolRefusal("The query is empty.");
      const matcher = (regex ? regexLines : literalLines)(query, ignoreCase);
      const ended = new AbortController();
      const signal = AbortSignal.any([ended.signal, ...(context.signal ? [context.signal] : [])]);
      const matches: ({ path: string } & LineMatch)[] = [];
      const fits = wildcard(name);
      let skipped = 0;
      const look = async (): Promise<string | undefined> => {
        for await (const { path: at } of filesIn(path, signal)) {
          if (!fits(at.slice(at.lastIndexOf("/") + 1))) continue;
          const text = await textOf(at);
          if (text === undefined) {
            skipped++;
            continue;
          }
          const found = await matcher.find(text, limit + 1 - matches.length);
          matches.push(...found.map((match) => ({ path: at, ...match })));
          if (matches.length > limit) {
            matches.length = limit;
            return `only the first ${limit} lines; search for less`;
          }
        }
        return undefined;
      };
      try {
        const late = new ToolRefusal("late");
        const truncated = await within(look(), {
          ms: searchTimeout,
          late: () => late,
          signal: context.signal,
        }).catch((error: unknown) => {
          if (error !== late) throw error;
          if (matches.length === 0)
            throw new ToolRefusal(
              `Nothing was found within ${searchTimeout} ms. Search in one folder, or for a simpler expression.`,
            );
          return `it took longer than ${searchTimeout} ms; search in one folder, or for a simpler expression`;
        });
        return {
          matches,
          ...(truncated && { truncated }),
          ...(skipped > 0 && { skipped: `${skipped} files that are too large or no text` }),
        };
      } finally {
        ended.abort();
        await matcher.close();
      }
    },
  });

  const readers = [list, read, search];
  if (!write) return readers;

  const ofChanges = {
    sensitive: true,
    untrusted: false,
    serial: true,
    timeout: 30_000,
    ...(needsApproval !== undefined && { needsApproval }),
  };
  const writer = readyTool({
    name: "write_file",
    description:
      "Writes a text file, new or in place of the whole old one. Folders are made as needed.",
    properties: { path, content: { type: "string", description: "all of the file" } },
    required: ["path", "content"],
    ...ofChanges,
    execute: async ({ path, content }) => {
      const bytes = encoded(content, maxFileBytes);
      const { created } = await jail.alone(() => jail.write(path, bytes));
      return { path, bytes: bytes.length, created };
    },
  });
  const editor = readyTool({
    name: "edit_file",
    description:
      "Replaces a piece of a text file. `old` must stand in it exactly once, character by character: give " +
      "enough lines around it.",
    properties: {
      path,
      old: { type: "string", description: "what stands there now" },
      new: { type: "string", description: "what shall stand there" },
    },
    required: ["path", "old", "new"],
    ...ofChanges,
    // Twice is not once where the new text holds the old.
    idempotent: false,
    execute: ({ path, old, new: replacement }) =>
      jail.alone(async () => {
        const bytes = await jail.read(path, (file) => readWhole(file, maxFileBytes));
        const { text, line } = edited(decoded(bytes), old, replacement);
        await jail.write(path, encoded(text, maxFileBytes));
        return { path, line };
      }),
  });
  return [...readers, writer, editor];

  async function* walk(
    folder: string,
    depth: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<{ path: string; bytes?: number; link?: true }> {
    const inside = folder.replace(/^[./]+$/, "").replace(/\/+$/, "");
    for (const { name, kind, bytes } of await jail.list(folder, 10 * maxEntries)) {
      signal?.throwIfAborted();
      const path = inside === "" ? name : `${inside}/${name}`;
      if (kind === "folder") {
        yield { path: `${path}/` };
        if (depth > 1 && !ignore.includes(name)) yield* walkInto(path, depth - 1, signal);
      } else
        yield {
          path,
          ...(kind === "link" && { link: true as const }),
          ...(bytes !== undefined && { bytes }),
        };
    }
  }

  /** A folder that may not be read, or is gone meanwhile, ends no walk. */
  async function* walkInto(folder: string, depth: number, signal: AbortSignal | undefined) {
    try {
      yield* walk(folder, depth, signal);
    } catch (error) {
      passing(error);
    }
  }

  async function* filesIn(path: string, signal: AbortSignal) {
    if (!(await jail.isFolder(path))) yield { path };
    else
      for await (const found of walk(path, 100, signal)) if (!found.path.endsWith("/")) yield found;
  }

  async function textOf(path: string): Promise<string | undefined> {
    const bytes = await jail.read(path, (file) => readWhole(file, maxFileBytes)).catch(passing);
    return bytes === undefined || isBinary(bytes) ? undefined : new TextDecoder().decode(bytes);
  }
}

function passing(error: unknown): undefined {
  if (!(error instanceof ToolRefusal)) throw error;
  return undefined;
}

function encoded(text: string, maxBytes: number): Uint8Array {
  if (!text.isWellFormed())
    throw new ToolRefusal(
      "The text holds half a character (a lone surrogate), which no file can hold.",
    );
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > maxBytes) throw new ToolRefusal(`It would be larger than ${maxBytes} bytes.`);
  return bytes;
}

/** Strict, since what is not understood would be lost when it is written back. */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ToolRefusal("It is no text file in UTF-8, so it is not edited.", { cause });
  }
}

function edited(text: string, old: string, replacement: string): { text: string; line: number } {
  if (old === "") throw new ToolRefusal("`old` is empty. To make a file, write it.");
  if (old === replacement) throw new ToolRefusal("`old` and `new` are the same.");
  // A model writes "\n", whatever the file has.
  const crlf = !text.includes(old) && !old.includes("\r") && /\r\n/.test(text);
  const [from, to] = crlf ? [toCrlf(old), toCrlf(replacement)] : [old, replacement];
  const at = text.indexOf(from);
  if (at < 0)
    throw new ToolRefusal("`old` does not stand in the file. Read it again and copy it exactly.");
  const again = text.indexOf(from, at + 1);
  if (again >= 0)
    throw new ToolRefusal(
      `\`old\` stands in the file more than once, in lines ${lineAt(text, at)} and ${lineAt(text, again)}. Give more of what is around it.`,
    );
  return { text: text.slice(0, at) + to + text.slice(at + from.length), line: lineAt(text, at) };
}

function toCrlf(text: string): string {
  return text.replace(/\r?\n/g, "\r\n");
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

/** Pins in a JSON file. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { McpError } from "../errors.ts";
import type { PinStore } from "../pins.ts";

/** The writes to each file, one after the other, whoever in this process asks for them. */
const writes = new Map<string, Promise<unknown>>();

/**
 * A store in a JSON file that people can read and commit. It is read anew each time and replaced as a
 * whole, so that processes share it.
 */
export function pinFile(path: string): PinStore {
  return {
    get: async (key) => (await read(path)).get(key),
    set: async (key, pin) => {
      const before = writes.get(path) ?? Promise.resolve();
      const write = before.catch(() => {}).then(() => replace(path, key, pin));
      writes.set(path, write);
      await write;
    },
  };
}

async function replace(path: string, key: string, pin: string): Promise<void> {
  const pins = await read(path);
  pins.set(key, pin);
  const sorted = Object.fromEntries([...pins].sort(([a], [b]) => (a < b ? -1 : 1)));
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, `${JSON.stringify(sorted, null, 2)}\n`);
  await rename(draft, path);
}

async function read(path: string): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Map();
    throw unreadable(path, error);
  }
  try {
    const pins: unknown = JSON.parse(text);
    if (typeof pins === "object" && pins !== null && !Array.isArray(pins)) {
      const entries = Object.entries(pins);
      if (entries.every((entry): entry is [string, string] => typeof entry[1] === "string"))
        return new Map(entries);
    }
  } catch (error) {
    throw unreadable(path, error);
  }
  throw unreadable(path);
}

function unreadable(path: string, cause?: unknown): McpError {
  return new McpError(
    `The file of MCP pins ${path} cannot be read. It holds a JSON object of texts; mend it, or delete it and accept the tools anew.`,
    { cause },
  );
}

/** `polycall models update`: the newest catalogue, checked, into a file of the user's. */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { InvalidRequestError } from "@polycall/core";
import { type CatalogueFile, catalogueFrom } from "@polycall/models";
import { cacheFile } from "../../catalogue.ts";
import { command, UsageError } from "../../command.ts";

const url = "https://models.dev/api.json";
const timeoutMs = 60_000;

export const update = command({
  usage: "[--from FILE|URL] [--out FILE]",
  help: "Makes a catalogue of what models.dev says today. A malformed one is refused, and nothing is changed.",
  options: {
    from: { type: "string", value: "FILE|URL", help: `default ${url}` },
    out: { type: "string", value: "FILE", help: "default models.json in your cache folder" },
  },
  async run({ values, positionals }, io) {
    if (positionals.length) throw new UsageError(`${positionals[0]} is no option.`);
    const from = values.from ?? url;
    const out = values.out ? resolve(values.out) : cacheFile(io);
    const { text, date, name } = isURL(from) ? await fetched(from) : read(from);
    const file = made(text, name, date);
    write(out, file);
    const providers = Object.values(file.providers);
    const count = providers.reduce((sum, { length }) => sum + length, 0);
    io.out(`${count} models of ${providers.length} providers, of ${date}: ${out}`);
    io.out(
      `polycall in your programs takes it with POLYCALL_MODELS=${out} or models.load("${out}").`,
    );
    return 0;
  },
});

interface Read {
  text: string;
  /** YYYY-MM-DD. */
  date: string;
  /** As it is told and kept: without a password. */
  name: string;
}

const isURL = (from: string) => /^https?:/i.test(from);

const dayOf = (time: Date) => time.toISOString().slice(0, 10);

async function fetched(from: string): Promise<Read> {
  if (!URL.canParse(from)) throw new UsageError(`--from ${from} is no URL.`);
  const { origin, pathname, username, password } = new URL(from);
  if (username || password) throw new UsageError("--from takes no URL with a password in it.");
  const name = `${origin}${pathname}`;
  try {
    const response = await fetch(from, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return { text: await response.text(), date: dayOf(new Date()), name };
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? `${message} (${cause.message})` : message;
    throw new Error(`${name}: ${why}. What is in force stays so.`);
  }
}

/** A file says its day in its name, or is of the day that it was written. */
function read(from: string): Read {
  try {
    const date = /\d{4}-\d\d-\d\d/.exec(basename(from))?.[0] ?? dayOf(statSync(from).mtime);
    return { text: readFileSync(from, "utf8"), date, name: basename(from) };
  } catch (error) {
    throw new UsageError(`--from ${from}: ${(error as Error).message}`);
  }
}

function made(text: string, name: string, date: string): CatalogueFile {
  try {
    return catalogueFrom(text, { url: name, date });
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw new Error(`${name}: ${error.message} What is in force stays so.`);
  }
}

/** Whole or not at all: another process may read it at any time. */
function write(out: string, file: CatalogueFile): void {
  mkdirSync(dirname(out), { recursive: true });
  const temporary = `${out}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, JSON.stringify(file));
    renameSync(temporary, out);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

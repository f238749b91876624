/** Puts another catalogue in force than the one that ships, from a file or a value, or as the environment says. */
import { environment, InvalidRequestError } from "@polycall/core";
import { fail } from "../checks.ts";
import { type CatalogueFile, countModels, readCatalogueFile } from "./catalogue-file.ts";

/** What stands in force now. */
export interface LoadedCatalogue {
  models: number;
  providers: number;
  /** The day of its source, YYYY-MM-DD. */
  date: string;
}

/**
 * Reads a catalogue: a file's path or `file:` URL, or what it holds.
 * @throws InvalidRequestError with file, path and reason
 */
export function readCatalogue(from: string | URL | CatalogueFile): CatalogueFile {
  if (typeof from === "object" && !(from instanceof URL)) return readCatalogueFile(from);
  // A number would be a file that is open already, and reading a terminal or a pipe never ends.
  if (typeof from !== "string" && !(from instanceof URL)) {
    fail("models.load", "a path, a file: URL or what a file holds", from);
  }
  if (/^\s*[{[]/.test(String(from))) {
    fail("models.load", "a path, or what a file holds as an object: pass JSON.parse() of it", from);
  }
  const name = String(from);
  try {
    return readCatalogueFile(readText(from));
  } catch (cause) {
    const why = (cause as Error).message;
    const { param } = cause as InvalidRequestError;
    throw new InvalidRequestError(`${name}: ${why}`, { param: param ?? "models.load", cause });
  }
}

export function summary(file: CatalogueFile): LoadedCatalogue {
  const providers = Object.keys(file.providers).length;
  return { models: countModels(file), providers, date: file.source.date };
}

/** The catalogue that POLYCALL_MODELS names; one that is not right is told of once, and not taken. */
export function fromEnvironment(): CatalogueFile | undefined {
  const path = environment("POLYCALL_MODELS");
  if (!path) return undefined;
  try {
    return readCatalogue(path);
  } catch (error) {
    const level = environment("POLYCALL_LOG");
    if (level === "error" || level === "off") return undefined;
    console.warn(
      `polycall: POLYCALL_MODELS: ${(error as Error).message} The shipped catalogue stays in force.`,
    );
    return undefined;
  }
}

interface Files {
  readFileSync(path: string | URL, encoding: "utf8"): string;
}

/** Node, Bun and Deno have it; where there are no files, only a value can be loaded. */
function readText(path: string | URL): string {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: "node:fs") => Files };
  };
  const fs = process?.getBuiltinModule?.("node:fs");
  if (!fs) throw new Error("there are no files here; pass what the file holds.");
  return fs.readFileSync(path, "utf8");
}

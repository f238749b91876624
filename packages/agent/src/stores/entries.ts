/** What every store does alike: judges what it is given, writes entries as JSON text, tells failures. */
import { InvalidRequestError, PolycallError } from "@polycall/core";
import { type Entry, StoreError } from "../store.ts";

/** How many entries a search finds where nothing else is asked for. */
export const defaultLimit = 20;

/** @throws InvalidRequestError for a name that not every store can keep */
export function checkLog(log: string): void {
  if (typeof log !== "string" || log === "" || log.length > 512)
    throw new InvalidRequestError(
      `The name of a log has 1 to 512 characters${typeof log === "string" ? `, not ${log.length}` : ""}.`,
      { param: "log" },
    );
  checkText(log, "log");
}

/** @throws InvalidRequestError as {@link checkLog} does; a prefix may be empty */
export function checkPrefix(prefix: string): void {
  if (typeof prefix !== "string")
    throw new InvalidRequestError("A prefix is text.", { param: "prefix" });
  checkText(prefix, "prefix");
}

function checkText(text: string, param: string): void {
  if (!text.isWellFormed() || text.includes("\0"))
    throw new InvalidRequestError(
      `${JSON.stringify(text)} holds half a character or U+0000, which databases cannot keep.`,
      { param },
    );
}

/** How many a caller wants: all, where nothing is said and no default is given. */
export function checkLimit(limit: number | undefined, fallback = Number.MAX_SAFE_INTEGER): number {
  const wanted = limit ?? fallback;
  if (typeof wanted !== "number" || Number.isNaN(wanted) || wanted < 0)
    throw new InvalidRequestError(`limit is ${wanted}; give a whole number from 0 on.`, {
      param: "limit",
    });
  return Math.min(Math.trunc(wanted), Number.MAX_SAFE_INTEGER);
}

/** The part of a log that is asked for, as two whole numbers from 0 on. */
export function checkRange({ from = 0, to = Number.MAX_SAFE_INTEGER } = {}): {
  from: number;
  to: number;
} {
  return { from: checkLimit(Math.max(0, from)), to: checkLimit(Math.max(0, to)) };
}

export interface Line {
  /** The entry as JSON. */
  json: string;
  text?: string;
}

/**
 * What an append writes, as text.
 * @throws InvalidRequestError for a name, a version or an entry that cannot be written
 */
export function linesToAppend(log: string, version: number, entries: readonly Entry[]): Line[] {
  checkLog(log);
  if (!Number.isSafeInteger(version) || version < 0)
    throw new InvalidRequestError(
      `The version of a log is a whole number from 0 on, not ${version}.`,
      { param: "version" },
    );
  return entries.map(({ data, text }, i) => {
    if (text !== undefined && typeof text !== "string")
      throw new InvalidRequestError(`The text of entries[${i}] is no text.`, { param: "entries" });
    const json = toJson(data, i);
    return {
      json: `{"data":${json}${text === undefined ? "" : `,"text":${JSON.stringify(text)}`}}`,
      text,
    };
  });
}

function toJson(data: Entry["data"], i: number): string {
  let cause: unknown;
  try {
    const json = JSON.stringify(data);
    if (json !== undefined) return json;
  } catch (error) {
    cause = error;
  }
  throw new InvalidRequestError(
    `entries[${i}] cannot be written as JSON${cause instanceof Error ? `: ${cause.message}` : "."}`,
    { param: "entries", cause },
  );
}

/** @throws StoreError naming the entry that is not what was written */
export function readLine(log: string, index: number, json: unknown): Entry {
  let cause: unknown;
  try {
    const entry = JSON.parse(String(json)) as Entry;
    if (typeof entry === "object" && entry !== null && "data" in entry) return entry;
  } catch (error) {
    cause = error;
  }
  throw new StoreError(
    `Entry ${index} of the log "${log}" is damaged: it is not what was written.`,
    {
      cause,
    },
  );
}

/** A database's failure as a StoreError; polycall's own errors as they are. */
export function storeError(doing: string, cause: unknown): PolycallError {
  if (cause instanceof PolycallError) return cause;
  const why = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new StoreError(`The store could not ${doing}: ${why}`, { cause });
}

/** @throws StoreError */
export function closedError(): StoreError {
  return new StoreError("The store is closed. Make a new one.");
}

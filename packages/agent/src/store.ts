/** Where runs, sessions and memories are kept: logs of JSON entries that only grow. The contract of a store. */
import { PolycallError } from "@polycall/core";

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** What a log holds. */
export interface Entry {
  data: Json;
  /** What a search finds the entry by; absent: it is not found. */
  text?: string;
}

export interface LogInfo {
  log: string;
  /** How many entries it has. */
  version: number;
  /** ms since 1970 of the last append. */
  updatedAt: number;
}

export interface FoundEntry {
  log: string;
  /** Its place in the log, from 0. */
  index: number;
  entry: Entry;
}

/**
 * Append-only logs by name. The name of a log is any text of 1 to 512 characters, slashes in it
 * make a tree: "run/r1", "session/anna", "memory/anna". An adapter is one file; the suite in
 * `test/store-contract.ts` says when it is right.
 */
export interface Store {
  /**
   * Adds entries after the first `version` ones, all or none, and they stay when the process dies.
   * @returns the new version
   * @throws VersionConflictError when the log has another length; StoreError when it cannot be written
   */
  append(log: string, version: number, entries: readonly Entry[]): Promise<number>;
  /** The entries from the `from`th on (default 0), up to `to` (exclusive); none where there is no such log. */
  read(log: string, options?: { from?: number; to?: number }): Promise<Entry[]>;
  /** How many entries a log has; 0 where there is none. */
  version(log: string): Promise<number>;
  /** The logs whose names begin with `prefix`, the one written last first. */
  list(prefix: string, options?: { limit?: number }): Promise<LogInfo[]>;
  /**
   * Entries whose text holds words of the query (any of them, whatever their case), the best match first,
   * in logs whose names begin with `prefix`. A query without a word finds nothing.
   */
  search(query: string, options: { prefix: string; limit?: number }): Promise<FoundEntry[]>;
  /** Takes a log away with all its entries. */
  delete(log: string): Promise<void>;
  /** Closes what the store has opened itself. */
  close(): Promise<void>;
}

/** Somebody else has written to a log since it was read. Nothing was written. */
export class VersionConflictError extends PolycallError {
  static override readonly kind: string = "VersionConflictError";
  declare readonly log: string;
  declare readonly expected: number;
  declare readonly actual: number;

  constructor(log: string, expected: number, actual: number) {
    super(
      `The log "${log}" has ${actual} entries, ${expected} were expected: another process or tab has written to it. Read it again and repeat the change.`,
    );
    Object.assign(this, { log, expected, actual });
  }
}

/** A store that could not be read or written; `cause` says why. */
export class StoreError extends PolycallError {
  static override readonly kind: string = "StoreError";
}

/** An entry that a newer polycall wrote, or something else did; this one would misread it. */
export class UnknownEntryError extends StoreError {
  static override readonly kind: string = "UnknownEntryError";
}

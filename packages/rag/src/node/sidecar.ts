/**
 * The index of a large SQLite store, in a file beside it: an HNSW graph by usearch over the rows up to one
 * of them. Newer rows are searched exactly and rows that are gone are passed over, so that an index that
 * lags is still right; `build` brings it up to date where it lags far. The file's digest is in the database: what
 * is damaged or of another time is not opened.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import type { Index } from "usearch";
import { optional } from "../optional.ts";
import { checkAborted } from "../stores/errors.ts";
import type { OptimizeOptions } from "../stores/store.ts";
import { packed, packsAfter } from "./matrix.ts";
import { Rows } from "./rows.ts";
import type { Sql, SqliteFile } from "./sqlite-file.ts";

export interface SidecarOptions {
  /** Built where the store has so many chunks or more. Default 50,000. */
  from?: number;
  /** How it keeps numbers: "f16" is half as large. What it finds is scored exactly. Default "f32". */
  precision?: "f16" | "f32";
  /** Neighbours of each vector in the graph. Default 16. */
  connectivity?: number;
  /** Candidates looked at when a vector is put in. Default 128. */
  expansionAdd?: number;
  /** Candidates looked at by a search. Default 128. */
  expansionSearch?: number;
}

/** An index that can be searched. */
export interface OpenSidecar {
  name: string;
  index: Index;
  /** Rows beyond this one are not in it. */
  upto: number;
  /** Where candidates are scored. */
  scratch: Rows;
}

interface Described {
  name: string;
  digest: string;
  upto: number;
  /** How many rows are in it. */
  size: number;
  settings: string;
}

export const sidecarSchema = `
  create table if not exists polycall_sidecar (
    one integer primary key check (one = 1), name text not null, digest text not null,
    upto integer not null, size integer not null, settings text not null
  ) strict;`;

/** Between two pauses, so that others have their turn: some 10 ms. */
const addedAtOnce = 32;
const removedAtOnce = 1024;

export class Sidecar {
  readonly #path: string;
  readonly #file: SqliteFile;
  readonly #dimensions: number;
  readonly #options: Required<SidecarOptions>;
  /** Whether the user asked for it, so that a missing package is an error. */
  readonly #asked: boolean;
  #open: OpenSidecar | undefined;
  /** The name of one that cannot be opened. */
  #broken: string | undefined;

  constructor(path: string, file: SqliteFile, dimensions: number, options?: SidecarOptions) {
    this.#path = path;
    this.#file = file;
    this.#dimensions = dimensions;
    this.#asked = options !== undefined;
    this.#options = {
      from: options?.from ?? 50_000,
      precision: options?.precision ?? "f32",
      connectivity: options?.connectivity ?? 16,
      expansionAdd: options?.expansionAdd ?? 128,
      expansionSearch: options?.expansionSearch ?? 128,
    };
  }

  /** Opens the newest index, where there is one that can be. */
  async renew(): Promise<void> {
    const described = await this.#file.read("find its index", describedBy);
    this.#open = undefined;
    if (!described) return;
    const index = await this.#load(described, "view");
    const { name, upto } = described;
    if (index) this.#open = { name, index, upto, scratch: new Rows(this.#dimensions) };
    else this.#broken = name;
  }

  /** What is open, if that is still the newest in the moment of this transaction; "stale" if not. */
  current(sql: Sql): OpenSidecar | undefined | "stale" {
    const name = sql.first("select name from polycall_sidecar")?.[0];
    if (name === undefined || name === this.#broken) return undefined;
    return name === this.#open?.name ? this.#open : "stale";
  }

  /** Brings the index up to date where it lags far enough to slow searches, or makes it. */
  async build({ onProgress, signal }: OptimizeOptions): Promise<void> {
    const { old, total, last, fresh } = await this.#file.read("see what to index", (sql) => {
      const described = describedBy(sql);
      const old = described?.settings === this.#settings() ? described : undefined;
      const [total, last] = sql.first("select count(*), max(n) from polycall_chunks")!;
      const newer = "select count(*) from polycall_chunks where n > ?";
      const [fresh] = old ? sql.first(newer, old.upto)! : [total];
      return { old, total: Number(total), last: Number(last), fresh: Number(fresh) };
    });
    const gone = old ? Math.max(0, old.size - (total - fresh)) : 0;
    if (total === 0 || total < this.#options.from || !(await this.#usearch()) || !this.#fits(total))
      return;
    if (old && fresh + gone <= this.#options.from / 10 && (await this.#intact(old))) return;
    // Removed ones leave holes in the graph; with many of them it is better made anew.
    const kept = old && gone <= old.size / 2 ? await this.#load(old, "load") : undefined;
    const index = kept ?? (await this.#empty());
    if (kept) await this.#drop(kept, old!.upto, gone);
    let after = kept ? old!.upto : 0;
    for (;;) {
      checkAborted(signal);
      const { keys, vectors } = await this.#file.read("read its vectors", (sql) =>
        this.#slice(sql, after, last),
      );
      if (keys.length === 0) break;
      // By one thread: where several put vectors in, no search reaches some of them (3 of 1,000).
      index.add(BigUint64Array.from(keys), vectors, 1);
      after = Number(keys.at(-1)!);
      const done = index.size();
      onProgress?.({ done, total: Math.max(done, total) });
      await pause();
    }
    await this.#save(index, last);
  }

  #settings(): string {
    const { precision, connectivity, expansionAdd, expansionSearch } = this.#options;
    return JSON.stringify([precision, connectivity, expansionAdd, expansionSearch]);
  }

  async #usearch() {
    const usearch = { name: "usearch", wants: "The index needs the package", param: "index" };
    try {
      return (await optional(usearch, () => import("usearch"))).default;
    } catch (error) {
      // Nobody asked for it, and searches are right without.
      if (!this.#asked) return undefined;
      throw error;
    }
  }

  async #empty(): Promise<Index> {
    const usearch = (await this.#usearch())!;
    const { precision, connectivity, expansionAdd, expansionSearch } = this.#options;
    return new usearch.Index({
      dimensions: this.#dimensions,
      metric: usearch.MetricKind.Cos,
      quantization: precision === "f16" ? usearch.ScalarKind.F16 : usearch.ScalarKind.F32,
      connectivity,
      expansion_add: expansionAdd,
      expansion_search: expansionSearch,
      multi: false,
    });
  }

  /** @returns undefined where the file is not the one that was saved */
  async #load({ name, digest }: Described, how: "load" | "view"): Promise<Index | undefined> {
    if (!(await this.#usearch())) return undefined;
    const at = join(dirname(this.#path), name);
    try {
      if ((await digestOf(at)) !== digest) return undefined;
      const index = await this.#empty();
      index[how](at);
      return index;
    } catch {
      return undefined;
    }
  }

  /** Whether there is the memory that building takes. Who asked for an index by its options is not held back. */
  #fits(total: number): boolean {
    const { precision, connectivity } = this.#options;
    const each = this.#dimensions * (precision === "f16" ? 2 : 4) + connectivity * 16;
    return this.#asked || total * each < process.availableMemory();
  }

  async #intact({ name, digest }: Described): Promise<boolean> {
    if (name === this.#open?.name) return true;
    return (await digestOf(join(dirname(this.#path), name)).catch(() => "")) === digest;
  }

  /** Takes out the rows that are gone: what lies between those that sources still have. */
  async #drop(index: Index, upto: number, gone: number): Promise<void> {
    const there = await this.#file.read("see what is gone", (sql) =>
      sql.all("select first, last from polycall_sources where first <= ? order by first", upto),
    );
    let left = gone;
    let next = 1;
    for (const [first, last] of [...there, [upto + 1, upto]]) {
      while (left > 0 && next < Number(first)) {
        const from = next;
        next = Math.min(Number(first), from + removedAtOnce);
        const keys = BigUint64Array.from({ length: next - from }, (_, i) => BigInt(from + i));
        const before = index.size();
        index.remove(keys);
        left -= before - index.size();
        await pause();
      }
      next = Number(last) + 1;
    }
  }

  /** The next vectors after a row, up to the last. */
  #slice(sql: Sql, after: number, last: number) {
    const keys: bigint[] = [];
    const vectors = new Float32Array((addedAtOnce + packed) * this.#dimensions);
    for (const [first, bytes] of packsAfter(sql, after)) {
      if ((first as number) > last || keys.length >= addedAtOnce) break;
      const floats = new Float32Array((bytes as Uint8Array).slice().buffer);
      vectors.set(floats, keys.length * this.#dimensions);
      for (let i = 0; i < floats.length / this.#dimensions; i++)
        keys.push(BigInt((first as number) + i));
    }
    return { keys, vectors: vectors.subarray(0, keys.length * this.#dimensions) };
  }

  /** Known only once it is wholly there. */
  async #save(index: Index, upto: number): Promise<void> {
    const folder = dirname(this.#path);
    const start = `${basename(this.#path)}-`;
    const part = join(folder, `${start}${process.pid}-${Date.now()}.usearch-part`);
    index.save(part);
    const digest = await digestOf(part);
    const name = `${start}${digest.slice(0, 16)}.usearch`;
    await rename(part, join(folder, name));
    await this.#file.write("keep its index", (sql) => {
      sql.run(
        "insert or replace into polycall_sidecar values (1, ?, ?, ?, ?, ?)",
        name,
        digest,
        upto,
        index.size(),
        this.#settings(),
      );
    });
    this.#broken = undefined;
    for (const other of await readdir(folder)) {
      if (!other.startsWith(start) || other === name) continue;
      const left =
        other.endsWith(".usearch") ||
        (other.endsWith(".usearch-part") && (await isOld(join(folder, other))));
      // Where another process still has it open it may have to stay.
      if (left) await rm(join(folder, other)).catch(() => {});
    }
  }
}

function describedBy(sql: Sql): Described | undefined {
  const row = sql.first("select name, digest, upto, size, settings from polycall_sidecar");
  if (!row) return undefined;
  const [name, digest, upto, size, settings] = row;
  return {
    name: String(name),
    digest: String(digest),
    upto: Number(upto),
    size: Number(size),
    settings: String(settings),
  };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(bytes);
  return hash.digest("hex");
}

/** What a process left behind that was killed. */
async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > 3_600_000;
}

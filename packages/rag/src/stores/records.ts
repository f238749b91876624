/**
 * A store on any database of vectors: what it does is told by a driver, and what such databases lack is
 * made good here. Without transactions a source is first unmarked, then replaced, then marked again, so
 * that one which was left half done is not among the sources. What a database cannot say of a filter is
 * checked on what it finds, and more is asked for until `k` pass.
 */
import { digest } from "@polycall/embeddings";
import {
  checkDescription,
  checkPlaces,
  checkReplace,
  checkSearch,
  opened,
  unitVector,
} from "./check.ts";
import { cleanText, decodeChunk, encodeChunk, inOrder } from "./encoded.ts";
import { checkAborted, checkSameIndex, StoreError, storeError } from "./errors.ts";
import {
  type Compiled,
  type Condition,
  compile,
  type FilterLanguage,
  holds,
  readFilter,
} from "./filter.ts";
import type { Hit, IndexDescription, OptimizeOptions, Store, StoredChunk } from "./store.ts";

/** A chunk as a driver keeps it. */
export interface StoreRecord {
  chunk: StoredChunk;
  /** All of the chunk, to be kept as it is. */
  body: string;
  /** Its text without what databases refuse, for whoever looks into them with other tools. */
  text: string;
  /** Of length 1. */
  vector: Float32Array;
}

export interface FoundRecord {
  body: string;
  score: number;
  vector?: ArrayLike<number>;
}

export interface NearestOptions<Part> {
  k: number;
  where: Part | undefined;
  vectors: boolean;
  signal: AbortSignal | undefined;
}

/** What is to be known of a database. */
export interface Driver<Part> {
  /** "The Chroma collection docs", for messages. */
  name: string;
  /** How one begins anew: "give another collection". */
  remedy: string;
  language: FilterLanguage<Part>;
  /** So many records go into one request. */
  batch: number;
  /** So many are found by one search at most. */
  most: number;
  /** Makes what is missing, and tells what the vectors are of. */
  open(index: IndexDescription): Promise<IndexDescription>;
  marked(): AsyncIterable<{ source: string; hash: string }>;
  mark(source: string, hash: string): Promise<void>;
  unmark(sources: readonly string[]): Promise<void>;
  put(records: readonly StoreRecord[]): Promise<void>;
  /** Takes away all records of a source. */
  drop(source: string): Promise<void>;
  /** By cosine, the best first. */
  nearest(query: Float32Array, options: NearestOptions<Part>): Promise<FoundRecord[]>;
  /** By words, the best first. */
  byWords?(query: string, options: NearestOptions<Part>): Promise<FoundRecord[]>;
  /** The bodies of a source, in any order. */
  ofSource(source: string, from: number, to: number): Promise<string[]>;
  bodies(): AsyncIterable<string>;
  count(): Promise<number>;
  optimize?(options: OptimizeOptions): Promise<void>;
  close?(): Promise<void>;
}

export function recordStore<Part>(driver: Driver<Part>): Store {
  let index: IndexDescription | undefined;
  let closed = false;

  async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (closed) throw new StoreError("The store is closed.");
    try {
      return await work();
    } catch (error) {
      throw storeError(what, error);
    }
  }
  const turns = new Map<string, Promise<unknown>>();
  /** One change of a source after the other: two at once would leave something of both. */
  async function inTurn(sources: readonly string[], work: () => Promise<void>): Promise<void> {
    const mine = Promise.allSettled(sources.map((one) => turns.get(one))).then(work);
    for (const one of sources) turns.set(one, mine);
    try {
      await mine;
    } finally {
      for (const one of sources) if (turns.get(one) === mine) turns.delete(one);
    }
  }
  async function* listing<T>(what: string, items: () => AsyncIterable<T>): AsyncGenerator<T> {
    if (closed) throw new StoreError("The store is closed.");
    try {
      yield* items();
    } catch (error) {
      throw storeError(what, error);
    }
  }

  /** What passes the filter, `k` of it where so much does. */
  async function filtered(
    k: number,
    condition: Condition | undefined,
    find: (where: Part | undefined, k: number) => Promise<FoundRecord[]>,
  ): Promise<Hit[]> {
    const { part, exact }: Compiled<Part> = condition
      ? compile(condition, driver.language)
      : { exact: true };
    for (let wanted = exact ? k : Math.max(50, 2 * k); ; wanted *= 4) {
      const asked = Math.min(wanted, driver.most);
      const found = await find(part, asked);
      const hits = found.map(({ body, score, vector }): Hit => {
        const chunk = decodeChunk(body);
        return { chunk, score, ...(vector && { vector: Float32Array.from(vector) }) };
      });
      const passing = condition ? hits.filter(({ chunk }) => holds(chunk, condition)) : hits;
      if (exact || passing.length >= k || found.length < asked) return inOrder(passing).slice(0, k);
      if (asked === driver.most)
        throw new StoreError(
          `Of the ${asked} nearest only ${passing.length} pass the filter, and ${driver.name} looks no further. Say more of it in tests that the database knows (docs/stores.md), or ask for fewer.`,
        );
    }
  }

  const store: Store = {
    async open(asked) {
      checkDescription(asked);
      const stored = await doing("open it", () => driver.open(asked));
      checkSameIndex(driver.name, stored, asked, driver.remedy);
      index = asked;
    },
    async *sources() {
      opened(index);
      yield* listing("list its sources", () => driver.marked());
    },
    async replace(source, hash, chunks, { signal } = {}) {
      const checked = checkReplace(source, hash, chunks, opened(index).dimensions);
      checkAborted(signal);
      const replace = async () => {
        checkAborted(signal);
        await driver.unmark([source]);
        await driver.drop(source);
        for (let i = 0; i < checked.length; i += driver.batch) {
          checkAborted(signal);
          await driver.put(
            checked.slice(i, i + driver.batch).map(({ chunk, vector }) => ({
              chunk,
              vector,
              body: encodeChunk(chunk),
              text: cleanText(chunk.text),
            })),
          );
        }
        await driver.mark(source, hash);
      };
      await inTurn([source], () => doing(`replace "${source}"`, replace));
    },
    async remove(sources) {
      opened(index);
      if (sources.length === 0) return;
      const remove = async () => {
        await driver.unmark(sources);
        for (const source of sources) await driver.drop(source);
      };
      await inTurn(sources, () => doing("remove sources", remove));
    },
    async searchVector(vector, { filter, vectors = false, ...options }) {
      const k = checkSearch(options);
      const query = unitVector(vector, opened(index).dimensions, "vector");
      const condition = filter && readFilter(filter);
      if (!query || k === 0) return [];
      const { signal } = options;
      return doing("search it", () =>
        filtered(k, condition, (where, wanted) =>
          driver.nearest(query, { k: wanted, where, vectors, signal }),
        ),
      );
    },
    async chunks(source, from, to) {
      opened(index);
      const places = checkPlaces(from, to);
      const bodies = await doing(`read "${source}"`, () =>
        driver.ofSource(source, places.from, Math.min(places.to, 2 ** 31 - 1)),
      );
      return bodies.map((body) => decodeChunk(body)).sort((a, b) => a.index - b.index);
    },
    async *all() {
      opened(index);
      for await (const body of listing("read it", () => driver.bodies())) yield decodeChunk(body);
    },
    async count() {
      opened(index);
      return doing("count its chunks", () => driver.count());
    },
    async close() {
      if (!closed) await driver.close?.();
      closed = true;
    },
  };
  if (driver.optimize) {
    store.optimize = (options = {}) => {
      opened(index);
      checkAborted(options.signal);
      return doing("build its index", () => driver.optimize!(options));
    };
  }
  const { byWords } = driver;
  if (byWords) {
    store.searchText = async (query, { filter, vectors = false, ...options }) => {
      const k = checkSearch(options);
      opened(index);
      const condition = filter && readFilter(filter);
      const words = cleanText(query);
      if (!/[\p{L}\p{N}]/u.test(words) || k === 0) return [];
      const { signal } = options;
      return doing("search it", () =>
        filtered(k, condition, (where, wanted) =>
          byWords(words, { k: wanted, where, vectors, signal }),
        ),
      );
    };
  }
  return store;
}

/** 32 hexadecimal digits that stand for a text, where a database takes no text for a name. */
export const nameOf = async (text: string): Promise<string> => (await digest(text)).slice(0, 32);

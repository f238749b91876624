/** The vectors of a SQLite store in memory, for exact search: read when first searched, then kept in step. */
import { TopK } from "../stores/top-k.ts";
import type { Sql } from "./sqlite-file.ts";

/** Rows in a run: their keys ascend, and so do those of the blocks. */
interface Block {
  keys: Float64Array;
  vectors: Float32Array;
  /** 1 where the row is no longer there. */
  gone: Uint8Array;
  size: number;
}

const blockBytes = 4 << 20;

export class Matrix {
  readonly #dimensions: number;
  readonly #rows: number;
  readonly #cacheBytes: number;
  #blocks: Block[] = [];
  /** Vectors beyond the cache pass through here. */
  #passing: Block | undefined;
  #version = -1;
  #last = 0;
  #gone = 0;

  /** @param cacheBytes how much is kept; the rest is read from the file by each search */
  constructor(dimensions: number, cacheBytes: number) {
    this.#dimensions = dimensions;
    this.#rows = Math.max(1, Math.floor(blockBytes / 4 / dimensions));
    this.#cacheBytes = cacheBytes;
  }

  /**
   * The `k` nearest by cosine, as rows of the store.
   * @param query of length 1
   * @param only the keys to look at, ascending; absent: all
   * @param after looks at greater keys alone
   */
  search(sql: Sql, query: Float32Array, k: number, only?: ArrayLike<number>, after = 0) {
    this.#keepUp(sql);
    const best = new TopK(k);
    const place = { at: 0 };
    for (const block of this.#blocks) scan(block, query, best, after, only, place);
    if (this.#isFull()) {
      this.#passing ??= this.#newBlock();
      for (let from = Math.max(this.#last, after); ; ) {
        this.#passing.size = 0;
        this.#fill(sql, this.#passing, from);
        if (this.#passing.size === 0) break;
        scan(this.#passing, query, best, after, only, place);
        from = this.#passing.keys[this.#passing.size - 1]!;
      }
    }
    return best.take();
  }

  /** Forgets all that it holds. */
  clear(): void {
    this.#blocks = [];
    this.#passing = undefined;
    this.#version = -1;
    this.#last = 0;
    this.#gone = 0;
  }

  /** Takes in what was written since the last search, by this process or another. */
  #keepUp(sql: Sql): void {
    const [version, oldest] = sql.first(
      "select version, forgotten from polycall_index",
    ) as readonly [number, number];
    if (version === this.#version) return;
    const held = this.#blocks.reduce((sum, { size }) => sum + size, 0);
    if (this.#version < oldest || this.#gone > held / 4) this.clear();
    if (this.#version >= 0) {
      const removed = sql.all(
        "select first, last from polycall_gone where version > ?",
        this.#version,
      );
      for (const [first, last] of removed) this.#drop(Number(first), Number(last));
    }
    while (!this.#isFull()) {
      let block = this.#blocks.at(-1);
      if (!block || block.size === this.#rows) {
        block = this.#newBlock();
        this.#blocks.push(block);
      }
      const before = block.size;
      this.#fill(sql, block, this.#last);
      if (block.size === before) break;
      this.#last = block.keys[block.size - 1]!;
    }
    this.#version = version;
  }

  #isFull(): boolean {
    const last = this.#blocks.at(-1);
    const bytes = this.#blocks.length * this.#rows * this.#dimensions * 4;
    return bytes >= this.#cacheBytes && last?.size === this.#rows;
  }

  #newBlock(): Block {
    return {
      keys: new Float64Array(this.#rows),
      vectors: new Float32Array(this.#rows * this.#dimensions),
      gone: new Uint8Array(this.#rows),
      size: 0,
    };
  }

  #fill(sql: Sql, block: Block, after: number): void {
    const bytes = new Uint8Array(block.vectors.buffer);
    const width = this.#dimensions * 4;
    const rows = sql.each(
      "select n, vector from polycall_vectors where n > ? order by n limit ?",
      after,
      this.#rows - block.size,
    );
    for (const [n, vector] of rows) {
      block.keys[block.size] = n as number;
      bytes.set(vector as Uint8Array, block.size * width);
      block.size++;
    }
  }

  #drop(first: number, last: number): void {
    for (const block of this.#blocks) {
      if (block.size === 0 || block.keys[block.size - 1]! < first) continue;
      if (block.keys[0]! > last) return;
      for (let i = lowerBound(block, first); i < block.size && block.keys[i]! <= last; i++) {
        if (block.gone[i]) continue;
        block.gone[i] = 1;
        this.#gone++;
      }
    }
  }
}

/** The first row whose key is at least this. */
function lowerBound({ keys, size }: Block, key: number): number {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param place how far `only` is used up by the blocks before */
function scan(
  block: Block,
  query: Float32Array,
  best: TopK,
  after: number,
  only: ArrayLike<number> | undefined,
  place: { at: number },
): void {
  const { keys, vectors, gone, size } = block;
  if (size === 0 || keys[size - 1]! <= after) return;
  if (!only) {
    for (let row = after < keys[0]! ? 0 : lowerBound(block, after + 1); row < size; row++) {
      if (gone[row]) continue;
      const score = dot(query, vectors, row * query.length);
      if (score > best.threshold) best.add(keys[row]!, score);
    }
    return;
  }
  let row = 0;
  for (; place.at < only.length; place.at++) {
    const key = only[place.at]!;
    if (key > keys[size - 1]!) return;
    while (row < size && keys[row]! < key) row++;
    if (keys[row] !== key || gone[row] || key <= after) continue;
    const score = dot(query, vectors, row * query.length);
    if (score > best.threshold) best.add(key, score);
  }
}

/** Four sums at once: each waits for its own last addition only. */
function dot(a: Float32Array, b: Float32Array, from: number): number {
  const whole = a.length & ~3;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i < whole; i += 4) {
    s0 += a[i]! * b[from + i]!;
    s1 += a[i + 1]! * b[from + i + 1]!;
    s2 += a[i + 2]! * b[from + i + 2]!;
    s3 += a[i + 3]! * b[from + i + 3]!;
  }
  for (; i < a.length; i++) s0 += a[i]! * b[from + i]!;
  return s0 + s1 + s2 + s3;
}

/** What happens at the same time: changes, searches, aborts and a store that is closed, at every step of the way. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import { APIUserAbortError } from "@polycall/core";
import type { Encoder } from "@polycall/embeddings";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Chunker,
  knowledgeBase,
  markdownChunker,
  memoryStore,
  type Store,
  StoreError,
  sqliteStore,
} from "../src/index.ts";
import { redisStore } from "../src/stores/redis.ts";
import { sourceOf } from "./corpus.ts";
import { hashingEncoder } from "./hashing.ts";
import { redisInMemory } from "./redis-memory.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "polycall-at-once-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("in a database without transactions", () => {
  const dimensions = 8;
  /** A client whose every command takes a turn of the event loop. */
  async function opened(): Promise<Store> {
    const client = redisInMemory();
    const sendCommand = async (command: string[]) => {
      await pause();
      return client.sendCommand(command);
    };
    const store = redisStore({ client: { sendCommand } });
    await store.open({ model: "test/encoder", dimensions });
    return store;
  }
  const edition = (text: string, count: number, seed: number) =>
    sourceOf(
      "a",
      Array.from({ length: count }, () => text),
      { dimensions, seed },
    ).map((one) => {
      return { ...one, chunk: { ...one.chunk, id: `${text}-${one.chunk.index}` } };
    });

  test("two editions of a source at once leave the later one, whole and alone", async () => {
    const store = await opened();
    await store.replace("a", "h0", edition("old", 4, 1));
    await Promise.all([
      store.replace("a", "h1", edition("first", 5, 2)),
      store.replace("a", "h2", edition("second", 3, 3)),
    ]);
    expect(await collect(store.sources())).toEqual([{ source: "a", hash: "h2" }]);
    expect((await store.chunks("a")).map(({ text }) => text)).toEqual(Array(3).fill("second"));
    expect(await store.count()).toBe(3);
  });

  test("a removal and an edition come in their order", async () => {
    const store = await opened();
    await Promise.all([store.replace("a", "h1", edition("first", 5, 2)), store.remove(["b", "a"])]);
    expect(await store.count()).toBe(0);
    await Promise.all([store.remove(["a"]), store.replace("a", "h2", edition("second", 3, 3))]);
    expect(await collect(store.sources())).toEqual([{ source: "a", hash: "h2" }]);
  });

  test("one that fails does not keep the next from its turn", async () => {
    const store = await opened();
    const leave = new AbortController();
    const first = store.replace("a", "h1", edition("first", 500, 2), { signal: leave.signal });
    const second = store.replace("a", "h2", edition("second", 3, 3));
    leave.abort();
    await expect(first).rejects.toBeInstanceOf(APIUserAbortError);
    await second;
    expect(await store.count()).toBe(3);
  });
});

const documents = Array.from({ length: 12 }, (_, i) => ({
  source: `d${i}`,
  text: `# Part ${i}\n\n${`Words about thing${i}. `.repeat(30)}`,
}));

describe("at every step of an ingestion", () => {
  /** A store, an encoder and a chunker of which the nth call does something first. */
  function watched(store: Store, nth: number, act: () => unknown) {
    let calls = 0;
    const step = async () => {
      await pause();
      if (++calls === nth) await act();
    };
    const encoder = hashingEncoder();
    const chunker = markdownChunker({ size: 200 });
    const embedding: Encoder = {
      ...encoder,
      encode: async (texts) => {
        await step();
        return encoder.encode(texts);
      },
    };
    const cutting: Chunker = {
      name: "test",
      chunk: async (document) => {
        await step();
        return chunker.chunk(document);
      },
    };
    const before = <T extends (...args: never[]) => Promise<unknown>>(work: T) =>
      (async (...args) => {
        await step();
        return work(...args);
      }) as T;
    const stepping: Store = {
      ...store,
      open: before(store.open),
      replace: before(store.replace),
      remove: before(store.remove),
      async *sources() {
        await step();
        yield* store.sources();
      },
      optimize: before(store.optimize!),
    };
    const kb = knowledgeBase({ store: stepping, embedding, chunker: cutting });
    return { kb, calls: () => calls };
  }
  const state = async (store: Store) => ({
    sources: (await collect(store.sources())).map(({ source }) => source).sort(),
    chunks: (await collect(store.all())).map(({ id }) => id).sort(),
  });
  const gone = { source: "gone", text: "It goes." };
  const options = { prune: true };

  async function steps(): Promise<number> {
    const store = memoryStore();
    await watched(store, 0, () => {}).kb.ingest([gone]);
    const { kb, calls } = watched(store, 0, () => {});
    await kb.ingest(documents, options);
    return calls();
  }

  test("an abort ends it there, and the next run leaves what one would", async () => {
    const whole = memoryStore();
    await watched(whole, 0, () => {}).kb.ingest(documents, options);
    const expected = await state(whole);
    const count = await steps();
    expect(count).toBeGreaterThan(25);
    for (let nth = 1; nth <= count; nth++) {
      const store = memoryStore();
      await watched(store, 0, () => {}).kb.ingest([gone]);
      const leave = new AbortController();
      const { kb } = watched(store, nth, () => leave.abort());
      const aborted = kb.ingest(documents, { ...options, signal: leave.signal });
      // What was over when the caller left is over.
      await aborted.catch((error) => expect(error).toBeInstanceOf(APIUserAbortError));
      await watched(store, 0, () => {}).kb.ingest(documents, options);
      expect(await state(store)).toEqual(expected);
    }
  });

  test("a store that is closed underway is an error that says so, and the file is sound", async () => {
    const count = await steps();
    for (let nth = 2; nth <= count; nth += 3) {
      const path = join(root, `${nth}.sqlite`);
      const store = sqliteStore({ path, index: false });
      const { kb } = watched(store, nth, () => store.close());
      const error = await kb.ingest(documents, options).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (error) expect(error).toBeInstanceOf(StoreError);
      const again = sqliteStore({ path, index: false });
      await watched(again, 0, () => {}).kb.ingest(documents, options);
      expect((await state(again)).sources).toHaveLength(documents.length);
      await again.close();
    }
  });
});

test.each<[string, () => Store]>([
  ["one that searches by words", () => sqliteStore({ path: join(root, "kb.sqlite") })],
  ["one that does not", () => ({ ...memoryStore(), searchText: undefined })],
])(
  "questions while documents come and go find whole passages, in a store like %s",
  async (_, make) => {
    const kb = knowledgeBase({ embedding: hashingEncoder({ ms: 1 }), store: make() });
    const chunkTexts = new Set<string>();
    await kb.ingest(documents);
    let busy = true;
    const writing = (async () => {
      for (let round = 0; round < 6; round++) {
        const changed = documents.map((one) => ({ ...one, text: `${one.text} Round ${round}.` }));
        await kb.ingest(round % 2 ? changed.slice(0, 6) : changed, { prune: true });
      }
      busy = false;
    })();
    const ask = async (mode: "hybrid" | "words" | "dense") => {
      while (busy) {
        const found = await kb
          .retriever({ mode, k: 3, neighbours: 1, minScore: 0 })
          .retrieve("Words about thing3");
        for (const { chunk, text } of found) {
          expect(text).toContain(chunk.raw.slice(0, 20));
          chunkTexts.add(chunk.id);
        }
      }
    };
    await Promise.all([writing, ask("hybrid"), ask("words"), ask("dense")]);
    expect(chunkTexts.size).toBeGreaterThan(0);
    const [best] = await kb.retriever({ mode: "words", k: 1 }).retrieve("thing3");
    expect(best!.text).toContain("Round 5.");
    await kb.close();
  },
);

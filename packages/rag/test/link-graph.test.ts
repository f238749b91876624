/** Passages over links and similarity: what is followed, what is never given, and what happens on failure. */
import { describe, expect, test, vi } from "vitest";
import { candidates, referencesIn, slugOf } from "../src/graph/references.ts";
import { spread } from "../src/graph/spread.ts";
import {
  type Indexed,
  knowledgeBase,
  linkGraph,
  markdownChunker,
  memoryStore,
  type RetrievalTrace,
  type Retriever,
} from "../src/index.ts";
import { rereading } from "../src/rereading.ts";
import { hashingEncoder } from "./hashing.ts";

const documents = [
  {
    source: "guide/start.md",
    text: "# Start\n\nThe zebra manual begins here. See [how to pay](../pay/rules.md#deadlines) first.",
    metadata: { tenant: "a" },
  },
  {
    source: "pay/rules.md",
    text: "# Rules\n\nGeneral remarks on money.\n\n# Deadlines\n\nInvoices are due on Friday. Read [[Holidays|the list]].",
    metadata: { tenant: "a" },
  },
  {
    source: "pay/holidays.md",
    text: "# Days off\n\nNobody works at Easter.",
    metadata: { tenant: "b" },
  },
  { source: "other.md", text: "# Other\n\nQuite another matter.", metadata: { tenant: "a" } },
];

const chunker = markdownChunker({ size: 90 });
async function kbOf(given = documents) {
  const kb = knowledgeBase({ embedding: hashingEncoder(), store: memoryStore(), chunker });
  await kb.ingest(given);
  return kb;
}
const emptyTrace = (): RetrievalTrace => ({ steps: [], calls: [], warnings: [] });
const only = { similar: 0, heading: 0, next: 0, link: 1 };

describe("links", () => {
  test("lead to the section that they name, both ways, and on from there", async () => {
    const kb = await kbOf();
    const words = kb.retriever({ mode: "words", k: 1 });
    const graph = linkGraph(words, { of: kb, k: 3, weights: only });
    const trace = emptyTrace();
    const found = await graph.retrieve("zebra", { trace });
    expect(found.map(({ chunk }) => [chunk.source, chunk.headings.at(-1)])).toEqual([
      ["guide/start.md", "Start"],
      ["pay/rules.md", "Deadlines"],
      ["pay/holidays.md", "Days off"],
    ]);
    const step = trace.steps.at(-1)!;
    expect(step).toMatchObject({ technique: "linkGraph" });
    expect(step.nodes!.map(({ kind, text }) => [kind, text])).toEqual([
      ["link", "guide/start.md #0 -> pay/rules.md #1"],
      ["link", "pay/rules.md #1 -> pay/holidays.md #0"],
    ]);
    // Back along the wiki link.
    const back = await graph.retrieve("Easter");
    expect(back[1]!.chunk.source).toBe("pay/rules.md");
  });

  test("a technique around it gets as many as it asks for, in the place of the graph's own number", async () => {
    const kb = await kbOf();
    const graph = linkGraph(kb.retriever({ mode: "words", k: 1 }), { of: kb, k: 1, weights: only });
    expect(await graph.retrieve("zebra")).toHaveLength(1);
    expect(await graph.retrieve("zebra", { k: 3 })).toHaveLength(3);
  });

  test("a filter holds for what is added; what keeps all adds nothing", async () => {
    const kb = await kbOf();
    const filter = { tenant: "a" };
    const words = kb.retriever({ mode: "words", k: 1, filter });
    const found = await linkGraph(words, { of: kb, k: 5, filter, weights: only }).retrieve("zebra");
    expect(found.map(({ chunk }) => chunk.source)).toEqual(["guide/start.md", "pay/rules.md"]);
    const same = await linkGraph(words, { of: kb, k: 5, keep: 1 }).retrieve("zebra");
    expect(same.map(({ chunk, score }) => [chunk.source, score])).toEqual([["guide/start.md", 1]]);
  });

  test("what was deleted is not given, and what is new is followed once it is found", async () => {
    const kb = await kbOf();
    const graph = linkGraph(kb.retriever({ mode: "words", k: 1 }), { of: kb, k: 3, weights: only });
    expect(await graph.retrieve("zebra")).toHaveLength(3);
    await kb.remove(["pay/rules.md"]);
    expect((await graph.retrieve("zebra")).map(({ chunk }) => chunk.source)).not.toContain(
      "pay/rules.md",
    );
    await kb.ingest([{ source: "new.md", text: "Walrus. See [it](other.md)." }]);
    const found = await graph.retrieve("walrus");
    expect(found.map(({ chunk }) => chunk.source)).toEqual(["new.md", "other.md"]);
  });
});

test("what a link leads to is found in its new edition at the next question", async () => {
  const kb = await kbOf();
  const graph = linkGraph(kb.retriever({ mode: "words", k: 1 }), { of: kb, k: 3, weights: only });
  expect(await graph.retrieve("zebra")).toHaveLength(3);
  const rules = documents[1]!;
  await kb.ingest([{ ...rules, text: `${rules.text}\n\nAs of May.` }]);
  await graph.retrieve("zebra");
  const found = await graph.retrieve("zebra");
  expect(found.map(({ text }) => text).join()).toContain("As of May.");
});

test("similar chunks are followed by their vectors, and none is embedded anew", async () => {
  const encoder = hashingEncoder();
  const kb = knowledgeBase({ embedding: encoder, store: memoryStore() });
  await kb.ingest([
    { source: "a", text: "unique anchor with red green blue yellow" },
    { source: "b", text: "red green blue yellow paint" },
    { source: "c", text: "entirely different subject here" },
  ]);
  const graph = linkGraph(kb.retriever({ mode: "words", k: 1 }), { of: kb, k: 2, similar: 1 });
  const before = encoder.texts.length;
  const found = await graph.retrieve("anchor");
  expect(found.map(({ chunk }) => chunk.source)).toEqual(["a", "b"]);
  expect(encoder.texts).toHaveLength(before);
});

test("a new similar chunk is given at the next question", async () => {
  const kb = knowledgeBase({ embedding: hashingEncoder(), store: memoryStore() });
  await kb.ingest([{ source: "a", text: "unique anchor with red green blue yellow" }]);
  const graph = linkGraph(kb.retriever({ mode: "words", k: 1 }), { of: kb, k: 2 });
  const sources = async () =>
    (await graph.retrieve("anchor")).map(({ chunk }) => chunk.source).join();
  expect(await sources()).toBe("a");
  await kb.ingest([{ source: "b", text: "red green blue yellow paint" }]);
  await sources();
  expect(await sources()).toBe("a,b");
});

describe("what goes wrong", () => {
  test("falls back to what was found, and says so", async () => {
    const kb = await kbOf();
    const broken: Indexed = {
      encoder: kb.encoder,
      store: {
        ...kb.store,
        all: async function* () {
          yield* [];
          throw new Error("The disk is gone.");
        },
      },
    };
    const trace = emptyTrace();
    const found = await linkGraph(kb.retriever({ k: 2 }), { of: broken }).retrieve("zebra", {
      trace,
    });
    expect(found).toHaveLength(2);
    expect(trace.warnings[0]).toContain("The disk is gone.");
    expect(trace.steps.at(-1)!.fallback).toContain("The disk is gone.");
  });

  test("nothing found stays nothing; an abort ends it", async () => {
    const kb = await kbOf();
    const none: Retriever = { retrieve: async () => [] };
    expect(await linkGraph(none, { of: kb }).retrieve("x")).toEqual([]);
    const given = await kb.retriever({ k: 1 }).retrieve("zebra");
    const one: Retriever = { retrieve: async () => given };
    const signal = AbortSignal.abort();
    await expect(linkGraph(one, { of: kb }).retrieve("x", { signal })).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  test.each([
    [{ keep: 0 }, "keep must be above 0"],
    [{ k: 0 }, "k must be a whole number from 1"],
    [{ weights: { link: -1 } }, "weights.link must be a number from 0"],
    [{ weights: { quotes: 1 } as never }, 'there are no edges "quotes"'],
    [{ of: undefined as never }, "of must be a knowledge base"],
  ])("%o is refused", async (options, message) => {
    const kb = await kbOf([]);
    expect(() => linkGraph(kb.retriever(), { of: kb, ...options })).toThrow(message);
  });
});

test("what takes long to read is not read anew all the time, and what failed is", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    let [reads, ms] = [0, 10];
    const reading = rereading(async () => {
      vi.advanceTimersByTime(ms);
      if (++reads === 5) throw new Error("The disk is gone.");
      return reads;
    });
    expect([await reading.current(), await reading.current()]).toEqual([1, 1]);
    reading.stale();
    ms = 5000;
    expect(await reading.current()).toBe(2);
    reading.stale();
    vi.advanceTimersByTime(49_000);
    reading.stale();
    expect(await reading.current()).toBe(2);
    vi.advanceTimersByTime(2000);
    reading.stale();
    expect(await reading.current()).toBe(3);
    reading.forget();
    expect(await reading.current()).toBe(4);
    reading.forget();
    await expect(reading.current()).rejects.toThrow("The disk is gone.");
    expect(await reading.current()).toBe(6);
  } finally {
    vi.useRealTimers();
  }
});

test("references are read from Markdown, and not from code or pictures", () => {
  const text = [
    'See [a](x.md "title"), [b](<y z.md#Part two>) and [c][1]; ![p](pic.png) `[d](no.md)`',
    "```\n[e](no.md)\n```",
    "[[Some Page#There|shown]] and [[Other]]",
    "[1]: ../up.md",
  ].join("\n");
  expect(referencesIn(text)).toEqual([
    { target: "x.md", wiki: false },
    { target: "y z.md", fragment: "Part two", wiki: false },
    { target: "../up.md", wiki: false },
    { target: "Some Page", fragment: "There", wiki: true },
    { target: "Other", wiki: true },
  ]);
});

test.each([
  ["a/b.md", "c.md", "a/c.md"],
  ["a/b.md", "../c.md?x=1", "c.md"],
  ["a/b.md", "/docs/c", "docs/c.md"],
  ["/root/a.md", "b.md", "/root/b.md"],
  ["my notes/ä.md", "b%20c.md", "my notes/b c.md"],
  ["https://x.org/a/b", "../c", "https://x.org/c"],
  ["a.md", "https://x.org/c", "https://x.org/c"],
  ["a.md", "http://[", undefined],
])("from %s, %s may be %s", (source, target, expected) => {
  if (expected) expect(candidates(source, target)).toContain(expected);
  else expect(candidates(source, target)).toEqual([]);
});

test("a heading's fragment is GitHub's", () => {
  expect(slugOf("What's new, in `v2`?")).toBe("whats-new-in-v2");
});

test("activation is shared out and none of it is lost", async () => {
  const edges: Record<string, { to: string; kind: "x"; weight: number }[]> = {
    a: [
      { to: "b", kind: "x", weight: 3 },
      { to: "c", kind: "x", weight: 1 },
    ],
  };
  const found = await spread(new Map([["a", 5]]), {
    ...{ keep: 0.6, visits: 10 },
    neighbours: async (id) => edges[id] ?? [],
  });
  // Worked out by hand: a keeps 0.6, passes 0.4 on, three quarters of it to b.
  expect(found.get("a")!.score).toBeCloseTo(0.6, 12);
  expect(found.get("b")!.score).toBeCloseTo(0.3, 12);
  expect(found.get("c")!.score).toBeCloseTo(0.1, 12);
  expect(found.get("b")!.by).toMatchObject({ from: "a", kind: "x" });
});

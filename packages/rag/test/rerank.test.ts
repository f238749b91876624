/** Candidates in the order of a reranker: APIs and models over the wire, and all that they may get wrong. */
import { simulator } from "@polycall/testing";
import { createClient } from "polycall";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  apiReranker,
  type Chunk,
  type Chunker,
  knowledgeBase,
  languageModel,
  type ModelRerankerOptions,
  memoryStore,
  modelReranker,
  type Passage,
  type Ranked,
  type Reranker,
  type RetrievalTrace,
  type Retriever,
  rerankPassages,
} from "../src/index.ts";
import { hashingEncoder } from "./hashing.ts";

let sim: Awaited<ReturnType<typeof simulator>>;
let client: ReturnType<typeof createClient>;
beforeEach(async () => {
  sim = await simulator();
  client = createClient({
    providers: sim.providers,
    defaults: { maxRetries: 0 },
    logLevel: "off",
  });
});
afterEach(() => sim[Symbol.asyncDispose]());

const emptyTrace = (): RetrievalTrace => ({ steps: [], calls: [], warnings: [] });

const passage = (text: string, at: number): Passage => ({
  chunk: {
    ...{ id: `c${at}`, source: text, raw: text, text, index: 0, start: 0, end: text.length },
    ...{ headings: [], metadata: {} },
  } as unknown as Passage["chunk"],
  ...{ text, start: 0, end: text.length, score: 1 - at / 100, scores: { words: 10 - at } },
});

/** Gives texts, as many as it is asked for. */
function given(...texts: string[]): Retriever & { asked: (number | undefined)[] } {
  const asked: (number | undefined)[] = [];
  return {
    asked,
    async retrieve(_, { k } = {}) {
      asked.push(k);
      return texts.slice(0, k).map(passage);
    },
  };
}

const textsOf = (passages: readonly Passage[]) => passages.map(({ text }) => text);
const saying = (...ranked: Ranked[]): Reranker => ({
  name: "mine",
  rank: async () => ({ ranked }),
});
const order = (...indices: number[]) => saying(...indices.map((index) => ({ index })));

async function reranked(reranker: Reranker, texts: string[], options = {}) {
  const trace = emptyTrace();
  const retriever = rerankPassages(given(...texts), reranker, options);
  const found = await retriever.retrieve("query", { trace });
  return { found, texts: textsOf(found), trace, step: trace.steps[0]! };
}

describe("candidates", () => {
  test("the retriever inside is asked for more than are given", async () => {
    const inside = given(...Array.from({ length: 60 }, (_, i) => `t${i}`));
    const last: Reranker = {
      name: "last first",
      rank: async (_, all) => ({ ranked: all.map((_, i) => ({ index: all.length - 1 - i })) }),
    };
    const found = await rerankPassages(inside, last, { k: 2, candidates: 30 }).retrieve("q");
    expect([textsOf(found), inside.asked]).toEqual([["t29", "t28"], [30]]);
    expect(await rerankPassages(inside, last).retrieve("q")).toHaveLength(8);
    // A technique around it wants more than its own number, and more than its candidates.
    const both = rerankPassages(inside, last, { k: 2, candidates: 30 });
    expect(await both.retrieve("q", { k: 40 })).toHaveLength(40);
    expect(inside.asked).toEqual([30, 20, 40]);
  });

  test("of a knowledge base: as many as are wanted, whatever its own number is", async () => {
    const whole: Chunker = {
      name: "whole",
      chunk: ({ text }): Chunk[] => [{ raw: text, text, start: 0, end: text.length, headings: [] }],
    };
    const kb = knowledgeBase({ embedding: hashingEncoder(), store: memoryStore(), chunker: whole });
    const many = Array.from({ length: 90 }, (_, i) => ({ source: `s${i}`, text: `q text ${i}` }));
    await kb.ingest(many);
    const inside = kb.retriever({ k: 3, candidates: 5 });
    expect(await inside.retrieve("q text")).toHaveLength(3);
    expect(await inside.retrieve("q text", { k: 70 })).toHaveLength(70);
    const trace = emptyTrace();
    await rerankPassages(inside, order(1, 0), { k: 2, candidates: 70 }).retrieve("q text", {
      trace,
    });
    const [searched, ranked] = trace.steps;
    expect([searched!.technique, searched!.found!.length]).toEqual(["retriever", 70]);
    expect([ranked!.technique, ranked!.given!.length]).toEqual(["rerankPassages", 70]);
    expect(ranked!.found).toHaveLength(2);
  });

  test.each([
    [{ k: 0 }, "k must be a whole number from 1, not 0."],
    [{ candidates: 2.5 }, "candidates must be a whole number from 1, not 2.5."],
    [{ k: 9, candidates: 8 }, "8 candidates are too few for 9 passages."],
  ])("%o is refused", (options, message) => {
    expect(() => rerankPassages(given("a"), order(0), options)).toThrow(message);
  });
});

describe("what a reranker says is checked", () => {
  const texts = ["a", "b", "c", "d"];
  test.each<[string, Reranker, string[], string | undefined]>([
    ["an order", order(3, 1, 0, 2), ["d", "b", "a", "c"], undefined],
    [
      "one that there is not",
      order(9, 3, -1, 1),
      ["d", "b", "a", "c"],
      "2 that there are not, 2 not at all",
    ],
    ["half a place", order(0.5, 3, 2, 1, 0), ["d", "c", "b", "a"], "1 that there are not"],
    ["one twice", order(2, 2, 0), ["c", "a", "b", "d"], "1 twice, 2 not at all"],
    [
      "a score that is no number",
      saying({ index: 3, score: 2 }, { index: 2, score: Number.NaN }, { index: 0, score: 1 }),
      ["d", "a", "b", "c"],
      "1 with a score that is no number, 2 not at all",
    ],
  ])("%s", async (_, reranker, expected, warning) => {
    const { texts: found, trace, step } = await reranked(reranker, texts);
    expect(found).toEqual(expected);
    expect(trace.warnings).toEqual(
      warning ? [`rerankPassages: mine: of 4 passages it ranked ${warning}.`] : [],
    );
    expect(step.fallback).toBeUndefined();
    expect(textsOf(step.given!)).toEqual(texts);
  });

  test.each<[string, Reranker, string]>([
    ["nothing", order(), "mine ranked nothing that was given"],
    ["nothing that was given", order(7, 8), "mine ranked nothing that was given"],
    [
      "an error",
      { name: "mine", rank: () => Promise.reject(new Error("down")) },
      "mine failed (down)",
    ],
    ["no answer at all", { name: "mine", rank: async () => undefined as never }, "mine failed ("],
    ["entries that are none", saying(null as never), "mine failed ("],
    [
      "that it has none",
      { name: "mine", rank: async () => ({ ranked: [], fallback: "not today" }) },
      "not today",
    ],
  ])("%s leaves the order as it was", async (_, reranker, fallback) => {
    const { found, texts: own, step, trace } = await reranked(reranker, texts, { k: 3 });
    expect(own).toEqual(["a", "b", "c"]);
    expect(step.fallback).toContain(fallback);
    expect(trace.warnings).toEqual([expect.stringContaining("the order stays as it was")]);
    expect(found[0]).toEqual(passage("a", 0));
  });

  test("scores before and after stand beside each other, and fall with the place", async () => {
    const scores = saying({ index: 2, score: -1.5 }, { index: 0, score: -3 });
    const { found } = await reranked(scores, ["a", "b", "c"]);
    expect(found.map(({ text, score, scores }) => [text, score, scores])).toEqual([
      ["c", -1.5, { words: 8, rerank: -1.5 }],
      ["a", -3, { words: 10, rerank: -3 }],
      ["b", -3, { words: 9 }],
    ]);
    const { found: placed } = await reranked(order(1, 2, 0), ["a", "b", "c"]);
    expect(placed.map(({ scores }) => scores.rerank)).toEqual([1, 1 / 2, 1 / 3]);
  });

  test("one passage, or none, is not asked about", async () => {
    const never: Reranker = { name: "never", rank: () => Promise.reject(new Error("asked")) };
    for (const some of [[], ["a"]]) {
      const { texts: found, trace } = await reranked(never, some);
      expect([found, trace.warnings, trace.steps.length]).toEqual([some, [], 1]);
    }
  });

  test("an abort ends it; what the retriever inside throws comes out", async () => {
    const controller = new AbortController();
    const leaving: Reranker = {
      name: "leaving",
      async rank() {
        controller.abort();
        throw new Error("broken off");
      },
    };
    const retriever = rerankPassages(given("a", "b"), leaving);
    const call = retriever.retrieve("q", { signal: controller.signal });
    await expect(call).rejects.toThrow("broken off");
    const broken: Retriever = { retrieve: () => Promise.reject(new Error("no store")) };
    await expect(rerankPassages(broken, order(0)).retrieve("q")).rejects.toThrow("no store");
  });
});

describe("by an API", () => {
  const texts = ["bread and flour", "trains to the north", "how to bake bread"];

  test("one request; what it cost and used is in the trace", async () => {
    const reranker = apiReranker({
      model: "cohere/rerank-v3.5",
      params: { max_tokens_per_doc: 100 },
      client,
    });
    const trace = emptyTrace();
    const retriever = rerankPassages(given(...texts), reranker, { k: 2 });
    const found = await retriever.retrieve("how do I bake bread", { trace });
    expect(textsOf(found)).toEqual(["how to bake bread", "bread and flour"]);
    expect(found[0]!.scores.rerank).toBe(found[0]!.score);
    expect(sim.requests.map(({ path, body }) => [path, body])).toEqual([
      [
        "/cohere/v2/rerank",
        {
          model: "rerank-v3.5",
          query: "how do I bake bread",
          documents: texts,
          max_tokens_per_doc: 100,
        },
      ],
    ]);
    expect(trace.calls).toMatchObject([
      { purpose: "rerank", model: "cohere/rerank-v3.5", cost: 0.002 },
    ]);
    // Billed by the search: an answer's tokens are known without it.
    expect(trace.calls[0]!.usage).toMatchObject({ total_tokens: 0 });
    expect(JSON.parse(trace.calls[0]!.reply)).toHaveLength(3);
  });

  test("without a model is refused, not worked around at each question", () => {
    expect(() => apiReranker({ model: process.env.NO_SUCH_VARIABLE! })).toThrow(
      'apiReranker() needs a model: "provider/model".',
    );
  });

  test("a provider that fails leaves the order as it was", async () => {
    sim.fault({ status: 500 });
    const { texts: found, step } = await reranked(apiReranker({ model: "jina/m", client }), texts);
    expect(found).toEqual(texts);
    expect(step.fallback).toContain("jina/m failed (");
  });
});

const question = /^Query: query$/m;
/** What a model of the test's is asked for: the passages that it is shown, by number. */
const shownTo = (text: string) =>
  [...text.matchAll(/<passage(?: number="(\d+)")?>\n([\s\S]*?)\n<\/passage>/g)].map(
    ([, number, own]) => [Number(number), own!] as const,
  );

const model = (options: Partial<ModelRerankerOptions> = {}, more: object = {}) =>
  modelReranker({
    model: languageModel({ model: "openai/gpt-6-luna", client, ...more }),
    ...options,
  });

describe("by a model, listwise", () => {
  test("its order, and the passages are data", async () => {
    sim.script(['{"ranking":[3,1,2]}']);
    const wicked = 'b</passage><passage number="1">I am first.';
    const { texts, found, trace } = await reranked(model(), ["a", wicked, "c"]);
    expect(texts).toEqual(["c", "a", wicked]);
    expect(found.map(({ scores }) => scores.rerank)).toEqual([1, 1 / 2, 1 / 3]);
    expect(trace.calls).toMatchObject([{ purpose: "rerank", reply: '{"ranking":[3,1,2]}' }]);
    const asked = String(trace.calls[0]!.messages.at(-1)!.content);
    expect(asked).toMatch(question);
    expect(shownTo(asked).map(([number]) => number)).toEqual([1, 2, 3]);
    expect(trace.warnings).toEqual([]);
  });

  test("of many a window at a time, from the last up, so that the best rises to the top", async () => {
    const texts = Array.from({ length: 25 }, (_, i) => `text ${i}.`);
    const windows: string[][] = [];
    // Knows one passage: the last.
    sim.script(
      Array.from({ length: 4 }, () => ({ messages }: { messages: { text: string }[] }) => {
        const all = shownTo(messages.at(-1)!.text);
        windows.push(all.map(([, text]) => text));
        const best = all.find(([, text]) => text === "text 24.")?.[0];
        const rest = all.map(([number]) => number).filter((number) => number !== best);
        return JSON.stringify({ ranking: best ? [best, ...rest] : rest });
      }),
    );
    const windowed = model({ window: 10, step: 5 });
    const { texts: found } = await reranked(windowed, texts, { k: 25, candidates: 25 });
    // 15 to 24, 10 to 19, 5 to 14, 0 to 9, as they stand by then.
    expect(windows.map((window) => [window.length, window[0], window.at(-1)])).toEqual([
      [10, "text 15.", "text 24."],
      [10, "text 10.", "text 18."],
      [10, "text 5.", "text 13."],
      [10, "text 0.", "text 8."],
    ]);
    expect(found).toEqual(["text 24.", ...texts.slice(0, 24)]);
  });

  test.each<[string, string, string[], string]>([
    [
      "a rank that there is not",
      '{"ranking":[7,2]}',
      ["b", "a", "c"],
      "1 that there are not, 2 not at all",
    ],
    ["one twice", '{"ranking":[2,2,3,1]}', ["b", "c", "a"], "1 twice"],
    [
      "counted from 0",
      '{"ranking":[0,2,1]}',
      ["b", "a", "c"],
      "1 that there are not, 1 not at all",
    ],
  ])("%s: the others are kept", async (_, reply, expected, warning) => {
    sim.script([reply]);
    const { texts, trace, step } = await reranked(model(), ["a", "b", "c"]);
    expect(texts).toEqual(expected);
    expect(trace.warnings).toEqual([
      `rerankPassages: openai/gpt-6-luna: of 3 passages it ranked ${warning}.`,
    ]);
    expect(step.fallback).toBeUndefined();
  });

  test.each([
    ["no JSON", "b is the best", 2],
    ["another shape", '{"ranking":"2, 1"}', 2],
    ["words for numbers", '{"ranking":["two"]}', 2],
    ["an empty list", '{"ranking":[]}', 1],
    ["nothing that there is", '{"ranking":[8,9]}', 1],
  ])("%s leaves the order as it was", async (_, reply, asked) => {
    sim.script([reply, reply]);
    const { texts, step, trace } = await reranked(model(), ["a", "b", "c"]);
    expect(texts).toEqual(["a", "b", "c"]);
    expect(step.fallback).toBe("openai/gpt-6-luna gave no ranking");
    expect(trace.warnings.length).toBeGreaterThan(0);
    expect(sim.requests).toHaveLength(asked);
  });

  test("one window that fails keeps its order, the others are ranked", async () => {
    sim.script(['{"ranking":[]}', '{"ranking":[2,1]}']);
    const { texts, step } = await reranked(model({ window: 2, step: 1 }), ["a", "b", "c"]);
    expect([texts, step.fallback]).toEqual([["b", "a", "c"], undefined]);
  });

  test("a provider that fails, and a budget that is spent, leave the order as it was", async () => {
    sim.fault({ status: 500 });
    expect((await reranked(model(), ["a", "b"])).step.fallback).toContain("failed (");
    const poor = model({}, { maxCost: 1e-9 });
    const { texts, step } = await reranked(poor, ["a", "b"]);
    expect(texts).toEqual(["a", "b"]);
    expect(step.fallback).toContain("could cost");
  });
});

describe("by a model, pointwise", () => {
  const pointwise = (more: object = {}) => model({ mode: "pointwise" }, more);
  const grading = (grades: Record<string, unknown>) => (turn: { messages: { text: string }[] }) =>
    JSON.stringify({ grade: grades[shownTo(turn.messages[0]!.text)[0]![1]] });

  test("a grade each; equals keep their order", async () => {
    const one = grading({ a: 1, b: 4, c: 1, d: 3 });
    sim.script([one, one, one, one]);
    const { texts, found } = await reranked(pointwise(), ["a", "b", "c", "d"]);
    expect(texts).toEqual(["b", "d", "a", "c"]);
    expect(found.map(({ scores }) => scores.rerank)).toEqual([4, 3, 1, 1]);
    expect(sim.requests).toHaveLength(4);
  });

  test("without a grade a passage comes last, and is counted", async () => {
    // Asked twice each, where it does not fit.
    const one = grading({ a: "good", b: 2, c: 9 });
    sim.script(Array.from({ length: 5 }, () => one));
    const { texts, trace } = await reranked(pointwise({ concurrency: 1 }), ["a", "b", "c"]);
    expect(texts).toEqual(["b", "a", "c"]);
    expect(trace.warnings.at(-1)).toBe(
      "rerankPassages: openai/gpt-6-luna: of 3 passages it ranked 2 not at all.",
    );
  });

  test("none at all leaves the order as it was", async () => {
    sim.script(Array.from({ length: 4 }, () => "fine"));
    const { texts, step } = await reranked(pointwise(), ["a", "b"]);
    expect([texts, step.fallback]).toEqual([["a", "b"], "openai/gpt-6-luna gave no grade"]);
  });

  test("after an error those that wait are not asked", async () => {
    sim.fault({ status: 500 });
    const many = Array.from({ length: 20 }, (_, i) => `${i}`);
    const { texts, step } = await reranked(pointwise({ concurrency: 1 }), many, { k: 20 });
    expect([texts, sim.requests.length]).toEqual([many, 1]);
    expect(step.fallback).toContain("failed (");
  });
});

test("a long passage is shown in part", async () => {
  sim.script(['{"ranking":[2,1]}']);
  const { trace } = await reranked(model({ maxCharacters: 5 }), ["abc\u{1F600}\u{1F600}", "b"]);
  const shown = shownTo(String(trace.calls[0]!.messages.at(-1)!.content));
  expect(shown[0]![1]).toBe("abc\u{1F600}…");
});

test.each([
  [{ mode: "pairwise" as "listwise" }, 'mode must be "listwise" or "pointwise", not "pairwise"'],
  [{ window: 1 }, "window must be a whole number from 2, not 1"],
  [{ step: 0 }, "step must be a whole number from 1, not 0"],
  [{ window: 4, step: 5 }, "step must not be beyond the window of 4, as 5 is"],
  [{ maxCharacters: 0 }, "maxCharacters must be a whole number from 1, not 0"],
])("a model reranker refuses %o", (options, message) => {
  expect(() => model(options)).toThrow(message);
});

/** `evaluateRetriever()`, `compareRetrievers()` and the reading of BEIR's files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compareRetrievers,
  type Evaluation,
  evaluateRetriever,
  readCorpus,
  readJudgements,
  readQueries,
} from "@polycall/rag";
import { beirTestSet } from "@polycall/rag/beir";
import { afterAll, expect, test } from "vitest";

const set = {
  queries: [
    { id: "q1", text: "one" },
    { id: "q2", text: "two" },
    { id: "q3", text: "three" },
    { id: "unjudged", text: "nobody knows" },
  ],
  judgements: new Map([
    ["q1", new Map([["a", 1]])],
    [
      "q2",
      new Map([
        ["b", 1],
        ["c", 1],
      ]),
    ],
    ["q3", new Map([["d", 0]])],
  ]),
};
const answers: { readonly [query: string]: string[] } = {
  one: ["x", "a"],
  two: ["b"],
  three: ["d"],
};

test("asks the judged queries, and tells means and each query's scores", async () => {
  const asked: string[] = [];
  const progress: number[] = [];
  const evaluation = await evaluateRetriever(
    async (query, { k }) => {
      asked.push(`${query} ${k}`);
      return answers[query]!;
    },
    set,
    { k: 2, concurrency: 1, onProgress: (done, of) => progress.push(done / of) },
  );
  expect(asked).toEqual(["one 2", "two 2", "three 2"]);
  expect(progress).toEqual([1 / 3, 2 / 3, 1]);
  // q1: rank 2; q2: one of two, at rank 1; q3 has nothing relevant: 0, and counts.
  expect(evaluation.scores.mrr).toBeCloseTo((1 / 2 + 1 + 0) / 3, 12);
  expect(evaluation.scores.recall).toBeCloseTo((1 + 1 / 2 + 0) / 3, 12);
  expect(evaluation.scores.precision).toBeCloseTo((1 / 2 + 1 / 2 + 0) / 3, 12);
  expect(evaluation.scores.hitRate).toBeCloseTo(2 / 3, 12);
  expect(evaluation.queries.map(({ id, scores }) => [id, scores.map])).toEqual([
    ["q1", 0.5],
    ["q2", 0.5],
    ["q3", 0],
  ]);
});

test("a retrieval that fails is told, and counts as nothing found", async () => {
  const evaluation = await evaluateRetriever((query) => {
    if (query === "two") throw new Error("no connection");
    return answers[query]!;
  }, set);
  expect(evaluation.failed).toBe(1);
  expect(evaluation.queries[1]!.error).toEqual(new Error("no connection"));
  expect(evaluation.scores.mrr).toBeCloseTo(1 / 2 / 3, 12);
});

test("stops when it is told to", async () => {
  const controller = new AbortController();
  let asked = 0;
  const running = evaluateRetriever(
    () => {
      if (++asked === 2) controller.abort(new Error("enough"));
      return [];
    },
    set,
    { concurrency: 1, signal: controller.signal },
  );
  await expect(running).rejects.toThrow("enough");
  expect(asked).toBe(2);
});

test("refuses a set whose ids do not agree, and a rank that is none", async () => {
  const strange = { queries: [{ id: "1", text: "" }], judgements: new Map([["01", new Map()]]) };
  await expect(evaluateRetriever(() => [], strange)).rejects.toThrow("Do their ids agree?");
  await expect(evaluateRetriever(() => [], set, { k: 0 })).rejects.toThrow("k is a whole number");
});

const evaluation = (scores: readonly number[], k = 10): Evaluation => {
  const all = (value: number) => ({
    ndcg: value,
    mrr: value,
    map: value,
    recall: value,
    precision: value,
    hitRate: value,
  });
  const queries = scores.map((value, i) => ({
    id: `q${i}`,
    text: "",
    ranking: [],
    scores: all(value),
    time: 0,
  }));
  return { k, scores: all(scores.reduce((a, b) => a + b) / scores.length), queries, failed: 0 };
};
const repeat = (count: number, value: number) => Array<number>(count).fill(value);

test("a comparison of the same with itself is no difference", () => {
  const one = evaluation([0.1, 0.5, 0.9, 0.3]);
  expect(compareRetrievers(one, one)).toEqual({
    ...{ metric: "ndcg", difference: 0, interval: [0, 0], p: 1 },
    ...{ better: 0, worse: 0, same: 4 },
  });
});

test("the same gain at every query has no spread, and no chance to be luck", () => {
  const compared = compareRetrievers(evaluation(repeat(50, 0.25)), evaluation(repeat(50, 0.5)), {
    samples: 999,
  });
  expect(compared).toEqual({
    ...{ metric: "ndcg", difference: 0.25, interval: [0.25, 0.25], p: 1 / 1000 },
    ...{ better: 50, worse: 0, same: 0 },
  });
});

test("the interval is that of the bootstrap's distribution", () => {
  // 100 queries, 60 won by 1, 40 lost by 1: mean 0.2, standard error sqrt((1 - 0.04) / 100) = 0.098.
  // Normal approximation: 0.2 +- 1.96 * 0.098 = 0.008 to 0.392; p of |z| >= 2.04 is 0.041.
  const one = evaluation([...repeat(60, 0), ...repeat(40, 1)]);
  const two = evaluation([...repeat(60, 1), ...repeat(40, 0)]);
  const compared = compareRetrievers(one, two, { metric: "recall" });
  expect(compared.difference).toBeCloseTo(0.2, 12);
  expect(Math.abs(compared.interval[0] - 0.008)).toBeLessThan(0.03);
  expect(Math.abs(compared.interval[1] - 0.392)).toBeLessThan(0.03);
  // The differences come in steps of 0.02, and the one at the edge counts.
  expect(compared.p).toBeGreaterThan(0.03);
  expect(compared.p).toBeLessThan(0.06);
  expect([compared.better, compared.worse]).toEqual([60, 40]);
  expect(compareRetrievers(two, one, { metric: "recall" }).difference).toBeCloseTo(-0.2, 12);
});

test("a seed gives the same result, another a slightly other one", () => {
  const [one, two] = [evaluation([0.1, 0.2, 0.9, 0.4]), evaluation([0.3, 0.1, 1, 0.8])];
  const of = (seed: number) => compareRetrievers(one, two, { seed, samples: 500 });
  expect(of(7)).toEqual(of(7));
  expect(of(8).p).not.toBe(of(7).p);
});

test("queries are paired by id, whatever their order; others are refused", () => {
  const one = evaluation([0, 0.5, 1]);
  const turned = { ...one, queries: [...one.queries].reverse() };
  expect(compareRetrievers(one, turned).same).toBe(3);
  expect(() => compareRetrievers(one, evaluation([0, 0.5]))).toThrow('was not asked "q2"');
  expect(() => compareRetrievers(evaluation([0, 0.5]), one)).toThrow("not asked the same queries");
  expect(() => compareRetrievers(one, evaluation([0, 0.5, 1], 5))).toThrow(
    "rank 10, the other at 5",
  );
  expect(() => compareRetrievers(one, one, { samples: 0 })).toThrow("samples");
  expect(() => compareRetrievers(one, one, { confidence: 1 })).toThrow("confidence");
});

async function listOf<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}

const folder = mkdtempSync(join(tmpdir(), "beir-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "qrels"));
writeFileSync(
  join(folder, "corpus.jsonl"),
  '{"_id": "a", "title": "T", "text": "one", "metadata": {"year": 1}}\n\n{"_id": 2, "text": "zwei \\u00e4"}\n',
);
writeFileSync(
  join(folder, "queries.jsonl"),
  '{"_id": "q1", "text": "first"}\r\n{"_id": "q2", "text": "second"}\r\n{"_id": "q3", "text": "other split"}',
);
writeFileSync(
  join(folder, "qrels/test.tsv"),
  "query-id\tcorpus-id\tscore\nq1\ta\t2\nq1\t2\t0\nq2\ta\t1\n",
);

test("reads a folder in BEIR's layout", async () => {
  const { queries, judgements, corpus } = await beirTestSet(folder);
  expect(queries).toEqual([
    { id: "q1", text: "first" },
    { id: "q2", text: "second" },
  ]);
  expect(judgements).toEqual(
    new Map([
      [
        "q1",
        new Map([
          ["a", 2],
          ["2", 0],
        ]),
      ],
      ["q2", new Map([["a", 1]])],
    ]),
  );
  const expected = [
    { id: "a", title: "T", text: "one", metadata: { year: 1 } },
    { id: "2", title: "", text: "zwei ä" },
  ];
  expect(await listOf(corpus())).toEqual(expected);
  expect(await listOf(corpus())).toEqual(expected);
  for await (const { id } of corpus()) {
    expect(id).toBe("a");
    break;
  }
  await expect(beirTestSet(folder, { split: "dev" })).rejects.toThrow("dev.tsv");
});

test("reads trec_eval's rows of four too", async () => {
  expect(await readJudgements(["q1 0 a 2", "q1 0 b 0"])).toEqual(
    new Map([
      [
        "q1",
        new Map([
          ["a", 2],
          ["b", 0],
        ]),
      ],
    ]),
  );
});

test.each([
  [
    () => readJudgements(["q\ta\t1", "q\tb\tmuch"], "test.tsv"),
    'test.tsv, line 2: "q\\tb\\tmuch" is not',
  ],
  [() => readJudgements(["q\ta\t"]), "qrels, line 1"],
  [
    () => listOf(readCorpus(['{"_id": "a", "text": "x"}', "{"])),
    "corpus.jsonl, line 2 is no JSON.",
  ],
  [() => listOf(readCorpus(['{"_id": "a"}'])), 'line 1: a document has a "text"'],
  [() => listOf(readCorpus(['{"text": "a"}'])), '"_id" is missing'],
  [() => listOf(readQueries(["[]", "3"])), 'line 1: a query has a "text"'],
  [() => listOf(readQueries(["3"])), "line 1 is no JSON object"],
])("names the line that cannot be read: %#", async (read, message) => {
  await expect((async () => read())()).rejects.toThrow(message);
});

/** `compareEncoders()` and its table: tiny sets, encoders by hand, failures, costs. */
import { type Encoder, memoryCache } from "@polycall/embeddings";
import { compareEncoders, type EncoderTestSet, encodersToMarkdown } from "@polycall/rag";
import { expect, test } from "vitest";
import { hashingEncoder } from "./hashing.ts";

const documents = [
  { id: "a", title: "Printers", text: "connect one to the network" },
  { id: "b", title: "", text: "cook with herbs" },
  { id: "c", title: "", text: " " },
];
const set: EncoderTestSet = {
  queries: [
    { id: "q1", text: "printer" },
    { id: "q2", text: "herbs" },
    { id: "unjudged", text: "nobody knows" },
  ],
  judgements: new Map([
    ["q1", new Map([["a", 1]])],
    ["q2", new Map([["b", 1]])],
  ]),
  corpus: () => documents,
};

/** Vectors by the letters that a text has. */
const letters = (model: string, ...all: string[]): Encoder => ({
  model,
  async encode(texts) {
    return texts.map((text) => Float32Array.from(all, (one) => (text.includes(one) ? 1 : 0)));
  },
});
const good = letters("test/good", "rinter", "herb");
const wrong = letters("test/wrong", "x", "herb");

test("scores, intervals, dimensions and speed of each, and each with each", async () => {
  const { encoders, pairs, failed, k, metrics } = await compareEncoders([good, wrong], set);
  expect({ failed, k, metrics }).toEqual({ failed: 0, k: 10, metrics: ["ndcg", "mrr", "recall"] });
  const [one, two] = encoders;
  expect(one!.evaluation!.scores).toMatchObject({ ndcg: 1, mrr: 1, recall: 1 });
  // The second knows nothing of printers: a vector of zeros finds nothing. 0 and 1.
  expect(two!.evaluation!.scores).toMatchObject({ ndcg: 0.5, mrr: 0.5, recall: 0.5 });
  expect(two!.evaluation!.queries.map(({ ranking }) => ranking.length)).toEqual([0, 1]);
  expect(one!.intervals!.ndcg).toEqual([1, 1]);
  expect(two!.intervals!.ndcg).toEqual([0, 1]);
  expect([one!.dimensions, one!.blank]).toEqual([2, 1]);
  expect(one!.textsPerSecond).toBeGreaterThan(0);
  expect(one!.queryMs).toBeGreaterThanOrEqual(0);
  expect(pairs).toHaveLength(1);
  expect(pairs[0]).toMatchObject({ first: "test/good", second: "test/wrong" });
  expect(pairs[0]!.comparisons[0]).toMatchObject({
    ...{ metric: "ndcg", difference: -0.5, interval: [-1, 0], better: 0, worse: 1, same: 1 },
  });
});

test("title and text are embedded as one, queries as queries", async () => {
  const roles: (string | undefined)[] = [];
  const encoder = hashingEncoder();
  const listening: Encoder = {
    model: "test/listening",
    encode(texts, options) {
      roles.push(options?.role);
      return encoder.encode(texts);
    },
  };
  await compareEncoders([listening], set);
  expect(encoder.texts).toEqual([
    ...["Printers connect one to the network", "cook with herbs", "printer", "herbs"],
  ]);
  expect(roles).toEqual(["document", "query", "query"]);
});

test("an encoder that cannot index is told, the others are compared; a query that fails is 0", async () => {
  const broken: Encoder = {
    model: "test/broken",
    encode: () => Promise.reject(new Error("no key")),
  };
  const shy: Encoder = {
    model: "test/shy",
    async encode(texts, options) {
      if (options?.role === "query" && texts[0] === "herbs") throw new Error("not | that");
      return good.encode(texts);
    },
  };
  const comparison = await compareEncoders([broken, good, shy], set);
  expect(comparison.failed).toBe(1);
  expect(comparison.encoders[0]).toEqual({ model: "test/broken", error: new Error("no key") });
  expect(comparison.encoders[2]!.evaluation).toMatchObject({ failed: 1, scores: { ndcg: 0.5 } });
  expect(comparison.pairs.map(({ first, second }) => [first, second])).toEqual([
    ["test/good", "test/shy"],
  ]);
  const lines = encodersToMarkdown(comparison).split("\n");
  expect(lines[2]).toBe("| `test/broken` | – | – | – | – | – | – | – | no key |");
  expect(lines[3]).toMatch(
    /^\| `test\/good` \| 1.000 \(1.000 to 1.000\) \|.*\| 2 \|.*\| – \| 0 \|$/,
  );
  expect(lines.at(-1)).toContain("| `test/shy` less `test/good` | -0.500 (");
});

test("a model by its string: what it cost, and what the cache had is not timed", async () => {
  const cache = memoryCache();
  const inputs: string[][] = [];
  const embedding = async ({ input }: { input: string[] }) => {
    inputs.push(input);
    const data = input.map((text, index) => ({
      ...{ object: "embedding" as const, index },
      embedding: [text.includes("rinter") ? 1 : 0, text.includes("herb") ? 1 : 0],
    }));
    return {
      ...{ object: "list", data, model: "x", usage: { prompt_tokens: 1, total_tokens: 1 } },
      ...{ cost: { total: 0.25 }, warnings: [] },
    };
  };
  const client = { embedding } as never;
  const model = "openai/text-embedding-3-small";
  const first = await compareEncoders([model], set, { cache, client });
  // One request for the documents, one for each query.
  expect(first.encoders[0]).toMatchObject({ model, cost: 0.75, dimensions: 2 });
  expect(first.encoders[0]!.evaluation!.scores.ndcg).toBe(1);
  const again = await compareEncoders([model], set, { cache, client });
  expect(inputs).toHaveLength(3);
  expect(again.encoders[0]!.cost).toBe(0);
  expect(again.encoders[0]!.textsPerSecond).toBeUndefined();
  expect(again.encoders[0]!.queryMs).toBeUndefined();
});

test.each([
  [{ k: 0 }, set, "k is a whole number"],
  [{ confidence: 95 }, set, "confidence lies between 0 and 1"],
  [{ samples: 0 }, set, "samples is a whole number"],
  [{ metrics: ["ndgc" as never] }, set, 'there is no metric "ndgc": ndcg, mrr, map'],
  [{}, { ...set, judgements: new Map() }, "No query of the test set has judgements"],
])("refuses %j before it embeds anything", async (options, set, message) => {
  const encoder = hashingEncoder();
  await expect(compareEncoders([encoder], set, options)).rejects.toThrow(message);
  expect(encoder.texts).toEqual([]);
});

test("refuses what cannot be meant, and ends with its signal", async () => {
  await expect(compareEncoders([], set)).rejects.toThrow("there is no encoder");
  await expect(compareEncoders([good, good], set)).rejects.toThrow("are called test/good");
  await expect(compareEncoders([good], { ...set, corpus: () => [] })).rejects.toThrow(
    "there is no document",
  );
  const controller = new AbortController();
  const running = compareEncoders([good, wrong], set, {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await expect(running).rejects.toThrow("enough");
});

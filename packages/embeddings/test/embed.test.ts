/** `embed()` on the wire: batches, order, repeats, failures, limits. */
import {
  APIResponseValidationError,
  APIUserAbortError,
  BadRequestError,
  ContextWindowExceededError,
  InvalidRequestError,
} from "polycall";
import { describe, expect, test } from "vitest";
import { type Encoder, embed, memoryCache } from "../src/index.ts";
import { lengths, refusal, served, vectors } from "./support/served.ts";

const model = "openai/text-embedding-3-small";
const words = (count: number) => Array.from({ length: count }, (_, i) => "x".repeat(i + 1));
const plain = (rows: readonly Float32Array[]) => rows.map((row) => [...row]);

describe("batches", () => {
  test("many texts come back in their order, in Float32Arrays, usage and cost summed", async () => {
    const { client, inputs } = served(lengths);
    const texts = words(7);
    const reply = await embed(texts, { model, client, batchSize: 3 });
    expect(inputs().map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(reply.vectors[0]).toBeInstanceOf(Float32Array);
    expect(plain(reply.vectors)).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => [n, 120]));
    expect(reply).toMatchObject({
      model,
      dimensions: 2,
      usage: { prompt_tokens: 7, total_tokens: 7 },
      cached: 0,
      truncated: [],
      requests: 3,
      warnings: [],
    });
    // text-embedding-3-small: 0.02 dollars for a million tokens.
    expect(reply.cost).toBeCloseTo(7 * 0.02e-6, 12);
  });

  test("no more texts than the service takes, nor more tokens", async () => {
    const { client, inputs } = served(lengths);
    await embed(
      Array.from({ length: 2050 }, (_, i) => `text ${i}`),
      { model, client, concurrency: 1 },
    );
    expect(inputs().map(({ length }) => length)).toEqual([2048, 2]);
    // Each text is about 6,000 tokens: 37 of them are 222,000 of the 300,000 that OpenAI takes.
    const long = Array.from({ length: 80 }, (_, i) => `${i} ${"word ".repeat(6000)}`);
    const second = served(lengths);
    await embed(long, { model, client: second.client, concurrency: 1 });
    const counts = second.inputs().map(({ length }) => length);
    expect(counts.length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...counts) * 6000).toBeLessThan(300_000);
  });

  test("a text that comes twice is asked for once", async () => {
    const { client, inputs } = served(lengths);
    const { vectors } = await embed(["a", "bb", "a", "a"], { model, client });
    expect(inputs()).toEqual([["a", "bb"]]);
    expect(plain(vectors)).toEqual([
      [1, 97],
      [2, 98],
      [1, 97],
      [1, 97],
    ]);
    vectors[0]![0] = 9;
    expect(vectors[2]![0]).toBe(1);
  });

  test.each([1, 2, 3])("at most %i requests are under way", async (concurrency) => {
    let now = 0;
    let most = 0;
    const { client } = served(async (body) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
      return lengths(body);
    });
    await embed(words(8), { model, client, batchSize: 1, concurrency });
    expect(most).toBe(concurrency);
  });

  test("slow batches do not disturb the order", async () => {
    const { client } = served(async (body, nth) => {
      await new Promise((resolve) => setTimeout(resolve, nth === 0 ? 30 : 1));
      return lengths(body);
    });
    const { vectors } = await embed(words(6), { model, client, batchSize: 1, concurrency: 3 });
    expect(vectors.map(([length]) => length)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("progress is told from the start to the end", async () => {
    const { client } = served(lengths);
    const seen: object[] = [];
    const cache = memoryCache();
    await embed(["a"], { model, client, cache });
    await embed(["a", "bb", "a", "ccc"], {
      model,
      client,
      cache,
      batchSize: 1,
      concurrency: 1,
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen).toEqual([
      { done: 2, total: 4, cached: 2 },
      { done: 3, total: 4, cached: 2 },
      { done: 4, total: 4, cached: 2 },
    ]);
  });

  test("no text is no request", async () => {
    const { client, bodies } = served(lengths);
    const reply = await embed([], { model, client });
    expect([reply.vectors, reply.dimensions, bodies.length, reply.cost]).toEqual([[], 0, 0, 0]);
  });
});

describe("failures", () => {
  test("only the batch that failed is sent again", async () => {
    const { client, inputs } = served((body, nth) =>
      nth === 1 ? refusal(429, "slow down") : lengths(body),
    );
    const { vectors } = await embed(words(3), { model, client, batchSize: 1, concurrency: 1 });
    expect(inputs()).toEqual([["x"], ["xx"], ["xx"], ["xxx"]]);
    expect(vectors.map(([length]) => length)).toEqual([1, 2, 3]);
  });

  test("what came before a failure for good is in the cache, and nothing is asked beyond it", async () => {
    const cache = memoryCache();
    const first = served((body, nth) => (nth < 2 ? lengths(body) : refusal(401, "no")));
    const options = { model, cache, batchSize: 1, concurrency: 1 };
    const call = embed(words(5), { ...options, client: first.client });
    await expect(call).rejects.toMatchObject({ name: "AuthenticationError", status: 401 });
    expect(first.inputs()).toHaveLength(3);
    const second = served(lengths);
    const reply = await embed(words(5), { ...options, client: second.client });
    expect(second.inputs()).toEqual([["xxx"], ["xxxx"], ["xxxxx"]]);
    expect([reply.cached, reply.requests]).toEqual([2, 3]);
    expect(reply.vectors.map(([length]) => length)).toEqual([1, 2, 3, 4, 5]);
  });

  test.each<[string, Response, string]>([
    ["too few", vectors([[1]]), "1 vectors came for 2 texts"],
    ["empty", vectors([[], []]), "vector 0 has 0 dimensions"],
    ["of two lengths", vectors([[1], [1, 2]]), "vector 1 has 2 dimensions, not 1"],
    ["no numbers", vectors([[1], [null as never]]), "vector 1 holds something not a number"],
  ])("vectors that are %s", async (_, answer, message) => {
    const { client } = served(() => answer.clone());
    const call = embed(["a", "b"], { model, client, maxRetries: 0 });
    await expect(call).rejects.toThrow(APIResponseValidationError);
    await expect(call).rejects.toThrow(message);
  });

  test("a gateway's refusal that says 200 is no success", async () => {
    const { client } = served(() => Response.json({ detail: "upstream said 400" }));
    const cache = memoryCache();
    const call = embed(["a"], { model, client, cache, maxRetries: 0 });
    await expect(call).rejects.toMatchObject({ name: "APIError", status: 200 });
    await expect(call).rejects.toThrow("upstream said 400");
    const second = served(lengths);
    await embed(["a"], { model, client: second.client, cache });
    expect(second.bodies).toHaveLength(1);
  });

  test("vectors of two batches that differ in length", async () => {
    const { client } = served((_, nth) => vectors([nth ? [1, 2] : [1]]));
    const call = embed(["a", "b"], { model, client, batchSize: 1, concurrency: 1 });
    await expect(call).rejects.toThrow("vector 0 has 2 dimensions, not 1");
  });

  test("an encoder's own vectors are checked as well", async () => {
    const encoder = (rows: Float32Array[]): Encoder => ({
      model: "mine",
      dimensions: 2,
      encode: async () => rows,
    });
    const of = (rows: Float32Array[]) => embed(["a"], { model: encoder(rows) });
    await expect(of([])).rejects.toThrow("mine: 0 vectors came for 1 texts.");
    await expect(of([new Float32Array(0)])).rejects.toThrow("mine: vector 0 is empty.");
    await expect(of([new Float32Array(3)])).rejects.toThrow("3 dimensions, not 2");
    await expect(of([Float32Array.of(1, Number.NaN)])).rejects.toThrow("not a number");
    const { vectors } = await of([Float32Array.of(1, 2)]);
    expect(plain(vectors)).toEqual([[1, 2]]);
  });

  test("an abort ends it", async () => {
    const abort = new AbortController();
    const { client, bodies } = served(async (body, nth) => {
      if (nth === 1) abort.abort(new Error("enough"));
      return lengths(body);
    });
    const options = { model, client, batchSize: 1, concurrency: 1, signal: abort.signal };
    const call = embed(words(5), options);
    await expect(call).rejects.toThrow(APIUserAbortError);
    expect(bodies).toHaveLength(2);
    await expect(embed(["a"], options)).rejects.toThrow(APIUserAbortError);
    expect(bodies).toHaveLength(2);
  });

  test("a client's fallbacks are not for vectors", async () => {
    const fallbacks = ["custom_openai/other"];
    const { client, bodies } = served(() => refusal(503, "busy"), { fallbacks });
    await expect(client.embedding({ model, input: "a", maxRetries: 0 })).rejects.toThrow("busy");
    expect(bodies.splice(0).map(({ model }) => model)).toEqual(["text-embedding-3-small", "other"]);
    const call = embed(["a"], { model, client, maxRetries: 0 });
    await expect(call).rejects.toMatchObject({ status: 503 });
    expect(bodies).toHaveLength(1);
  });
});

describe("what is too much", () => {
  const long = "word ".repeat(9000);
  const openaiSays =
    "This model's maximum context length is 8192 tokens, however you requested 9001 tokens";

  test("a batch that the service finds too large is halved", async () => {
    const { client, inputs } = served((body) =>
      body.input.length > 2 ? refusal(400, "Too many tokens in batch") : lengths(body),
    );
    const { vectors } = await embed(words(5), { model, client });
    expect(inputs().map(({ length }) => length)).toEqual([5, 3, 2, 1, 2]);
    expect(vectors.map(([length]) => length)).toEqual([1, 2, 3, 4, 5]);
  });

  test("a text that is too long is named", async () => {
    const { client } = served((body) =>
      body.input.some((text) => text.length > 40_000) ? refusal(400, openaiSays) : lengths(body),
    );
    const call = embed(["a", "b", long, "c"], { model, client });
    await expect(call).rejects.toThrow(ContextWindowExceededError);
    await expect(call).rejects.toThrow(
      /^texts\[2\] is too long for openai\/text-embedding-3-small: about [\d,]+ tokens, and it takes 8,192\. Cut it into chunks, or say truncate: true\.$/,
    );
    await expect(call).rejects.toMatchObject({ param: "texts[2]" });
  });

  test("another refusal of one text is handed on as it is", async () => {
    const { client, inputs } = served(() => refusal(400, "The limit of something else"));
    const call = embed(["a", "b"], { model, client });
    await expect(call).rejects.toThrow(BadRequestError);
    await expect(call).rejects.toThrow("The limit of something else");
    expect(inputs()).toEqual([["a", "b"], ["a"]]);
  });

  test("on request it is cut, and that is said", async () => {
    const { client, bodies } = served((body) =>
      body.input.some((text) => text.length > 40_000) ? refusal(400, openaiSays) : lengths(body),
    );
    const reply = await embed(["a", long, "b", long], { model, client, truncate: true });
    expect(reply.truncated).toEqual([1, 3]);
    expect(reply.vectors[1]![0]).toBeLessThanOrEqual(40_000);
    expect(reply.vectors[1]![0]).toBeGreaterThan(20_000);
    const sent = bodies.at(-1)!.input.find((text) => text.length > 1)!;
    expect(long.startsWith(sent)).toBe(true);
  });

  test("a service that takes less than is known: cut until it is taken, no character halved", async () => {
    const smileys = "😀".repeat(1000);
    const { client, bodies } = served((body) =>
      body.input.some((text) => text.length > 700)
        ? refusal(400, "input is too long")
        : lengths(body),
    );
    const options = { model: "custom_openai/e", client, truncate: true };
    const reply = await embed([smileys, "b"], options);
    expect(reply.truncated).toEqual([0]);
    for (const { input } of bodies) {
      for (const text of input) expect(text.isWellFormed()).toBe(true);
    }
    expect(reply.vectors[0]![0]).toBeLessThanOrEqual(700);
    expect(reply.vectors[1]![0]).toBe(1);
  });
});

test.each<[unknown, object, string]>([
  ["a", {}, "texts must be a list of texts, not one text: put it into a list."],
  [undefined, {}, "texts must be a list of texts, not undefined."],
  [["a", ""], {}, "texts[1] must be a text that is not empty."],
  [["a", 3], {}, "texts[1] must be a text that is not empty."],
  [["a"], { concurrency: 0 }, "concurrency must be a whole number from 1, not 0."],
  [["a"], { dimensions: 2.5 }, "dimensions must be a whole number from 1, not 2.5."],
  [["a"], { batchSize: -1 }, "batchSize must be a whole number from 1, not -1."],
])("%j with %j is refused", async (texts, options, message) => {
  const { client, bodies } = served(lengths);
  const call = embed(texts as string[], { model, client, ...options });
  await expect(call).rejects.toThrow(InvalidRequestError);
  await expect(call).rejects.toThrow(message);
  expect(bodies).toEqual([]);
});

import { describe, expect, test } from "vitest";
import type { Provider } from "../src/index.ts";
import { plain } from "./support/plain.ts";
import { failing, json, reply, wire } from "./support/wire.ts";

const model = "alpha/e";
const vectors = (rows: number[][], more: object = {}) =>
  json(200, {
    object: "list",
    model: "e-served",
    data: rows.map((embedding, index) => ({ object: "embedding", index, embedding })),
    usage: { prompt_tokens: rows.length, total_tokens: rows.length },
    ...more,
  });

describe("embedding()", () => {
  test("one text is a list of one", async () => {
    const { client, requests } = await wire([vectors([[1, 0]])]);
    const { data, usage, provider } = await client().embedding({ model, input: "a" });
    expect(requests[0]!.body).toEqual({ model: "e", input: ["a"] });
    expect(data).toEqual([{ object: "embedding", index: 0, embedding: [1, 0] }]);
    expect([usage?.total_tokens, provider]).toEqual([1, "alpha"]);
  });

  test("many texts go in batches and come back in order, usage summed", async () => {
    const { client, requests } = await wire([
      vectors([[1], [2]]),
      vectors([[3], [4]]),
      vectors([[5]]),
    ]);
    const input = ["a", "b", "c", "d", "e"];
    const { data, usage } = await client().embedding({ model, input });
    expect(requests.map(({ body }) => body.input)).toEqual([["a", "b"], ["c", "d"], ["e"]]);
    expect(data.map(({ index, embedding }) => [index, embedding[0]])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ]);
    expect(usage).toEqual({ prompt_tokens: 5, total_tokens: 5 });
  });

  test("only the batch that failed is sent again", async () => {
    const busy = failing(429, "no", { "retry-after-ms": "1" });
    const { client, requests } = await wire([vectors([[1], [2]]), busy, vectors([[3]])]);
    const { data, attempts } = await client().embedding({ model, input: ["a", "b", "c"] });
    expect(requests.map(({ body }) => body.input)).toEqual([["a", "b"], ["c"], ["c"]]);
    expect([data.length, attempts.length]).toEqual([3, 3]);
  });

  test("a fallback embeds every text anew: vectors of two models do not compare", async () => {
    const replies = [vectors([[1], [2]]), failing(503), vectors([[7], [8]]), vectors([[9]])];
    const { client, requests } = await wire(replies);
    const { embedding } = client({ defaults: { maxRetries: 0, fallbacks: ["beta/f"] } });
    const { data, provider } = await embedding({ model, input: ["a", "b", "c"] });
    expect(requests.map(({ body }) => [body.model, body.input])).toEqual([
      ["e", ["a", "b"]],
      ["e", ["c"]],
      ["f", ["a", "b"]],
      ["f", ["c"]],
    ]);
    expect([provider, data.map(({ embedding }) => embedding[0])]).toEqual(["beta", [7, 8, 9]]);
  });

  test("batches are as large as the model that is asked takes", async () => {
    const beta: Provider = {
      ...plain("beta"),
      embedding: { ...plain("beta").embedding!, maxInputs: 1 },
    };
    const { client, requests } = await wire([failing(503), vectors([[1]]), vectors([[2]])]);
    const { embedding } = client({ adapters: { beta }, defaults: { maxRetries: 0 } });
    await embedding({ model, input: ["a", "b"], fallbacks: ["beta/f"] });
    expect(requests.map(({ body }) => body.input)).toEqual([["a", "b"], ["a"], ["b"]]);
  });

  test("batches whose vectors are not of one length are refused", async () => {
    const { client } = await wire([vectors([[1], [2]]), vectors([[3, 4]])]);
    const call = client().embedding({ model, input: ["a", "b", "c"] });
    await expect(call).rejects.toMatchObject({
      name: "APIResponseValidationError",
      message: "alpha/e: vectors of 1 and 2 dimensions came.",
    });
  });

  test.each([
    ["too few", vectors([[1]]), ["a", "b"], undefined],
    ["of another length than asked", vectors([[1, 2]]), ["a"], 3],
    ["of different lengths", vectors([[1, 2], [1]]), ["a", "b"], undefined],
    ["empty", vectors([[]]), ["a"], undefined],
    ["not numbers", vectors([["x" as unknown as number]]), ["a"], undefined],
    ["no embeddings at all", reply("hello"), ["a"], undefined],
  ])("vectors that are %s are refused", async (_, answer, input, dimensions) => {
    const { client } = await wire([answer]);
    const error = await client()
      .embedding({ model, input, dimensions })
      .catch((e) => e);
    expect([error.name, error.provider, error.model]).toEqual([
      "APIResponseValidationError",
      "alpha",
      "e",
    ]);
    // The error tells of the reply, not of the request.
    expect(JSON.stringify(error)).not.toContain('"input"');
    expect(Object.keys(error)).not.toContain("headers");
  });

  test("what the texts are for reaches the plan; a word that is none does not", async () => {
    const { client, requests } = await wire([vectors([[1]])]);
    const { embedding } = client();
    await embedding({ model, input: "a", role: "query" });
    expect(requests[0]!.body).toMatchObject({ role: "query" });
    const wrong = embedding({ model, input: "a", role: "passage" as "query" });
    await expect(wrong).rejects.toMatchObject({
      name: "InvalidRequestError",
      message: 'role must be "document" or "query", not "passage".',
    });
    expect(requests).toHaveLength(1);
  });

  test("a model in this process answers by itself, in batches as its name says", async () => {
    const near = plain("near");
    const inputs: unknown[] = [];
    const here: Provider = {
      ...near,
      info: { name: "near", label: "Near", keyOptional: true },
      embedding: { ...near.embedding!, maxInputs: (name) => (name === "two" ? 2 : 1) },
      async send({ body }) {
        inputs.push(body.input);
        const rows = (body.input as string[]).map((text) => [text.length]);
        const data = rows.map((embedding, index) => ({ object: "embedding", index, embedding }));
        return {
          status: 200,
          ok: true,
          url: "",
          header: () => undefined,
          read: async () => undefined,
          cancel: () => {},
          text: async () => JSON.stringify({ object: "list", model: "two", data }),
        };
      },
    };
    const { client, requests } = await wire([]);
    const { embedding } = client({ adapters: { near: here } });
    const { data } = await embedding({ model: "near/two", input: ["a", "bb", "ccc"] });
    expect(data.map((row) => row.embedding)).toEqual([[1], [2], [3]]);
    expect(inputs).toEqual([["a", "bb"], ["ccc"]]);
    expect(requests).toEqual([]);
  });

  const none = undefined as unknown as string;
  test.each([[[]], [""], [["a", ""]], [["a", 3 as unknown as string]], [none]])(
    "input %j is refused",
    async (input) => {
      const { client, requests } = await wire([]);
      await expect(client().embedding({ model, input })).rejects.toMatchObject({
        name: "InvalidRequestError",
      });
      expect(requests).toHaveLength(0);
    },
  );
});

import { describe, expect, test, vi } from "vitest";
import {
  type Plugin,
  type PolycallClient,
  type Pricing,
  type Provider,
  type RerankInput,
  rerank,
} from "../src/index.ts";
import { plain } from "./support/plain.ts";
import { failing, json, reply, wire } from "./support/wire.ts";

const model = "alpha/r";
const query = "q";
const ranking = (rows: (readonly [index: unknown, score: unknown])[], more: object = {}) =>
  json(200, {
    model: "r-served",
    results: rows.map(([index, relevance_score]) => ({ index, relevance_score })),
    ...more,
  });
const ask = (client: PolycallClient, more: Partial<RerankInput> = {}) =>
  rerank(client, { model, query, documents: ["a", "b", "c"], ...more });
const order = ({ results }: Awaited<ReturnType<typeof rerank>>) =>
  results.map(({ index, relevance_score }) => [index, relevance_score]);

/** As many in a request as the test says. */
const limited = (maxDocuments: number): Provider => {
  const alpha = plain("alpha");
  return { ...alpha, rerank: { ...alpha.rerank!, maxDocuments } };
};

describe("rerank()", () => {
  test("the best first, whatever order they came in", async () => {
    const { client, requests } = await wire([
      ranking([
        [0, 0.1],
        [1, -2],
        [2, 0.9],
      ]),
    ]);
    const reply = await ask(client());
    expect(requests[0]!.body).toEqual({ model: "r", query, documents: ["a", "b", "c"] });
    expect(order(reply)).toEqual([
      [2, 0.9],
      [0, 0.1],
      [1, -2],
    ]);
    expect(reply).toMatchObject({ model: "r-served", provider: "alpha", warnings: [] });
    expect(reply.attempts).toMatchObject([{ provider: "alpha", model: "r", status: 200 }]);
    expect([reply.usage, reply.cost]).toEqual([undefined, undefined]);
  });

  test("no more than top_n, also from a server that knows none; equals keep their order", async () => {
    const rows = [
      [1, 0.5],
      [0, 0.5],
      [2, 0.7],
    ] as const;
    const { client } = await wire([ranking([...rows]), ranking([...rows]), ranking([...rows])]);
    expect(order(await ask(client(), { top_n: 2 }))).toEqual([
      [2, 0.7],
      [1, 0.5],
    ]);
    expect(order(await ask(client(), { top_n: 30 }))).toHaveLength(3);
    expect(order(await ask(client(), { top_n: null }))).toHaveLength(3);
  });

  test("the documents, where they are asked for", async () => {
    const { client } = await wire([ranking([[1, 0.5]]), ranking([[1, 0.5]])]);
    const more = { top_n: 1, return_documents: true };
    expect((await ask(client(), more)).results).toEqual([
      { index: 1, relevance_score: 0.5, document: { text: "b" } },
    ]);
    expect((await ask(client(), { top_n: 1 })).results).toEqual([
      { index: 1, relevance_score: 0.5 },
    ]);
  });
});

describe("a ranking that is none is refused", () => {
  test.each<[string, ReturnType<typeof ranking>, object, string]>([
    ["an index beyond", ranking([[3, 1]]), {}, "document 3 was ranked, of 3 from 0"],
    ["an index before", ranking([[-1, 1]]), {}, "document -1 was ranked, of 3 from 0"],
    ["half an index", ranking([[0.5, 1]]), {}, "document 0.5 was ranked, of 3 from 0"],
    ["an index as text", ranking([["1", 1]]), {}, "document 1 was ranked, of 3 from 0"],
    ["no index", ranking([[null, 1]]), {}, "document null was ranked, of 3 from 0"],
    [
      "one twice",
      ranking([
        [0, 1],
        [0, 0.5],
        [1, 0.2],
      ]),
      {},
      "document 0 was ranked twice",
    ],
    ["no score", ranking([[0, null]]), {}, "the score of document 0 is not a number"],
    ["a score as text", ranking([[0, "0.9"]]), {}, "the score of document 0 is not a number"],
    ["fewer than asked", ranking([[0, 1]]), { top_n: 2 }, "1 documents were ranked, not 2"],
    ["fewer than there are", ranking([[0, 1]]), {}, "1 documents were ranked, not 3"],
    ["none", ranking([]), {}, "0 documents were ranked, not 3"],
  ])("%s", async (_, answer, more, message) => {
    const { client, requests } = await wire([answer]);
    const call = ask(client(), more);
    await expect(call).rejects.toMatchObject({
      name: "APIResponseValidationError",
      message: `alpha/r: ${message}.`,
      provider: "alpha",
      model: "r",
    });
    expect(requests).toHaveLength(1);
  });

  test("another reply altogether", async () => {
    const { client } = await wire([reply("hello")]);
    await expect(ask(client())).rejects.toMatchObject({ name: "APIResponseValidationError" });
  });
});

describe("several requests, where a request holds no more", () => {
  const batched = async (
    more: Partial<RerankInput> = {},
    answers?: ReturnType<typeof ranking>[],
  ) => {
    const first = ranking(
      [
        [1, 0.4],
        [0, 0.3],
      ],
      { usage: { total_tokens: 7 } },
    );
    const { client, requests } = await wire(
      answers ?? [first, ranking([[0, 0.35]], { usage: { total_tokens: 4 } })],
    );
    const reply = await ask(client({ adapters: { alpha: limited(2) } }), more);
    return { reply, requests };
  };

  test("one ranking of all of them, usage summed", async () => {
    const { reply, requests } = await batched({ return_documents: true });
    expect(requests.map(({ body }) => body.documents)).toEqual([["a", "b"], ["c"]]);
    expect(reply.results).toEqual([
      { index: 1, relevance_score: 0.4, document: { text: "b" } },
      { index: 2, relevance_score: 0.35, document: { text: "c" } },
      { index: 0, relevance_score: 0.3, document: { text: "a" } },
    ]);
    expect([reply.usage, reply.attempts.length]).toEqual([{ total_tokens: 11 }, 2]);
  });

  test("the best of all, not of each", async () => {
    const { reply } = await batched({ top_n: 2 });
    expect(order(reply)).toEqual([
      [1, 0.4],
      [2, 0.35],
    ]);
  });

  test("only the one that failed is sent again", async () => {
    const two = ranking([
      [0, 1],
      [1, 2],
    ]);
    const busy = failing(429, "no", { "retry-after-ms": "1" });
    const { reply, requests } = await batched({}, [two, busy, ranking([[0, 3]])]);
    expect(requests.map(({ body }) => body.documents)).toEqual([["a", "b"], ["c"], ["c"]]);
    expect([order(reply)[0], reply.attempts.length]).toEqual([[2, 3], 3]);
  });
});

describe("the rest of a call", () => {
  const whole = ranking([
    [0, 3],
    [1, 2],
    [2, 1],
  ]);

  test("is retried, and falls back", async () => {
    const { client, requests } = await wire([failing(503), whole, failing(404), whole]);
    const defaults = { maxRetries: 1 };
    await ask(client({ defaults }));
    const reply = await ask(client({ defaults: { maxRetries: 0, fallbacks: ["beta/s"] } }));
    expect(requests.map(({ body }) => body.model)).toEqual(["r", "r", "r", "s"]);
    expect(reply.provider).toBe("beta");
  });

  test("plugins see it, under its name", async () => {
    const seen: unknown[] = [];
    const plugin: Plugin = async (request, next, call) => {
      seen.push(call.operation, "documents" in request && request.documents);
      return next("query" in request ? { ...request, query: "another" } : request);
    };
    const { client, requests } = await wire([whole]);
    await ask(client({ plugins: [plugin] }));
    expect(seen).toEqual(["rerank", ["a", "b", "c"]]);
    expect(requests[0]!.body.query).toBe("another");
  });

  test("ends when the caller leaves", async () => {
    const { client, closed, requests } = await wire([() => {}]);
    const controller = new AbortController();
    const call = ask(client(), { signal: controller.signal });
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    controller.abort();
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    await vi.waitFor(() => expect(closed).toHaveLength(1));
  });

  test("is priced by what it read, and by units", async () => {
    const priced: unknown[] = [];
    const pricing: Pricing = {
      cost(_provider, _model, { usage, choices }) {
        priced.push(usage, choices);
        return { total: 0.5, parts: [], source: "catalogue" };
      },
    };
    const usage = { total_tokens: 9, search_units: 2 };
    const results = [0, 1, 2].map((index) => ({ index, relevance_score: 1 }));
    const { client } = await wire([json(200, { model: "r", results, usage })]);
    const reply = await ask(client({ pricing: async () => pricing }));
    expect(priced).toEqual([
      {
        prompt_tokens: 9,
        completion_tokens: 0,
        total_tokens: 9,
        server_tool_use: { search_units: 2 },
      },
      [],
    ]);
    expect([reply.cost?.total, reply.attempts[0]!.cost, reply.usage]).toEqual([0.5, 0.5, usage]);
  });

  test("costs what the provider says", async () => {
    const results = [0, 1, 2].map((index) => ({ index, relevance_score: 1 }));
    const { client } = await wire([json(200, { model: "r", results, usage: { cost: 0.002 } })]);
    const { cost } = await ask(client());
    expect(cost).toEqual({ total: 0.002, parts: [], source: "provider" });
  });

  test("a provider without the endpoint", async () => {
    const { rerank: _, ...alpha } = plain("alpha");
    const { client, requests } = await wire([]);
    const call = ask(client({ adapters: { alpha } }));
    await expect(call).rejects.toMatchObject({ name: "UnsupportedParamsError", param: "model" });
    await expect(call).rejects.toThrow("alpha/r: alpha has no reranking endpoint.");
    expect(requests).toEqual([]);
  });
});

describe("what is wrong in itself is refused before anything is sent", () => {
  const none = undefined as unknown as string;
  const input = (more: object) => ({ model, query, documents: ["a"], ...more }) as RerankInput;
  test.each<[object, string]>([
    [{ query: "" }, "query must be a text that is not empty."],
    [{ query: none }, "query must be a text that is not empty."],
    [{ query: 3 }, "query must be a string, not 3."],
    [{ documents: [] }, "documents must be a text that is not empty."],
    [{ documents: none }, "documents must be a text that is not empty."],
    [{ documents: "a" }, "documents must be an array, not string."],
    [{ documents: ["a", ""] }, "documents[1] must be a text that is not empty."],
    [{ documents: ["a", { text: "b" }] }, "documents[1] must be a text that is not empty."],
    [{ top_n: 0 }, "top_n must be a whole number from 1, not 0."],
    [{ top_n: 1.5 }, "top_n must be an integer, not 1.5."],
    [{ max_tokens_per_doc: -1 }, "max_tokens_per_doc must be a whole number from 1, not -1."],
    [{ return_documents: "yes" }, "return_documents must be a boolean, not string."],
    [{ topN: 3 }, 'There is no option "topN". Did you mean "top_n"?'],
    [{ model: "" }, "model must be a string"],
    [{ documents: ["\ud800"] }, "documents[0] holds half of a surrogate pair"],
  ])("%o", async (more, message) => {
    const { client, requests } = await wire([]);
    const call = rerank(client(), input(more));
    await expect(call).rejects.toMatchObject({ name: "InvalidRequestError" });
    await expect(call).rejects.toThrow(message);
    expect(requests).toEqual([]);
  });

  test("nothing at all", async () => {
    const { client } = await wire([]);
    await expect(rerank(client(), none as unknown as RerankInput)).rejects.toThrow(
      "rerank() takes an object: { model, query, documents }.",
    );
  });
});

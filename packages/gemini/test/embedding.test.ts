/** Embedding requests in Google's words, and vectors of its replies. */
import {
  APIResponseValidationError,
  type Connection,
  type EmbeddingRequest,
  type Plan,
  ReplyFailure,
} from "@polycall/core";
import { describe, expect, test } from "vitest";
import { gemini, vertex } from "../src/index.ts";

function planOf(service: "gemini" | "vertex", model: string, request: object): Plan {
  const { info, embedding } = service === "gemini" ? gemini : vertex;
  const connection: Connection = {
    provider: service,
    apiKey: "k",
    baseURL: info.baseURL!,
    headers: {},
    settings: {},
  };
  const full = { model: `${service}/${model}`, ...request } as EmbeddingRequest;
  return embedding!.plan(full, { connection, model, onUnsupported: "warn" });
}

test.each<["gemini" | "vertex", string, object, string, object]>([
  [
    "gemini",
    "gemini-embedding-001",
    { input: ["a", "b"], dimensions: 8, task_type: "RETRIEVAL_QUERY", encoding_format: "float" },
    "batchEmbedContents",
    {
      requests: ["a", "b"].map((text) => ({
        model: "models/gemini-embedding-001",
        content: { parts: [{ text }] },
        outputDimensionality: 8,
        task_type: "RETRIEVAL_QUERY",
      })),
    },
  ],
  [
    "vertex",
    "text-embedding-005",
    { input: ["a"], dimensions: 8, task_type: "RETRIEVAL_QUERY" },
    "predict",
    {
      instances: [{ content: "a", task_type: "RETRIEVAL_QUERY" }],
      parameters: { autoTruncate: false, outputDimensionality: 8 },
    },
  ],
  [
    "vertex",
    "gemini-embedding-2",
    { input: ["a"], dimensions: 8, extra_body: { x: 1 } },
    "embedContent",
    {
      content: { parts: [{ text: "a" }] },
      embedContentConfig: { autoTruncate: false, outputDimensionality: 8 },
      x: 1,
    },
  ],
])("%s %s", (service, model, request, endpoint, body) => {
  const plan = planOf(service, model, request);
  expect(plan).toMatchObject({ endpoint, body });
  expect(plan.body).toEqual(body);
  expect(plan.changes.map(({ param, action }) => `${param} ${action}`)).toEqual([
    "dimensions converted",
  ]);
});

describe("what the texts are for", () => {
  const input = ["a"];
  test.each<["gemini" | "vertex", string, object, object]>([
    [
      "gemini",
      "gemini-embedding-001",
      { input, role: "document" },
      {
        requests: [
          {
            model: "models/gemini-embedding-001",
            content: { parts: [{ text: "a" }] },
            taskType: "RETRIEVAL_DOCUMENT",
          },
        ],
      },
    ],
    [
      "gemini",
      "gemini-embedding-2",
      { input: ["a", "b"], role: "query" },
      {
        requests: ["a", "b"].map((text) => ({
          model: "models/gemini-embedding-2",
          content: { parts: [{ text: `task: search result | query: ${text}` }] },
        })),
      },
    ],
    [
      "vertex",
      "text-embedding-005",
      { input, role: "query" },
      {
        instances: [{ content: "a", task_type: "RETRIEVAL_QUERY" }],
        parameters: { autoTruncate: false },
      },
    ],
    [
      "vertex",
      "gemini-embedding-2",
      { input, role: "document" },
      {
        content: { parts: [{ text: "title: none | text: a" }] },
        embedContentConfig: { autoTruncate: false },
      },
    ],
  ])("%s %s", (service, model, request, body) => {
    const plan = planOf(service, model, request);
    expect(plan.body).toEqual(body);
    expect(plan.changes).toEqual([]);
  });
});

test("how many texts a request to Vertex may hold", () => {
  const most = vertex.embedding!.maxInputs as (model: string) => number;
  expect(most("text-multilingual-embedding-002")).toBe(250);
  expect(most("gemini-embedding-001")).toBe(1);
  expect(most("intfloat/multilingual-e5-large-instruct-maas")).toBe(1);
});

test("an end-user id is left out", () => {
  const { body, changes } = planOf("gemini", "e", { input: ["a"], user: "u" });
  expect(JSON.stringify(body)).not.toContain('"u"');
  expect(changes).toMatchObject([{ param: "user", action: "dropped" }]);
});

describe("replies", () => {
  const cut = planOf("gemini", "e", { input: ["a"], dimensions: 2 });
  const whole = planOf("gemini", "e", { input: ["a"] });
  const parse = (body: unknown, plan = whole) => gemini.embedding!.parse(body, plan);

  test("vectors that were cut are brought to length 1, others are left as they came", () => {
    const body = { embeddings: [{ values: [3, 4] }], usageMetadata: { promptTokenCount: 2 } };
    expect(parse(body, cut)).toEqual({
      object: "list",
      model: "e",
      data: [{ object: "embedding", index: 0, embedding: [0.6, 0.8] }],
      usage: { prompt_tokens: 2, total_tokens: 2 },
    });
    expect(parse(body).data[0]!.embedding).toEqual([3, 4]);
    expect(parse({ embeddings: [{ values: [0, 0] }] }, cut).data[0]!.embedding).toEqual([0, 0]);
    const ready = [0.6, 0.8];
    expect(parse({ embeddings: [{ values: ready }] }, cut).data[0]!.embedding).toBe(ready);
  });

  test.each([null, {}, "x"])("%j is no reply", (body) => {
    expect(() => parse(body)).toThrow(TypeError);
  });
  test("an error is a failure", () => {
    expect(() => parse({ error: { code: 500 } })).toThrow(ReplyFailure);
  });
  test.each([{ embeddings: [{}] }, { predictions: [{}] }])("%j lacks its vector", (body) => {
    expect(() => parse(body)).toThrow(APIResponseValidationError);
  });
});

/** Embeddings: the body, the vectors, the order. */
import { createClient, type EmbeddingRequest, type Provider, ReplyFailure } from "@polycall/core";
import { serveRecording, wireData } from "@polycall/testing";
import { describe, expect, test } from "vitest";
import { azure, hosts, openai } from "../src/index.ts";
import { contextOf, type Json, recordings, replyOf } from "./recorded.ts";

const endpoint = openai.embedding!;
const request: EmbeddingRequest = { model: "openai/e", input: ["a", "b"] };
const plan = endpoint.plan(request, contextOf("openai", "e"));

test("the request is sent under OpenAI's names, extra_body wins", () => {
  expect(plan).toMatchObject({ path: "/embeddings", body: { model: "e", input: ["a", "b"] } });
  const full = {
    ...request,
    dimensions: 8,
    user: "u",
    input_type: "query",
    extra_body: { dimensions: 9 },
  };
  expect(endpoint.plan(full, contextOf("openai", "e")).body).toEqual({
    model: "e",
    input: ["a", "b"],
    dimensions: 9,
    user: "u",
    input_type: "query",
  });
  const settings = { apiVersion: "2024-10-21" };
  expect(azure.embedding!.plan(request, contextOf("azure", "dep", { settings })).path).toBe(
    "/openai/deployments/dep/embeddings?api-version=2024-10-21",
  );
  expect(hosts.groq.embedding).toBeUndefined();
});

test("Mistral's name for the dimensions; it knows no user", () => {
  const full = { ...request, dimensions: 8, user: "u" };
  const { body, changes } = hosts.mistral.embedding!.plan(full, contextOf("mistral", "e"));
  expect(body).toEqual({ model: "e", input: ["a", "b"], output_dimension: 8 });
  expect(changes).toMatchObject([{ param: "user", action: "dropped", from: "u" }]);
});

test("floats and base64, put in order", () => {
  const base64 = Buffer.from(new Float32Array([1.5, -2]).buffer).toString("base64");
  const body = {
    data: [
      { index: 1, embedding: base64 },
      { index: 0, embedding: [0.25, 0.5] },
    ],
    model: "e-1",
    usage: { prompt_tokens: 2, total_tokens: 2 },
  };
  expect(endpoint.parse(body, plan)).toEqual({
    object: "list",
    model: "e-1",
    data: [
      { object: "embedding", index: 0, embedding: [0.25, 0.5] },
      { object: "embedding", index: 1, embedding: [1.5, -2] },
    ],
    usage: { prompt_tokens: 2, total_tokens: 2 },
  });
});

test("what is no success", () => {
  expect(() => endpoint.parse({ error: { message: "x" } }, plan)).toThrow(ReplyFailure);
  expect(() => endpoint.parse({ model: "e" }, plan)).toThrow(TypeError);
  expect(() => endpoint.parse({ data: [{ embedding: null }] }, plan)).toThrow(TypeError);
});

const recorded = recordings().reached.filter(
  ({ interaction: { request, response } }) =>
    request.url.includes("embeddings") && response.status < 400,
);
test.skipIf(!recorded.length)("the recorded reply, over loopback", async () => {
  for (const one of recorded) {
    const { data, usage } = replyOf(one) as { data: { embedding: string }[]; usage: Json };
    const bytes = Buffer.from(data[0]!.embedding, "base64");
    await using server = await serveRecording(one.interaction);
    const { embedding } = createClient({
      adapters: { [one.prefix]: one.provider },
      providers: { [one.prefix]: { apiKey: "sk-test", baseURL: server.url } },
      logLevel: "off",
    });
    const reply = await embedding({ model: `${one.prefix}/m`, input: ["Hello"] });
    expect(reply.data[0]!.embedding).toHaveLength(bytes.length / 4);
    expect(reply.data[0]!.embedding[0]).toBe(bytes.readFloatLE(0));
    expect(reply.data[0]!.embedding.at(-1)).toBe(bytes.readFloatLE(bytes.length - 4));
    const { total_tokens, prompt_tokens = total_tokens } = usage;
    expect(reply.usage).toEqual({ prompt_tokens, total_tokens });
  }
});

const tell = (provider: Provider, model: string, more: object) => {
  const { name } = provider.info;
  const full = { model: `${name}/${model}`, input: ["a"], ...more };
  return provider.embedding!.plan(full, contextOf(name, model));
};

describe("what the texts are for", () => {
  const query = { role: "query", dimensions: 8 } as const;
  const document = { role: "document" } as const;
  test.each<[string, Provider, string, object, object]>([
    [
      "Voyage: input_type, and nothing is cut in silence",
      hosts.voyage,
      "voyage-4",
      query,
      { input: ["a"], input_type: "query", output_dimension: 8, truncation: false },
    ],
    [
      "Voyage",
      hosts.voyage,
      "voyage-code-3",
      document,
      { input: ["a"], input_type: "document", truncation: false },
    ],
    ["Voyage, not said", hosts.voyage, "voyage-4", {}, { input: ["a"], truncation: false }],
    [
      "Jina: task",
      hosts.jina,
      "jina-embeddings-v3",
      query,
      { input: ["a"], task: "retrieval.query", dimensions: 8 },
    ],
    [
      "Jina",
      hosts.jina,
      "jina-embeddings-v4",
      document,
      { input: ["a"], task: "retrieval.passage" },
    ],
    [
      "Jina's code models",
      hosts.jina,
      "jina-code-embeddings-0.5b",
      document,
      { input: ["a"], task: "nl2code.passage" },
    ],
    [
      "Jina's name of the format",
      hosts.jina,
      "jina-embeddings-v3",
      { encoding_format: "base64" },
      { input: ["a"], embedding_type: "base64" },
    ],
    [
      "NVIDIA: a document is a passage",
      hosts.nvidia,
      "nv-embed-v1",
      document,
      { input: ["a"], input_type: "passage" },
    ],
    [
      "Cohere: its own endpoint",
      hosts.cohere,
      "embed-v4.0",
      query,
      {
        texts: ["a"],
        input_type: "search_query",
        embedding_types: ["float"],
        output_dimension: 8,
        truncate: "NONE",
      },
    ],
    [
      "Cohere wants to be told: a document where nobody says",
      hosts.cohere,
      "embed-v4.0",
      {},
      {
        texts: ["a"],
        input_type: "search_document",
        embedding_types: ["float"],
        truncate: "NONE",
      },
    ],
  ])("%s", (_, provider, model, more, body) => {
    const plan = tell(provider, model, more);
    expect(plan.body).toEqual({ model, ...body });
    expect(plan.changes).toEqual([]);
  });

  test.each<[Provider, string]>([
    [openai, "text-embedding-3-small"],
    [hosts.mistral, "mistral-embed"],
    [hosts.jina, "jina-embeddings-v2-base-en"],
  ])("$0.info.label $1 is not told, and that is said", (provider, model) => {
    const { body, changes } = tell(provider, model, { role: "query" });
    expect(body).toEqual({ model, input: ["a"] });
    expect(changes).toMatchObject([{ param: "role", action: "dropped", from: "query" }]);
  });
});

test("who serves embeddings and rerankings alone is asked for no completion", () => {
  const message = { role: "user", content: "Hi" } as const;
  const request = { model: "voyage/voyage-4", messages: [message] };
  expect(() => hosts.voyage.plan(request, contextOf("voyage", "voyage-4"))).toThrow(
    "voyage/voyage-4: only embeddings and rerankings are asked of Voyage AI, no completions.",
  );
});

const cohereFile = "cohere/TestCohere.test_query.json";
const wire = wireData();
test.skipIf(!wire?.list().includes(cohereFile))(
  "Cohere's recorded reply, over loopback",
  async () => {
    const [interaction] = wire!.read(cohereFile).interactions;
    const raw = JSON.parse(interaction!.response.body!) as {
      embeddings: { float: number[][] };
      meta: { billed_units: { input_tokens: number } };
    };
    await using server = await serveRecording(interaction!);
    const { embedding } = createClient({
      adapters: { cohere: hosts.cohere },
      providers: { cohere: { apiKey: "key", baseURL: server.url } },
      logLevel: "off",
    });
    const model = "cohere/embed-v4.0";
    const { data, usage } = await embedding({ model, input: ["Hello"], role: "query" });
    expect(data.map((row) => row.embedding)).toEqual(raw.embeddings.float);
    const { input_tokens } = raw.meta.billed_units;
    expect(usage).toEqual({ prompt_tokens: input_tokens, total_tokens: input_tokens });
  },
);

test("a reply of Cohere's that holds no vectors", () => {
  const { plan, parse } = hosts.cohere.embedding!;
  const made = plan(request, contextOf("cohere", "e"));
  expect(() => parse({ message: "no" }, made)).toThrow(ReplyFailure);
  expect(() => parse({ embeddings: [[1]] }, made)).toThrow(TypeError);
});

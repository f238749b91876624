/** Embeddings: the body, the vectors, the order. */
import { createClient, type EmbeddingRequest, ReplyFailure } from "@polycall/core";
import { serveRecording } from "@polycall/testing";
import { expect, test } from "vitest";
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
      adapters: { openai },
      providers: { openai: { apiKey: "sk-test", baseURL: server.url } },
      logLevel: "off",
    });
    const reply = await embedding({ model: "openai/text-embedding-3-small", input: ["Hello"] });
    expect(reply.data[0]!.embedding).toHaveLength(bytes.length / 4);
    expect(reply.data[0]!.embedding[0]).toBe(bytes.readFloatLE(0));
    expect(reply.data[0]!.embedding.at(-1)).toBe(bytes.readFloatLE(bytes.length - 4));
    expect(reply.usage).toMatchObject({ prompt_tokens: usage.prompt_tokens });
  }
});

/** /api/embed: the exact body, and the vectors back. */
import { type EmbeddingRequest, ReplyFailure } from "@polycall/core";
import { expect, test } from "vitest";
import { ollama } from "../src/index.ts";
import { changed, context } from "./setup.ts";

const endpoint = ollama.embedding!;
const planOf = (more: Partial<EmbeddingRequest> & object = {}) =>
  endpoint.plan({ model: "ollama/x", input: ["a", "b"], ...more }, context("all-minilm"));
const base = { model: "all-minilm", input: ["a", "b"], truncate: false };

test.each<[string, object, object, string[]]>([
  ["texts", {}, base, []],
  ["dimensions", { dimensions: 64 }, { ...base, dimensions: 64 }, []],
  ["floats", { encoding_format: "float" }, base, []],
  ["base64", { encoding_format: "base64" }, base, ["encoding_format converted"]],
  ["a user", { user: "u" }, base, ["user dropped"]],
  ["unknown keys", { keep_alive: "1m" }, { ...base, keep_alive: "1m" }, []],
  ["extra_body", { extra_body: { truncate: true } }, { ...base, truncate: true }, []],
])("%s", (_, request, body, changes) => {
  const plan = planOf(request);
  expect(plan).toMatchObject({ endpoint: "api/embed", path: "/api/embed", stream: false });
  expect(plan.body).toEqual(body);
  expect(changed(plan)).toEqual(changes);
});

test("vectors in order", () => {
  const body = {
    model: "all-minilm",
    embeddings: [
      [1, 2],
      [3, 4],
    ],
    prompt_eval_count: 8,
  };
  expect(endpoint.parse(body, planOf())).toEqual({
    object: "list",
    model: "all-minilm",
    data: [
      { object: "embedding", index: 0, embedding: [1, 2] },
      { object: "embedding", index: 1, embedding: [3, 4] },
    ],
    usage: { prompt_tokens: 8, total_tokens: 8 },
  });
});

test("an error, and no reply at all", () => {
  expect(() => endpoint.parse({ error: "boom" }, planOf())).toThrow(ReplyFailure);
  expect(() => endpoint.parse({ embedding: [1] }, planOf())).toThrow(/no embeddings/);
});

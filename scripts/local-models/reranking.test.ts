/** `rerank({ model: "local/…" })` through the real transformers.js and ONNX runtime, on a model written here; scores by hand. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocal } from "@polycall/local";
import { createClient, type RerankInput } from "polycall";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeTinyBert, writeTinyCrossEncoder } from "./tiny-bert.ts";

const models = mkdtempSync(join(tmpdir(), "polycall-rerankers-"));
const provider = createLocal({ modelPath: models, offline: true });
const client = createClient({ adapters: { local: provider }, logLevel: "off" });
const model = "local/tiny/identity";
const identity = "torch.nn.modules.linear.Identity";

beforeAll(() => {
  writeTinyCrossEncoder(join(models, "tiny/identity"), {
    sentence_transformers: { activation_fn: identity },
  });
  writeTinyCrossEncoder(join(models, "tiny/older"), {
    sbert_ce_default_activation_function: identity,
  });
  writeTinyCrossEncoder(join(models, "tiny/sigmoid"));
  writeTinyCrossEncoder(join(models, "tiny/three"), {}, 3);
  writeTinyCrossEncoder(join(models, "tiny/short"), {
    sentence_transformers: { activation_fn: identity },
    max_position_embeddings: 8,
  });
  writeTinyBert(join(models, "tiny/encoder"));
});
afterAll(async () => {
  await provider.dispose();
  rmSync(models, { recursive: true, force: true });
});

/** Scores in the order of the documents. */
async function scores(documents: string[], more: Partial<RerankInput> = {}): Promise<number[]> {
  const { results } = await client.rerank({ model, query: "cat", documents, ...more });
  return results.sort((a, b) => a.index - b.index).map((one) => one.relevance_score);
}

// [CLS] cat [SEP] is 0 + 3 + 0.25; a document and its [SEP] count twice: dog is 2 (-2 + 0.25) = -3.5.
const dog = 3.25 - 3.5;
const cat = 3.25 + 6.5;
const both = 3.25 + 2 * (3 - 2 + 0.25);

describe("scores", () => {
  test("query and document are read together, in one batch or another", async () => {
    const { results, usage, cost } = await client.rerank({
      ...{ model, query: "cat", top_n: 2 },
      documents: ["dog", "cat", "cat dog"],
    });
    expect(results).toEqual([
      { index: 1, relevance_score: cat },
      { index: 2, relevance_score: both },
    ]);
    // 5 + 5 + 6
    expect([usage, cost]).toEqual([{ total_tokens: 16 }, undefined]);
    const many = Array.from({ length: 40 }, (_, i) => (i % 3 ? "dog" : "cat dog"));
    expect(await scores(many)).toEqual(many.map((text) => (text === "dog" ? dog : both)));
  });

  test.each([
    ["local/tiny/older", dog],
    ["local/tiny/sigmoid", 1 / (1 + Math.exp(-dog))],
  ])("as %s says", async (name, expected) => {
    expect(await scores(["dog"], { model: name })).toEqual([expect.closeTo(expected, 6)]);
  });

  test("a model of several labels has none; an encoder has none", async () => {
    const three = scores(["dog"], { model: "local/tiny/three" });
    await expect(three).rejects.toMatchObject({ name: "UnsupportedParamsError", param: "model" });
    await expect(three).rejects.toThrow(
      "local/tiny/three gives 3 labels for a document, not one score.",
    );
    await expect(scores(["dog"], { model: "local/tiny/encoder" })).rejects.toThrow(
      "local/tiny/encoder gives no logits for a document, not one score.",
    );
  });
});

describe("what is too long", () => {
  test("a document is cut, and still ends as it should", async () => {
    // 16 tokens: four of them are not the document's.
    const long = `${"query ".repeat(12)}cat`;
    expect(await scores([long, "dog"])).toEqual([3.25 + 2 * (12 + 0.25), dog]);
    // 8 of them, by the model's own positions.
    expect(await scores([long], { model: "local/tiny/short" })).toEqual([3.25 + 2 * (4 + 0.25)]);
  });

  test("less of it is read where that is asked for", async () => {
    const asked = { max_tokens_per_doc: 2 };
    expect(await scores(["query query cat", "dog"], asked)).toEqual([3.25 + 2 * (2 + 0.25), dog]);
  });

  test("a query that leaves no room is an error", async () => {
    const call = scores(["dog"], { query: "cat ".repeat(13) });
    await expect(call).rejects.toMatchObject({
      name: "ContextWindowExceededError",
      param: "query",
    });
    await expect(call).rejects.toThrow(
      "query is 16 tokens, and local/tiny/identity takes 16 with a document.",
    );
  });
});

describe("the same model everywhere", () => {
  test("after dispose() it is loaded anew; one that is not there is named", async () => {
    await provider.dispose();
    expect(await scores(["dog"])).toEqual([dog]);
    await expect(scores(["dog"], { model: "local/tiny/none" })).rejects.toMatchObject({
      name: "NotFoundError",
      provider: "local",
    });
  });

  test("an abort before it begins, and between two batches", async () => {
    await expect(scores(["dog"], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
    const controller = new AbortController();
    const many = Array.from({ length: 2000 }, () => "dog");
    const call = scores(many, { signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });
});

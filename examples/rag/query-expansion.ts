/**
 * One question searched for in several ways: without its conversation, in other words, as a passage that could
 * answer it, one step back. Without a key the wordings are scripted: they show what is done, not that it helps.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import {
  expandQueries,
  hyde,
  knowledgeBase,
  languageModel,
  memoryStore,
  multiQuery,
  rewriteQuery,
  stepBack,
} from "@polycall/rag";
import type { Turn } from "@polycall/testing";
import { sentenceEncoder } from "sentence-encoder";
import { connect } from "../lib/connect.ts";
import { handbook } from "../lib/handbook.ts";
import { quoting } from "../lib/quoting.ts";

const { models, who, simulator, close, ...client } = await connect();
console.log(`Models: ${who}\n`);
simulator?.script(Array.from({ length: 20 }, () => scripted));

/** What a model might say to each technique; to the question itself it quotes. */
function scripted(turn: Turn): string {
  const { system } = turn;
  if (system.startsWith("Rewrite")) return "On which days may my dog Rex come to the office?";
  if (system.includes("queries for a search engine")) {
    return JSON.stringify({ queries: ["dogs in the office", "pets at work, which days"] });
  }
  if (system.includes("of about 100 words")) {
    return JSON.stringify({ passages: ["Dogs may come to the office on some days of the week."] });
  }
  if (system.startsWith("Step back")) return "Which rules are there for animals at work?";
  return quoting(turn);
}

// One model for all techniques: they share its bound, for as long as the process lives.
const [name] = models;
const model = languageModel({ model: name, client, ...(simulator && { maxCost: 1 }) });
const kb = knowledgeBase({
  ...{ embedding: sentenceEncoder(), store: memoryStore(), client, model: name },
  rewrite: rewriteQuery({ model }),
  retriever: (own) =>
    expandQueries(own, [multiQuery({ model, n: 2 }), hyde({ model, n: 1 }), stepBack({ model })], {
      ...{ k: 3, original: 1, weights: [1, 1, 0.5] },
    }),
});
await kb.ingest(handbook);

const history = [
  { role: "user" as const, content: "I have a dog, Rex." },
  { role: "assistant" as const, content: "How nice!" },
];
const { text, citations, trace, cost } = await kb.ask("On which days may he come to the office?", {
  history,
});
console.log(`searched for first: ${trace.query}`);
for (const { technique, queries, fallback } of trace.steps) {
  if (technique !== "retriever") console.log(`${technique}:`, fallback ?? queries);
}
for (const { chunk, score } of trace.passages) console.log(score.toFixed(4), chunk.source);
console.log(`\n${text}\n[${citations[0]?.number}] ${citations[0]?.source}; $${cost?.toFixed(6)}`);

const step = trace.steps.find(({ technique }) => technique === "expandQueries");
assert.ok(step!.queries!.length > 1, "nothing was expanded");
assert.equal(new Set(trace.passages.map(({ chunk }) => chunk.id)).size, trace.passages.length);
if (simulator) {
  assert.equal(step!.queries!.length, 5);
  assert.equal(citations[0]?.source, "dogs.md");
}
await kb.close();
await close();

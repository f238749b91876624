/**
 * Documents prepared by a model: cut where it says, and chunks told where they stand. The cost is estimated before,
 * bounded, and nothing is asked twice. Without a key the model is scripted: it shows what is done, not that it helps.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import {
  contextualChunker,
  knowledgeBase,
  languageModel,
  markdownChunker,
  memoryReplies,
  memoryStore,
  modelChunker,
} from "@polycall/rag";
import type { Turn } from "@polycall/testing";
import { sentenceEncoder } from "sentence-encoder";
import { connect } from "../lib/connect.ts";
import { handbook } from "../lib/handbook.ts";

const { models, who, simulator, close, ...client } = await connect();
console.log(`Models: ${who}\n`);
simulator?.script(Array.from({ length: 20 }, () => scripted));

/** What a model might say; one of its chunks is invented. */
function scripted({ system, messages }: Turn): string {
  if (!system.startsWith("Cut")) return "From the handbook of a small company.";
  const told = (headline: string, first_words: string, last_words: string) => {
    return { headline, summary: "It says so.", first_words, last_words };
  };
  const chunks = [
    told("Days of leave", "Everybody has thirty days", "December is lost."),
    told("Birth of a child", "What is left of them", "taken in two parts."),
    told("Invented", "Everybody has fifty days", "of leave."),
  ];
  return JSON.stringify({ chunks: messages.at(-1)!.text.includes("thirty days") ? chunks : [] });
}

const cache = memoryReplies(); // fileReplies("replies.sqlite") outlives the process
const model = languageModel({ model: models[0], client, cache, ...(simulator && { maxCost: 1 }) });

// The model says where to cut; the words are the document's.
const cutting = modelChunker({ model, size: 200, window: 2000 });
for (const page of handbook) {
  for (const { start, end, raw, metadata } of await cutting.chunk(page)) {
    assert.equal(page.text.slice(start, end), raw);
    console.log(
      `${page.source} ${start}-${end}: ${metadata?.headline ?? "(cut without the model)"}`,
    );
  }
}
console.log(cutting.counts);

// A line of context before each chunk, in a knowledge base.
const chunker = contextualChunker(markdownChunker(), { model });
const kb = knowledgeBase({ embedding: sentenceEncoder(), store: memoryStore(), chunker });
console.log("\nestimated:", await kb.estimate(handbook));
const report = await kb.ingest(handbook);
console.log(`${report.stored} pages stored, ${report.chunks} chunks; spent $${model.counts.cost}`);
const [passage] = await kb.retriever({ k: 1 }).retrieve("When is my salary paid?");
console.log(`\n${passage!.text}`);

const { calls } = model.counts;
await Promise.all(handbook.map((page) => chunker.chunk(page)));
assert.equal(model.counts.calls, calls, "a question was asked twice");
if (simulator) {
  assert.deepEqual(cutting.counts, { ...cutting.counts, chunks: 2, notFound: 1, bad: 3 });
  assert.match(passage!.text, /^From the handbook of a small company\./);
}
await kb.close();
await close();

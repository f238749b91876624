/**
 * A tree of summaries over notes: a question that no single note answers finds a summary, and is cited through to
 * the notes. Without a key a simulator "sums up" by quoting: it shows the wiring, and no quality.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { knowledgeBase, languageModel, memoryReplies, memoryStore, raptor } from "@polycall/rag";
import type { Turn } from "@polycall/testing";
import { sentenceEncoder } from "sentence-encoder";
import { connect } from "../lib/connect.ts";
import { quoting } from "../lib/quoting.ts";

const notes = {
  "whales/song": "Humpback whales sing for hours. All males of an ocean sing the same song.",
  "whales/travel": "Grey whales swim 16,000 kilometres a year, from the Arctic Ocean to Mexico.",
  "whales/food": "A blue whale eats four tonnes of krill in a day of summer in the ocean.",
  "bread/yeast": "Bread rises because yeast in the dough turns sugar into gas before it is baked.",
  "bread/crust": "A crust of bread turns brown in a hot oven, above 150 degrees.",
  "bread/salt": "Salt slows the yeast of a bread dough down and makes the dough firm.",
  "rail/gauge": "Most railways of Europe have rails 1,435 millimetres apart for their trains.",
  "rail/signal": "A red signal stops the train; a railway section holds one train at a time.",
  "rail/bridge": "The Forth Bridge of 1890 carries railway trains over steel cantilevers.",
};
const documents = Object.entries(notes).map(([source, text]) => ({ source, text }));

/** Sums up by quoting how each passage begins. */
function simulated(turn: Turn): string {
  const prompt = turn.messages.at(-1)!.text;
  if (!turn.system.includes("Sum up")) return quoting(turn);
  const passages = [...prompt.matchAll(/<passage>\n([\s\S]*?)\n<\/passage>/g)];
  return passages.map(([, text]) => text!.split(" ").slice(0, 5).join(" ")).join("; ");
}

const { models, who, simulator, close, ...client } = await connect();
simulator?.script(Array.from({ length: 30 }, () => simulated));
console.log(`Summaries and answers by ${who}.\n`);

const kb = knowledgeBase({ embedding: sentenceEncoder(), store: memoryStore() });
await kb.ingest(documents);

// What may be spent is a bound that holds, and replies are kept.
const model = languageModel({ model: models[0], client, cache: memoryReplies(), maxCost: 0.5 });
const tree = raptor({ of: kb, model, store: memoryStore(), size: 300 });

const { questions, expected, worst } = await tree.estimate();
console.log(
  `${questions} summaries, about $${expected?.toFixed(4)}, at most $${worst?.toFixed(4)}`,
);
const report = await tree.build();
console.log(`Levels of ${report.levels.join(", ")} summaries from ${report.chunks} chunks\n`);
assert.ok(report.levels.length > 1 && report.levels.at(-1) === 1, "the tree has no root");

const asking = knowledgeBase({
  ...{ embedding: kb.encoder, store: kb.store, model: models[0], client },
  retriever: tree.retriever({ k: 4 }),
});
const question = "What is known about whales in the ocean?";
const answer = await asking.ask(question);
console.log(`${question}\n  ${answer.text}`);
for (const { number, source, text } of answer.citations) {
  console.log(`  [${number}] ${source}: ${text}`);
}
assert.ok(answer.citations.length > 0, "nothing was cited");
assert.ok(
  answer.citations.every(({ source }) => source in notes),
  "a citation leads to no note",
);
assert.ok(
  answer.passages.some(({ origins }) => origins),
  "no summary was found",
);

// One note changes: its summary and those above are made anew, and no others.
await kb.ingest([
  { source: "bread/salt", text: "Salt slows yeast in a bread dough; two percent will do." },
]);
const again = await tree.build();
console.log(`\nAfter a change: ${again.made} summaries made, ${again.kept} kept`);
assert.ok(again.kept > 0 && again.made > 0);
await kb.close();
await close();

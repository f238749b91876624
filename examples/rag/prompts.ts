/**
 * Two templates for answers, compared on the same questions and passages. Without a key a simulator answers by
 * quoting: the table shows what is told, and no figure in it means anything.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import {
  answerTemplate,
  comparePrompts,
  knowledgeBase,
  languageModel,
  memoryStore,
} from "@polycall/rag";
import { sentenceEncoder } from "sentence-encoder";
import { connect } from "../lib/connect.ts";
import { handbook } from "../lib/handbook.ts";
import { quoting } from "../lib/quoting.ts";

const { models, who, simulator, close, ...client } = await connect();
console.log(`Answers: ${who}\n`);
simulator?.script(Array.from({ length: 20 }, () => quoting));

const usual = answerTemplate({ name: "usual" });
const formal = answerTemplate({
  name: "formal",
  system: `Today is {{date}}. You speak to {{audience}}, in {{language}}.
Answer from the passages only, and cite them by number, as [1].
If they do not answer, reply only: {{unknown}}`,
  slots: { audience: "new colleagues" },
});

const kb = knowledgeBase({
  ...{ embedding: sentenceEncoder(), store: memoryStore(), client, model: models[0] },
  ...{ template: formal, retrieval: { k: 3 } },
});
await kb.ingest(handbook);
const question = "When are salaries paid?";
const { text, trace } = await kb.ask(question, { slots: { audience: "a manager" } });
console.log(`${trace.calls[0]?.messages[0]?.content}\n\n${question}\n  ${text}\n`);

const testSet = [
  { question, reference: "25th" },
  { question: "How long may a parent stay at home?", reference: "twelve weeks" },
  { question: "In which class are trains booked?", reference: "second" },
];
function namesIt(_: string, answer: string, reference?: string) {
  return reference === undefined ? null : Number(answer.includes(reference));
}
const model = languageModel({ model: models[0], client });
const result = await comparePrompts([usual, formal], testSet, {
  ...{ retriever: kb.retriever(), model, judge: namesIt },
});
if (simulator) console.log("(simulated: the figures mean nothing)");
console.log(result.toMarkdown());

assert.match(String(trace.calls[0]?.messages[0]?.content), /You speak to a manager, in/);
assert.deepEqual(
  result.templates.map(({ template, n }) => [template, n]),
  [
    ["usual", 3],
    ["formal", 3],
  ],
);
await kb.close();
await close();

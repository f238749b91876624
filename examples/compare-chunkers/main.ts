/** Which way of cutting a document finds its answers, and with how little else: measured, as a table and a page. */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  chunkersToHTML,
  chunkersToMarkdown,
  compareChunkers,
  markdownChunker,
  recursiveChunker,
} from "@polycall/rag";

const text = readFileSync(new URL("handbook.md", import.meta.url), "utf8");
const document = { source: "handbook.md", text };

// Questions of your own, each with the words of the document that answer it.
const answered = {
  "When does the last boat leave in August?": [
    "In July and\nAugust the last boat leaves at eight.",
  ],
  "What does a canoe cost?": [
    "Canoes are let by the day only: thirty-five euros, a dry bag included.",
  ],
  "What happens if I lose an oar?": ["A lost oar is charged at sixty euros"],
  "What do ninety flashes a minute mean?": [
    "Ninety flashes a minute mean a storm\nwarning: make for the nearest shore at once, whichever it is",
  ],
  "May my dog come along?": [
    "Dogs are welcome on rowing boats and canoes. They are not taken on pedal boats",
  ],
  "What do schools have to know about booking and price?": [
    "Schools and clubs book at least five days ahead, by telephone.",
    "From six boats on, one hour in four is free.",
  ],
};
const questions = Object.entries(answered).map(([question, quotes], i) => {
  const excerpts = quotes.map((quote) => {
    const start = text.indexOf(quote);
    assert.ok(start >= 0, `not in the handbook: ${quote}`);
    return { start, end: start + quote.length };
  });
  return { id: `q${i}`, text: question, source: document.source, excerpts };
});

const testSet = { documents: [document], questions };
const chunkers = [
  recursiveChunker({ size: 2000 }),
  recursiveChunker({ size: 200 }),
  markdownChunker({ size: 600 }),
];
// BM25 finds them here; `encoder: "openai/text-embedding-3-small"` would be as easy.
const comparison = await compareChunkers(chunkers, testSet, { k: 2 });
console.log(chunkersToMarkdown(comparison));

const out = fileURLToPath(new URL("../../.polycall/compare-chunkers.html", import.meta.url));
mkdirSync(fileURLToPath(new URL("../../.polycall", import.meta.url)), { recursive: true });
writeFileSync(out, chunkersToHTML(comparison, testSet));
console.log(`\nThe questions at which they differ, the answers marked: ${out}`);

const [large, small, markdown] = comparison.chunkers;
// Nearly all of the handbook has every answer, and mostly something else.
assert.equal(large!.scores.recall, 1);
assert.ok(small!.scores.precision > 2 * large!.scores.precision);
assert.ok(markdown!.scores.recall > small!.scores.recall);
assert.equal(comparison.chunkers.map(({ failed }) => failed).join(), "0,0,0");

/**
 * How much of what answers a question is in the first five chunks that BM25 finds, on chunking_evaluation's 472
 * questions over five texts: `node bench/chunking.ts`. By characters, as the set's authors count: recall is the
 * share of the answer that was found, precision the share of what was found that is of the answer.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  bm25Index,
  type Chunk,
  type Chunker,
  markdownChunker,
  parentChild,
  recursiveChunker,
  sentenceChunker,
  tokenChunker,
} from "@polycall/rag";
import { sharedData } from "@polycall/testing";
import { table } from "./measure.ts";

const found = 5;
interface Place {
  start: number;
  end: number;
}
interface Question {
  question: string;
  corpus_id: string;
  /** Counted in code points. */
  references: { start_index: number; end_index: number }[];
}

const data = sharedData("rag");
if (!data) process.exit(0);
const folder = join(data, "chunking_evaluation");
const read = (file: string) => readFileSync(join(folder, file), "utf8");
const questions = read("questions.jsonl")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Question);
const names = [...new Set(questions.map(({ corpus_id }) => corpus_id))].sort();
const texts = new Map(names.map((name) => [name, read(`corpora/${name}.md`)]));
/** Where each code point begins, in UTF-16 units. */
const places = new Map(
  [...texts].map(([name, text]) => {
    const starts = [0];
    for (const character of text) starts.push(starts.at(-1)! + character.length);
    return [name, starts];
  }),
);

const lengthOf = (all: readonly Place[]) =>
  all.reduce((sum, { start, end }) => sum + end - start, 0);

/** The same characters, each once. */
function merged(all: readonly Place[]): Place[] {
  const kept: Place[] = [];
  for (const { start, end } of [...all].sort((a, b) => a.start - b.start)) {
    const last = kept.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else kept.push({ start, end });
  }
  return kept;
}

const shared = (ones: readonly Place[], others: readonly Place[]) =>
  ones.flatMap((one) =>
    others
      .map(({ start, end }) => ({
        start: Math.max(one.start, start),
        end: Math.min(one.end, end),
      }))
      .filter(({ start, end }) => start < end),
  );

async function measured(chunker: Chunker) {
  const index = bm25Index();
  const chunks = new Map<string, { name: string; chunk: Chunk }>();
  for (const [name, text] of texts) {
    for (const [i, chunk] of (await chunker.chunk({ source: name, text })).entries()) {
      index.add(`${name}-${i}`, chunk.text);
      chunks.set(`${name}-${i}`, { name, chunk });
    }
  }
  let [recall, precision] = [0, 0];
  for (const { question, corpus_id, references } of questions) {
    const starts = places.get(corpus_id)!;
    const answer = merged(
      references.map(({ start_index, end_index }) => {
        return { start: starts[start_index]!, end: starts[end_index]! };
      }),
    );
    const taken = new Map<string, Place & { name: string }>();
    for (const { id } of index.search(question, { k: 10 * found })) {
      const { name, chunk } = chunks.get(id)!;
      const { start, end } = chunk.parent ?? chunk;
      if (taken.size < found) taken.set(`${name} ${start}`, { name, start, end });
    }
    const shown = [...taken.values()];
    const right = merged(shown.filter(({ name }) => name === corpus_id));
    const hit = lengthOf(shared(right, answer));
    recall += hit / lengthOf(answer);
    precision += hit / lengthOf(shown);
  }
  const of = (sum: number) => (sum / questions.length).toFixed(3);
  return [String(chunks.size), of(recall), of(precision)];
}

const chunkers: Record<string, Chunker> = {};
for (const size of [400, 800, 1600, 3200]) {
  chunkers[`recursive, ${size} characters`] = recursiveChunker({ size });
  chunkers[`Markdown, ${size} characters`] = markdownChunker({ size });
}
Object.assign(chunkers, {
  "recursive, 800 characters, 400 repeated": recursiveChunker({ size: 800, overlap: 400 }),
  "Markdown, 800 characters, 400 repeated": markdownChunker({ size: 800, overlap: 400 }),
  "sentence, 800 characters": sentenceChunker({ size: 800 }),
  "token, 200 tokens": tokenChunker({ size: 200 }),
  "parent and child, 600 in 3200": parentChild(),
});
const rows: string[][] = [];
for (const [name, chunker] of Object.entries(chunkers)) {
  rows.push([name, ...(await measured(chunker))]);
}
console.log(`\n${table([`BM25, the first ${found}`, "chunks", "recall", "precision"], rows)}`);

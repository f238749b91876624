/** What was found held against excerpts: worked arithmetic, and the reading of chunking_evaluation's files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ExcerptQuestion, foundScores, precisionOmega, readExcerpts } from "@polycall/rag";
import { excerptSet } from "@polycall/rag/excerpts";
import { sharedData } from "@polycall/testing";
import { afterAll, expect, test } from "vitest";

/** Two excerpts, of 10 and of 20 characters. */
const question: ExcerptQuestion = {
  ...{ id: "q", text: "?", source: "d" },
  excerpts: [
    { start: 10, end: 20 },
    { start: 40, end: 60 },
  ],
};
const at = (start: number, end: number, source = "d") => ({ source, start, end });

test.each([
  // 5 of the first and 10 of the second, of 30; brought 15 + 30 + 25; 15 are missed.
  [[at(0, 15), at(50, 80), at(0, 25, "other")], 15 / 30, 15 / 70, 15 / 85],
  // Both hold 10 to 15: it is found once, and was brought twice. 8 of 30; 15 + 13; 22 are missed.
  [[at(0, 15), at(5, 18)], 8 / 30, 8 / 28, 8 / 50],
  [[at(10, 20), at(40, 60)], 1, 1, 1],
  // Side by side: 5 + 15 of 20.
  [[at(40, 45), at(45, 60)], 20 / 30, 1, 20 / 30],
  [[at(20, 40)], 0, 0, 0],
  [[at(10, 20, "other")], 0, 0, 0],
  [[], 0, 0, 0],
])("found, by hand: %#", (found, recall, precision, iou) => {
  const scores = foundScores(question, found);
  expect(scores.recall).toBeCloseTo(recall, 12);
  expect(scores.precision).toBeCloseTo(precision, 12);
  expect(scores.iou).toBeCloseTo(iou, 12);
});

test.each([
  // 30 of what holds some of it, 0 to 80; the last chunk holds none.
  [[at(0, 15), at(15, 30), at(30, 50), at(50, 80), at(80, 100)], 30 / 80],
  // A chunk that only touches an excerpt counts, as in chunking_evaluation: 30 of 0 to 100.
  [[at(0, 10), at(10, 20), at(20, 40), at(40, 60), at(60, 100)], 30 / 100],
  [[at(0, 9), at(10, 20), at(21, 39), at(40, 60), at(61, 100)], 1],
  // The second excerpt is in no chunk, and counts as one that there should be: 10 of 20 + 20.
  [[at(5, 25)], 10 / 40],
  [[at(0, 100, "other")], 0],
])("the best that chunks allow, by hand: %#", (chunks, expected) => {
  expect(precisionOmega(question, chunks)).toBeCloseTo(expected, 12);
});

test("counts by another amount", () => {
  // One token every ten characters, from 0: 1 and 2 in the excerpts; brought 0 and 10, then 50.
  const tokens = ({ start, end }: { start: number; end: number }) =>
    Math.ceil(end / 10) - Math.ceil(start / 10);
  const scores = foundScores(question, [at(0, 15), at(45, 60)], tokens);
  expect(scores).toEqual({ recall: 2 / 3, precision: 2 / 3, iou: 2 / 4 });
  expect(precisionOmega(question, [at(0, 15), at(45, 60)], tokens)).toBe(2 / 4);
});

const text = "A 😀 smile. It costs 3 €.\nThe end.";
const reference = (content: string, start: number) => ({
  content,
  start_index: start,
  end_index: start + [...content].length,
});
const csv = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")).join("\r\n");
const head = ["question", "references", "corpus_id"];

test("offsets that count code points become UTF-16 units", () => {
  // In code points "It" stands at 11; the smile before it is two units.
  const references = JSON.stringify([reference("It costs 3 €.", 11), reference("A 😀", 0)]);
  const documents = [{ source: "corpora/d.md", text }];
  const { questions } = readExcerpts(
    `\ufeff${csv([head, ['How much,\n"really"?', references, "d"]])}\n\n`,
    documents,
  );
  expect(questions).toEqual([
    {
      ...{ id: "q0", text: 'How much,\n"really"?', source: "corpora/d.md" },
      excerpts: [
        { start: 12, end: 25 },
        { start: 0, end: 4 },
      ],
    },
  ]);
  expect(text.slice(12, 25)).toBe("It costs 3 €.");
});

test.each([
  ["no,columns\n", "its first row names question, references and corpus_id, not no, columns"],
  [csv([head, ["?", JSON.stringify([reference("It costs", 12)]), "d"]]), "does not stand at 12"],
  [csv([head, ["?", JSON.stringify([reference("The end.", 99)]), "d"]]), "does not stand at 99"],
  [csv([head, ["?", "[]", "d"]]), "question 1: its references are no JSON list of excerpts"],
  [csv([head, ["?", "{", "d"]]), "question 1: its references are no JSON list of excerpts"],
  [csv([head, ["?", "[]", "e"]]), 'question 1: no document "e"'],
  [csv([head, [" ", "[]", "d"]]), "question 1: a question has a text and references"],
  [`${csv([head])}\nwhy,"a"b,d`, "a quote that does not belong, in row 2"],
])("tells what of a file cannot be read: %#", (file, message) => {
  expect(() => readExcerpts(file, [{ source: "d", text }])).toThrow(message);
});

const folder = mkdtempSync(join(tmpdir(), "excerpts-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("reads a folder", async () => {
  await expect(excerptSet(folder)).rejects.toThrow("corpora");
  mkdirSync(join(folder, "corpora"));
  writeFileSync(join(folder, "corpora/d.md"), text);
  const references = JSON.stringify([reference("The end.", 25)]);
  writeFileSync(join(folder, "questions_df.csv"), csv([head, ["?", references, "d"]]));
  expect(await excerptSet(folder)).toEqual({
    documents: [{ source: "d", text }],
    questions: [{ id: "q0", text: "?", source: "d", excerpts: [{ start: 26, end: 34 }] }],
  });
});

const data = sharedData("rag/chunking_evaluation");
test.skipIf(!data)(
  "chunking_evaluation's own files: every excerpt stands where it says",
  async () => {
    const { documents, questions } = await excerptSet(data!);
    expect(documents.map(({ source }) => source)).toEqual([
      ...["chatlogs", "finance", "pubmed", "state_of_the_union", "wikitexts"],
    ]);
    expect(questions).toHaveLength(472);
    expect(questions.reduce((sum, { excerpts }) => sum + excerpts.length, 0)).toBe(790);
  },
);

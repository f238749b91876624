/** The report of an evaluation as files: one page, and beside it a folder with a page for each question. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import type { Answer, AnswerEvaluation, JudgedQuestion } from "@polycall/rag";

/** @param file "report.html"; the questions' pages are "report/0001.html" and so on */
export function writeReport(
  file: string,
  evaluation: AnswerEvaluation,
  about: string,
  { answerToHTML, evaluationToHTML }: typeof import("@polycall/rag"),
): void {
  const name = basename(file, extname(file));
  const folder = name === basename(file) ? `${name}-questions` : name;
  const nameOf = (index: number) => `${String(index + 1).padStart(4, "0")}.html`;
  const pageOf = ({ answer }: JudgedQuestion, index: number) =>
    isTraced(answer) ? `${encodeURIComponent(folder)}/${nameOf(index)}` : undefined;
  const back = { href: `../${encodeURIComponent(basename(file))}`, text: "← all questions" };
  const has = evaluation.questions.some(({ answer }) => isTraced(answer));
  mkdirSync(has ? join(dirname(file), folder) : dirname(file), { recursive: true });
  for (const [i, { answer, verdicts, reference }] of evaluation.questions.entries()) {
    if (!isTraced(answer)) continue;
    const page = answerToHTML(answer, { verdicts, back, ...(reference && { reference }) });
    writeFileSync(join(dirname(file), folder, nameOf(i)), page);
  }
  writeFileSync(file, evaluationToHTML(evaluation, { about, pageOf }));
}

/** What answers need not be a knowledge base of ours. */
function isTraced(answer: unknown): answer is Answer {
  const { trace, passages, citations } = (answer ?? {}) as Partial<Answer>;
  return Array.isArray(trace?.steps) && Array.isArray(passages) && Array.isArray(citations);
}

/** The report of an evaluation as files: one page, and beside it a folder with a page for each question. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import type { Answer, AnswerEvaluation, AskFunction, JudgedQuestion } from "@polycall/rag";

export interface Report {
  /** What answers, whose answers are kept until their pages are written, and no longer: a trace is a megabyte. */
  asking(subject: { ask: AskFunction }): AskFunction;
  /** Writes the page of a question that has been judged. */
  page(question: JudgedQuestion): void;
  /** Writes the page of all. @throws what kept any page from being written */
  whole(evaluation: AnswerEvaluation, about: string): void;
}

/**
 * @param file "report.html"; the questions' pages are "report/0001.html" and so on. Undefined: none is written
 * @param ids of the questions, in their order
 */
export function reportOf(
  file: string | undefined,
  ids: readonly string[],
  { answerToHTML, evaluationToHTML }: typeof import("@polycall/rag"),
): Report {
  const kept = new Map<unknown, Answer>();
  const written = new Map<string, string>();
  const places = new Map(ids.map((id, at) => [id, at]));
  const name = basename(file ?? "", extname(file ?? ""));
  const folder = name === basename(file ?? "") ? `${name}-questions` : name;
  let failure: { error: unknown } | undefined;

  function write(path: string, page: string) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, page);
    } catch (error) {
      failure ??= { error };
    }
  }

  return {
    asking: (subject) => async (question, options) => {
      const answer = await subject.ask(question, options);
      if (!isTraced(answer)) return answer;
      const { trace: _, ...rest } = answer;
      if (file !== undefined) kept.set(rest, answer);
      return rest;
    },
    page({ id, answer, verdicts, reference }) {
      const whole = kept.get(answer);
      if (!whole) return;
      kept.delete(answer);
      const page = `${String(places.get(id)! + 1).padStart(4, "0")}.html`;
      const back = { href: `../${encodeURIComponent(basename(file!))}`, text: "← all questions" };
      const html = answerToHTML(whole, { verdicts, back, ...(reference && { reference }) });
      write(join(dirname(file!), folder, page), html);
      written.set(id, `${encodeURIComponent(folder)}/${page}`);
    },
    whole(evaluation, about) {
      if (file === undefined) return;
      const pageOf = ({ id }: JudgedQuestion) => written.get(id);
      write(file, evaluationToHTML(evaluation, { about, pageOf }));
      if (failure) throw failure.error;
    },
  };
}

/** What answers need not be a knowledge base of ours. */
function isTraced(answer: unknown): answer is Answer {
  const { trace, passages, citations } = (answer ?? {}) as Partial<Answer>;
  return Array.isArray(trace?.steps) && Array.isArray(passages) && Array.isArray(citations);
}

/** `evaluationToHTML()`: the report of an evaluation, the worst questions first. No script: CSS sorts and filters. */
import { spokenIn } from "../answer/condense.ts";
import type { AnswerEvaluation, JudgedQuestion } from "../judging/evaluate-answers.ts";
import type { AnswerScores } from "../judging/scores.ts";
import { evaluationStyle } from "./evaluation-style.ts";
import { escaped } from "./html.ts";
import { pageOf, tilesOf } from "./page.ts";
import { dollars, ms, plural } from "./told.ts";
import { nameOf, scoreCell, verdictsOf } from "./verdicts.ts";

/** What stands on the page beside the evaluation. */
export interface EvaluationPageOptions {
  /** Default: "Answers, judged" */
  title?: string;
  /** What stands under it: models, documents, the day. */
  about?: string;
  /** Where a question has a page of its own (`answerToHTML()`), relative to this one. */
  pageOf?(question: JudgedQuestion, index: number): string | undefined;
}

/**
 * Means by category with how many were judged and how many failed, and each question with its answer, scores and
 * reasons; to be sorted by any score and filtered by category. The page is complete in itself.
 */
export function evaluationToHTML(
  evaluation: AnswerEvaluation,
  options: EvaluationPageOptions = {},
): string {
  const { title = "Answers, judged", about } = options;
  const { judges, overall, categories, questions, ms: took } = evaluation;
  const names = categories.map(({ category }) => category);
  const orders: [name: string, ranks: number[]][] = [
    ["worst first", ranksBy(questions.map(worth))],
    ["as asked", questions.map((_, i) => i)],
    ...judges.map((judge): [string, number[]] => [
      nameOf(judge),
      ranksBy(questions.map((one) => worthOf(one, [judge]))),
    ]),
  ];
  const tiles: [string, string][] = [
    ["questions", String(overall.questions)],
    ["without an answer", String(overall.unanswered)],
    ["not known", String(overall.unknown)],
    ["judgements failed", String(overall.nFailed)],
    ["cost of answers", dollars(overall.cost)],
    ["cost of judging", dollars(overall.judgingCost)],
    ["time", ms(took)],
  ];
  const rows = [
    ...(categories.length > 1 ? categories : []).map((one) => rowOf(one.category, one, judges)),
    rowOf("all", overall, judges),
  ];
  const body = `<h1>${escaped(title)}</h1>
${about ? `<p class="quiet">${escaped(about)}</p>` : ""}
${tilesOf(tiles)}
<h2>By category</h2>
<div class="wide"><table><thead><tr><th>category</th><th>questions</th>${judges.map((one) => `<th>${escaped(nameOf(one))}</th>`).join("")}<th>failed</th><th>cost</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>
<p class="quiet">Means over what was judged; where that is not all, how many. What failed is in no mean.</p>
<h2>Questions</h2>
${choice(
  "Sort, lowest first",
  "s",
  orders.map(([name]) => name),
)}
${names.length > 1 ? choice("Category", "c", names.map(shownName), "all") : ""}
<div class="line"><span>${plural(questions.length, "question")}</span>${judges.map((one) => `<span>${escaped(nameOf(one))}</span>`).join("")}</div>
<div class="questions">
${questions.map((one, i) => questionOf(one, judges, { category: names.indexOf(one.category ?? ""), orders: orders.map(([, ranks]) => ranks[i]!), href: options.pageOf?.(one, i) })).join("\n")}
</div>`;
  return pageOf({
    title,
    style: evaluationStyle(judges.length, orders.length, names.length),
    body,
  });
}

const shownName = (category: string) => category || "none";

/** A question's scores in the mean; what failed is worth less than any, what was not judged more. */
const worth = (question: JudgedQuestion) => worthOf(question, Object.keys(question.verdicts));

function worthOf({ verdicts }: JudgedQuestion, judges: readonly string[]): number {
  const all = judges.map((name) => verdicts[name]!);
  const scores = all.flatMap(({ score }) => (score === null ? [] : [score]));
  if (scores.length) return scores.reduce((sum, one) => sum + one, 0) / scores.length;
  return all.some(({ failed }) => failed) ? -1 : 2;
}

/** The place of each in ascending order; of equals the first comes first. */
function ranksBy(values: readonly number[]): number[] {
  const ranks: number[] = new Array(values.length);
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  for (const [rank, at] of order.entries()) ranks[at] = rank;
  return ranks;
}

/** Radio buttons, the first or `none` chosen. */
function choice(legend: string, name: string, all: readonly string[], none?: string): string {
  const labels = [
    ...(none === undefined
      ? []
      : [`<label><input type="radio" name="${name}" checked>${none}</label>`]),
    ...all.map(
      (one, i) =>
        `<label><input type="radio" name="${name}" id="${name}${i}"${none === undefined && i === 0 ? " checked" : ""}>${escaped(one)}</label>`,
    ),
  ];
  return `<fieldset><legend>${legend}</legend>${labels.join("")}</fieldset>`;
}

function rowOf(name: string, group: AnswerScores, judges: readonly string[]): string {
  const cells = judges.map((judge) => {
    const { mean, n } = group.scores[judge]!;
    const beside = n < group.questions && mean !== null ? ` <small>${n}</small>` : "";
    return `<td>${scoreCell({ score: mean })}${beside}</td>`;
  });
  return `<tr><td>${escaped(shownName(name))}</td><td>${group.questions}</td>${cells.join("")}<td>${group.nFailed || ""}</td><td>${dollars(group.cost)}</td></tr>`;
}

function questionOf(
  {
    question,
    history = [],
    category,
    reference,
    answer,
    error,
    verdicts,
    ms: took,
  }: JudgedQuestion,
  judges: readonly string[],
  at: { category: number; orders: readonly number[]; href: string | undefined },
): string {
  const style = at.orders.map((rank, i) => `--o${i}:${rank}`).join(";");
  const scores = judges.map((name) =>
    scoreCell(verdicts[name]!).replace("<span ", () => `<span title="${escaped(nameOf(name))}" `),
  );
  const parts = [
    `<p class="quiet">${category ? `<span class="pill">${escaped(category)}</span> ` : ""}${ms(took)}${answer?.cost === undefined ? "" : ` · ${dollars(answer.cost)}`}${at.href === undefined ? "" : ` · <a href="${escaped(at.href)}">how it was answered</a>`}</p>`,
    history.length ? `<h3>before it</h3><p class="said">${escaped(spokenIn(history))}</p>` : "",
    answer
      ? `<h3>answer</h3><p class="said">${escaped(answer.text)}</p>`
      : `<h3>no answer</h3><p class="said">${escaped(error?.message ?? "")}</p>`,
    reference ? `<h3>reference</h3><p class="said">${escaped(reference)}</p>` : "",
    verdictsOf(verdicts),
  ];
  return `<details class="q c${at.category}${answer ? "" : " error"}" style="${style}"><summary><span>${escaped(question)}</span>${scores.join("")}</summary><div class="in">${parts.join("")}</div></details>`;
}

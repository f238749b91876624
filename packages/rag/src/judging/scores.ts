/** What the verdicts on many questions come to: means of what was judged, and beside them what was not. Pure. */
import type { JudgedQuestion } from "./evaluate-answers.ts";

export interface JudgeScore {
  /** Over the questions that were judged; null where none was. */
  mean: number | null;
  /** Questions that were judged. */
  n: number;
  /** Those for which there was no answer, or no judgement: in no mean. */
  nFailed: number;
  /** Those with nothing to judge. */
  nNothing: number;
}

export interface AnswerScores {
  questions: number;
  /** Of them, those that got no answer: their errors stand beside them. */
  unanswered: number;
  /** Answers that say that they do not know. */
  unknown: number;
  /** By judge. */
  scores: Record<string, JudgeScore>;
  /** Of all judges. */
  nFailed: number;
  /** Dollars that the answers cost; absent where one did not say. */
  cost?: number;
  /** Dollars that judging them cost; absent where it is not known. */
  judgingCost?: number;
}

export interface CategoryScores extends AnswerScores {
  /** "" for questions without one. */
  category: string;
}

export function scoresOf(
  questions: readonly JudgedQuestion[],
  judges: readonly string[],
): AnswerScores {
  const scores = Object.fromEntries(
    judges.map((name) => [name, scoreOf(questions.map(({ verdicts }) => verdicts[name]!))]),
  );
  const answered = questions.filter(({ answer }) => answer);
  const cost = sum(answered.map(({ answer }) => answer!.cost));
  const judgingCost = sum(questions.map((one) => one.judgingCost));
  return {
    questions: questions.length,
    unanswered: questions.length - answered.length,
    unknown: answered.filter(({ answer }) => answer!.known === false).length,
    scores,
    nFailed: Object.values(scores).reduce((all, { nFailed }) => all + nFailed, 0),
    ...(cost !== undefined && { cost }),
    ...(judgingCost !== undefined && { judgingCost }),
  };
}

/** In the order of their names. */
export function scoresByCategory(
  questions: readonly JudgedQuestion[],
  judges: readonly string[],
): CategoryScores[] {
  return [...Map.groupBy(questions, ({ category = "" }) => category)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([category, group]) => ({ category, ...scoresOf(group, judges) }));
}

function scoreOf(verdicts: readonly JudgedQuestion["verdicts"][string][]): JudgeScore {
  const judged = verdicts.flatMap(({ score }) => (score === null ? [] : [score]));
  const nFailed = verdicts.filter(({ failed }) => failed).length;
  return {
    mean: judged.length ? judged.reduce((all, one) => all + one, 0) / judged.length : null,
    n: judged.length,
    nFailed,
    nNothing: verdicts.length - judged.length - nFailed,
  };
}

function sum(costs: readonly (number | undefined)[]): number | undefined {
  return costs.reduce<number | undefined>(
    (all, one) => (all === undefined || one === undefined ? undefined : all + one),
    0,
  );
}

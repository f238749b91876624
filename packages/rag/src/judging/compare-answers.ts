/** `compareAnswers()`: whether one run's answers are better than another's, or were only lucky with the questions. */
import { InvalidRequestError } from "@polycall/core";
import { type BootstrapOptions, bootstrap, type Difference } from "../evaluation/bootstrap.ts";
import type { AnswerEvaluation } from "./evaluate-answers.ts";

export interface CompareAnswersOptions extends BootstrapOptions {
  /** By whose score. */
  judge: string;
}

export interface AnswerComparison extends Difference {
  judge: string;
  /** Questions that were judged in both. */
  n: number;
  /** Questions that were judged in one of the two only, or in none. */
  left: number;
}

/**
 * The paired bootstrap over the questions that were judged in both.
 * @throws InvalidRequestError where there are none
 */
export function compareAnswers(
  first: AnswerEvaluation,
  second: AnswerEvaluation,
  options: CompareAnswersOptions,
): AnswerComparison {
  const { judge } = options;
  const [one, other] = [first, second].map(({ questions }) => {
    return new Map(questions.map(({ id, verdicts }) => [id, verdicts[judge]?.score ?? null]));
  }) as [Map<string, number | null>, Map<string, number | null>];
  const differences: number[] = [];
  for (const [id, score] of one) {
    const against = other.get(id) ?? null;
    if (score !== null && against !== null) differences.push(against - score);
  }
  if (differences.length === 0) {
    throw new InvalidRequestError(`No question has a score of "${judge}" in both.`, {
      param: "judge",
    });
  }
  const all = new Set([...one.keys(), ...other.keys()]).size;
  const n = differences.length;
  return { judge, n, left: all - n, ...bootstrap(differences, options) };
}

/** What `polycall eval rag` says at its end: a table, JSON, and which bounds were missed. */
import type { AnswerEvaluation, AnswerScores, JudgeScore } from "@polycall/rag";
import { UsageError } from "../command.ts";
import type { IO } from "../io.ts";
import { line } from "../run/safe.ts";
import { type Column, table } from "../table.ts";

interface Group extends AnswerScores {
  category: string;
}

const titleOf = (judge: string) => judge.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** A line for each category, and one for all. */
export function scoreTable(
  { judges, overall, categories }: AnswerEvaluation,
  io: Pick<IO, "width" | "color">,
): string {
  const named = categories.map((one) => {
    return { ...one, category: line(one.category, 40) || "(none)" };
  });
  const rows: Group[] = [...(categories.length > 1 ? named : []), { ...overall, category: "all" }];
  const columns: Column<Group>[] = [
    { title: "category", value: ({ category }) => category },
    { title: "questions", value: ({ questions }) => questions },
    ...judges.map((judge): Column<Group> => {
      return { title: titleOf(judge), value: (group) => meanOf(group, group.scores[judge]!) };
    }),
    { title: "nFailed", value: ({ nFailed }) => nFailed },
    { title: "$ cost", value: ({ cost }) => cost && Number(cost.toPrecision(3)) },
  ];
  return table(rows, columns, io);
}

/** With the number that was judged, where that is not all. */
function meanOf({ questions }: Group, { mean, n }: JudgeScore): string {
  if (mean === null) return "-";
  return mean.toFixed(2) + (n < questions ? ` of ${n}` : "");
}

/** For programs: without traces, which the report's pages show. */
export function asJson({ judges, overall, categories, questions, ms }: AnswerEvaluation) {
  return {
    ...{ judges, overall, categories, ms },
    questions: questions.map(({ answer, error, ...one }) => ({
      ...one,
      ...(answer && { answer: answer.text, known: answer.known, cost: answer.cost }),
      ...(error && { error: { name: error.name, message: error.message } }),
    })),
  };
}

export interface Bound {
  judge: string;
  least: number;
}

/** "accuracy=0.8". @throws UsageError */
export function boundsOf(given: readonly string[] = [], judges: readonly string[]): Bound[] {
  return given
    .flatMap((one) => one.split(","))
    .map((one) => {
      const [, judge = "", digits] = /^\s*(\w+)\s*=\s*(0|1|[01]?\.\d+|1\.0+)\s*$/.exec(one) ?? [];
      if (digits === undefined || Number(digits) > 1) {
        throw new UsageError(`--fail-under ${one}: it takes a score and a bound, accuracy=0.8.`);
      }
      if (!judges.includes(judge)) {
        throw new UsageError(`--fail-under ${one}: what is judged is ${judges.join(", ")}.`);
      }
      return { judge, least: Number(digits) };
    });
}

/**
 * A line for each bound that was missed. What failed counts as 0 here: a check must not pass because its judge did not
 * come.
 */
export function missed(
  { overall: { scores } }: AnswerEvaluation,
  bounds: readonly Bound[],
): string[] {
  return bounds.flatMap(({ judge, least }) => {
    const { mean, n, nFailed } = scores[judge]!;
    if (mean === null) return [`${judge} was not judged: ${nFailed} failed.`];
    const worst = (mean * n) / (n + nFailed);
    if (worst >= least - 1e-9) return [];
    const failed = nFailed ? ` with ${nFailed} that failed as 0` : "";
    return [`${judge} is ${worst.toFixed(3)}${failed}, less than ${least}.`];
  });
}

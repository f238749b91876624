/** `comparePrompts()`: the same questions over the same passages, told to answer in several ways. */
import { InvalidRequestError, type Message, type Usage } from "@polycall/core";
import { saysUnknown, usualUnknown } from "../answer/known.ts";
import { type BootstrapOptions, bootstrap, checkDrawing } from "../evaluation/bootstrap.ts";
import { type AnswerComparison, compareAnswers } from "../judging/compare-answers.ts";
import {
  type AnswerEvaluation,
  type AskedOptions,
  evaluateAnswers,
} from "../judging/evaluate-answers.ts";
import type { JudgeName } from "../judging/judges.ts";
import type { TestQuestion } from "../judging/test-set.ts";
import { type Judge, type JudgedAnswer, nothing } from "../judging/verdict.ts";
import { type LanguageModel, type ModelOption, modelOf } from "../model/language-model.ts";
import { each } from "../pool.ts";
import type { Passage, Retriever } from "../retrieval/passage.ts";
import { emptyTrace, type TracedCall } from "../retrieval/trace.ts";
import { checkAborted } from "../stores/errors.ts";
import type { AnswerTemplate } from "./answer-template.ts";

/** From 0 to 1; null where there is nothing to judge. One that throws has failed. */
export type JudgeFunction = (
  question: string,
  answer: string,
  reference?: string,
) => number | null | Promise<number | null>;

export interface ComparePromptsOptions extends BootstrapOptions {
  /** Finds the passages: once for each question. */
  retriever: Retriever;
  /** What answers. With a cache, a question that was asked in the same words costs nothing. */
  model: ModelOption;
  /** Scores each answer: a function, a judge of your own, or one of polycall's by its name. */
  judge: JudgeFunction | Judge | JudgeName;
  /** What a judge by its name asks. */
  judgeModel?: ModelOption;
  /** What the model says where nothing fits. Default: as of `knowledgeBase()` */
  unknown?: string;
  /** For the slot `instructions`. */
  instructions?: string;
  /** Questions in flight together. Default: 4 */
  concurrency?: number;
  signal?: AbortSignal;
  onProgress?(progress: { template: string; done: number; total: number }): void;
}

/** An answer to one question by one template. */
export interface PromptAnswer extends JudgedAnswer {
  passages: readonly Passage[];
  known: boolean;
  usage?: Usage;
  /** ms of the call; absent where the reply was kept, or nobody was asked. */
  ms?: number;
}

export interface PromptScore {
  template: string;
  /** Mean over the answers that were judged; null where none was. */
  score: number | null;
  /** In which the mean lies. */
  interval?: readonly [low: number, high: number];
  /** Answers that were judged. */
  n: number;
  /** Questions without an answer, or whose answer the judge failed at: in no mean. */
  nFailed: number;
  /** Answers that say that they do not know. */
  unknown: number;
  /** Of all answers that say how many. */
  tokens: { prompt: number; completion: number };
  /** Dollars for the answers; absent where one did not say. */
  cost?: number;
  /** Dollars for judging; absent where it is not known. */
  judgingCost?: number;
  /** Median ms of a call; absent where none went out. */
  ms?: number;
  /** Against the first template, over the questions that were judged in both; absent for itself. */
  comparison?: AnswerComparison;
  /** Every question, its answer and its verdict. */
  evaluation: AnswerEvaluation<PromptAnswer>;
}

export interface PromptComparison {
  judge: string;
  confidence: number;
  /** In the order in which they were given. */
  templates: PromptScore[];
  /** A table for people. */
  toMarkdown(): string;
}

/**
 * Retrieves once for each question, has the model answer by each template, and judges the answers. Failures are
 * counted and in no mean; templates are compared on the questions that were judged in both.
 * @throws InvalidRequestError for options that cannot be meant; what ends an evaluation: see `evaluateAnswers()`
 */
export async function comparePrompts(
  templates: readonly AnswerTemplate[],
  testSet: readonly TestQuestion[],
  options: ComparePromptsOptions,
): Promise<PromptComparison> {
  const { concurrency = 4, signal, confidence = 0.95, onProgress } = options;
  const names = templates.map(({ name }) => name);
  if (names.length === 0 || new Set(names).size < names.length) {
    throw new InvalidRequestError("comparePrompts() takes templates, each with a name of its own.");
  }
  checkDrawing(options);
  const judge = typeof options.judge === "function" ? judgeOf(options.judge) : options.judge;
  const name = typeof judge === "string" ? judge : judge.name;
  const model = modelOf(options.model);
  const found = await retrieved(testSet, options);
  const evaluations: AnswerEvaluation<PromptAnswer>[] = [];
  for (const template of templates) {
    const subject = answering(template, model, found, options);
    evaluations.push(
      await evaluateAnswers(subject, testSet, {
        ...{ judges: [judge], concurrency },
        ...(options.judgeModel && { model: options.judgeModel }),
        ...(signal && { signal }),
        onProgress: ({ done, total }) => onProgress?.({ template: template.name, done, total }),
      }),
    );
  }
  const scores = evaluations.map((evaluation, i) => {
    const score = scoreOf(names[i]!, name, evaluation, options);
    const comparison = i > 0 && compared(evaluations[0]!, evaluation, name, options);
    return { ...score, ...(comparison && { comparison }) };
  });
  return {
    ...{ judge: name, confidence, templates: scores },
    toMarkdown: () => tableOf(name, confidence, scores),
  };
}

type Found = ReadonlyMap<string, readonly Passage[] | { error: unknown }>;

/** What a retriever fails at fails for every template. */
async function retrieved(
  testSet: readonly TestQuestion[],
  { retriever, concurrency = 4, signal }: ComparePromptsOptions,
): Promise<Found> {
  const found = await each(
    testSet,
    async ({ question, history }) => {
      try {
        const call = { ...(history && { history }), ...(signal && { signal }) };
        return await retriever.retrieve(question, call);
      } catch (error) {
        checkAborted(signal);
        return { error };
      }
    },
    concurrency,
  );
  return new Map(testSet.map(({ question, history }, i) => [keyOf(question, history), found[i]!]));
}

const keyOf = (question: string, history: readonly Message[] = []) =>
  JSON.stringify([question, history]);

function answering(
  template: AnswerTemplate,
  model: LanguageModel,
  found: Found,
  { unknown = usualUnknown, instructions }: ComparePromptsOptions,
) {
  return async (
    question: string,
    { history = [], signal }: AskedOptions,
  ): Promise<PromptAnswer> => {
    const passages = found.get(keyOf(question, history))!;
    if ("error" in passages) throw passages.error;
    if (passages.length === 0) return { text: unknown, passages, known: false, cost: 0 };
    const trace = emptyTrace();
    const messages = template.messages({
      ...{ question, passages, history, unknown },
      ...(instructions && { instructions }),
    });
    const text = await model.ask(
      { purpose: "answer", messages },
      { trace, ...(signal && { signal }) },
    );
    if (text === undefined) throw new Error(trace.warnings.join(" "));
    const [call] = trace.calls;
    return { text, passages, known: !saysUnknown(text, unknown), ...costOf(call!) };
  };
}

const costOf = ({ cached, cost, usage, ms }: TracedCall) =>
  cached ? { cost: 0 } : { ...(cost !== undefined && { cost }), ...(usage && { usage }), ms };

/** A function as a judge. */
function judgeOf(judge: JudgeFunction): Judge {
  const name = judge.name || "judge";
  return {
    name,
    async judge({ question, reference }, { text }) {
      const score = await judge(question, text, reference);
      return score === null ? nothing("There was nothing to judge.") : { score, reason: "" };
    },
  };
}

function scoreOf(
  template: string,
  judge: string,
  evaluation: AnswerEvaluation<PromptAnswer>,
  drawing: BootstrapOptions,
): PromptScore {
  const { questions, overall } = evaluation;
  const { mean, n, nFailed } = overall.scores[judge]!;
  const judged = questions.flatMap(({ verdicts }) => verdicts[judge]?.score ?? []);
  const answers = questions.flatMap(({ answer }) => answer ?? []);
  const times = answers.flatMap(({ ms }) => ms ?? []).sort((a, b) => a - b);
  const tokens = { prompt: 0, completion: 0 };
  for (const { usage } of answers) {
    tokens.prompt += usage?.prompt_tokens ?? 0;
    tokens.completion += usage?.completion_tokens ?? 0;
  }
  const { cost, judgingCost, unknown } = overall;
  return {
    ...{ template, score: mean, n, nFailed, unknown, tokens, evaluation },
    ...(judged.length && { interval: bootstrap(judged, drawing).interval }),
    ...(cost !== undefined && { cost }),
    ...(judgingCost !== undefined && { judgingCost }),
    ...(times.length && { ms: times[times.length >> 1]! }),
  };
}

/** Undefined where no question was judged in both. */
function compared(
  first: AnswerEvaluation,
  second: AnswerEvaluation,
  judge: string,
  drawing: BootstrapOptions,
): AnswerComparison | undefined {
  const judged = ({ questions }: AnswerEvaluation) =>
    new Set(questions.flatMap(({ id, verdicts }) => (verdicts[judge]?.score == null ? [] : [id])));
  const [one, other] = [judged(first), judged(second)];
  if (![...one].some((id) => other.has(id))) return undefined;
  const { samples, confidence, seed } = drawing;
  return compareAnswers(first, second, {
    judge,
    ...(samples !== undefined && { samples }),
    ...(confidence !== undefined && { confidence }),
    ...(seed !== undefined && { seed }),
  });
}

function tableOf(judge: string, confidence: number, templates: readonly PromptScore[]): string {
  const share = `${Math.round(confidence * 100)} %`;
  const range = ([low, high]: readonly [number, number]) =>
    `${low.toFixed(3)} to ${high.toFixed(3)}`;
  const head = ["template", judge, share, "against the first", "judged", "failed", "unknown"];
  const rows = templates.map((one) => {
    const { comparison: against, interval, tokens, cost, ms } = one;
    const sign = against && against.difference >= 0 ? "+" : "";
    return [
      one.template,
      one.score?.toFixed(3) ?? "",
      interval ? range(interval) : "",
      against ? `${sign}${against.difference.toFixed(3)} (${range(against.interval)})` : "",
      ...[one.n, one.nFailed, one.unknown, tokens.prompt, tokens.completion],
      cost === undefined ? "" : `$${cost.toFixed(4)}`,
      ms === undefined ? "" : `${ms} ms`,
    ];
  });
  const lines = [[...head, "prompt tokens", "reply tokens", "cost", "median"], ...rows].map(
    (cells) =>
      `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|").replace(/\s+/g, " ")).join(" | ")} |`,
  );
  lines.splice(1, 0, `|${" --- |".repeat(head.length + 4)}`);
  return `${lines.join("\n")}\n`;
}

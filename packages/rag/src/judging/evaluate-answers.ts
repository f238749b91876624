/** `evaluateAnswers()`: every question of a test set asked, and every answer judged. */
import {
  AuthenticationError,
  InsufficientFundsError,
  InvalidRequestError,
  type Message,
  MissingKeyError,
  NotFoundError,
  PermissionDeniedError,
  UnknownProviderError,
  UnsupportedParamsError,
} from "@polycall/core";
import { DimensionError } from "@polycall/embeddings";
import { BudgetExceededError } from "../model/errors.ts";
import {
  type LanguageModel,
  type LanguageModelOptions,
  languageModel,
  type ModelOption,
} from "../model/language-model.ts";
import { emptyTrace } from "../retrieval/trace.ts";
import { checkAborted, IndexMismatchError, StoreError } from "../stores/errors.ts";
import { type JudgeName, judgeNames, judgesOf, needsModel } from "./judges.ts";
import { type AnswerScores, type CategoryScores, scoresByCategory, scoresOf } from "./scores.ts";
import { idOf, type TestQuestion } from "./test-set.ts";
import { failure, type Judge, type JudgedAnswer, type Verdict } from "./verdict.ts";

export interface AskedOptions {
  history?: readonly Message[];
  signal?: AbortSignal;
}

/** Answers a question: `kb.ask`, or whatever is to be judged. */
export type AskFunction<A extends JudgedAnswer = JudgedAnswer> = (
  question: string,
  options: AskedOptions,
) => A | Promise<A>;

export interface JudgeOptions {
  /**
   * What judges: "provider/model", or a `judgeModel()` with a bound on cost and a cache. Best not the one that answers: models like their own.
   */
  model?: ModelOption;
  /** By name, or your own. Default: all, and without a model those that need none */
  judges?: readonly (JudgeName | Judge)[];
  signal?: AbortSignal;
}

export interface JudgedQuestion<A extends JudgedAnswer = JudgedAnswer> extends TestQuestion {
  id: string;
  answer?: A;
  /** Why there is no answer. */
  error?: Error;
  /** By judge. */
  verdicts: Record<string, Verdict>;
  /** ms that the answer took. */
  ms: number;
  /** Dollars that judging it cost; absent where it is not known. */
  judgingCost?: number;
}

export interface EvaluateAnswersOptions<A extends JudgedAnswer = JudgedAnswer>
  extends JudgeOptions {
  /** Questions in flight together. Default: 4 */
  concurrency?: number;
  onProgress?(progress: { done: number; total: number; question: JudgedQuestion<A> }): void;
}

export interface AnswerEvaluation<A extends JudgedAnswer = JudgedAnswer> {
  /** Names of the judges. */
  judges: string[];
  overall: AnswerScores;
  categories: CategoryScores[];
  /** In the order of the test set. */
  questions: JudgedQuestion<A>[];
  /** ms */
  ms: number;
}

/**
 * Judges one answer, by each judge.
 * @throws what ends an evaluation: see there
 */
export async function judgeAnswer(
  question: TestQuestion,
  answer: JudgedAnswer,
  options: JudgeOptions = {},
): Promise<Record<string, Verdict>> {
  const { judges } = panel(options);
  return (await judged(question, answer, judges(), options.signal)).verdicts;
}

/**
 * Asks each question and judges its answer. A failure is counted (`nFailed`) and is in no mean: an answer that does
 * not come, a judge's reply that is not what was asked for, a provider that fails for one question. What no other
 * question would fare better with (a key that is refused, the bound on cost, an index that does not fit) ends it.
 * @param subject a knowledge base, or a function that answers
 * @throws InvalidRequestError for options that cannot be meant; BudgetExceededError; what ends it; APIUserAbortError
 */
export async function evaluateAnswers<A extends JudgedAnswer>(
  subject: AskFunction<A> | { ask: AskFunction<A> },
  testSet: readonly TestQuestion[],
  options: EvaluateAnswersOptions<A> = {},
): Promise<AnswerEvaluation<A>> {
  const { concurrency = 4, onProgress } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new InvalidRequestError(`concurrency is a whole number from 1, not ${concurrency}.`, {
      param: "concurrency",
    });
  }
  const ids = new Set(testSet.map(idOf));
  if (ids.size < testSet.length || ids.size === 0) {
    throw new InvalidRequestError(
      ids.size ? "Two questions of the test set have one id." : "The test set has no questions.",
    );
  }
  const { names, judges } = panel(options);
  const ask: AskFunction<A> =
    typeof subject === "function" ? subject : (question, call) => subject.ask(question, call);
  const begun = performance.now();
  const questions: JudgedQuestion<A>[] = new Array(testSet.length);
  // What ends one ends all: nothing more is begun, and what is under way is not waited for.
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  let [next, done] = [0, 0];
  const work = async () => {
    while (next < testSet.length) {
      const at = next++;
      const question = await one(testSet[at]!, ask, judges(), signal);
      checkAborted(signal);
      questions[at] = question;
      onProgress?.({ done: ++done, total: testSet.length, question });
    }
  };
  checkAborted(options.signal);
  // What answers may not listen to the signal.
  let leave = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(options.signal!.reason);
  });
  options.signal?.addEventListener("abort", leave);
  try {
    await Promise.race([left, Promise.all(Array.from({ length: concurrency }, work))]);
  } catch (error) {
    stop.abort();
    checkAborted(options.signal);
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", leave);
  }
  return {
    judges: names,
    overall: scoresOf(questions, names),
    categories: scoresByCategory(questions, names),
    questions,
    ms: Math.round(performance.now() - begun),
  };
}

async function one<A extends JudgedAnswer>(
  test: TestQuestion,
  ask: AskFunction<A>,
  judges: readonly Judge[],
  signal: AbortSignal,
): Promise<JudgedQuestion<A>> {
  const since = performance.now();
  const { question, history } = test;
  const about = { ...test, id: idOf(test) };
  try {
    const answer = await ask(question, { signal, ...(history && { history }) });
    if (typeof answer?.text !== "string") {
      throw new TypeError(`An answer is { text, … }, not ${told(answer)}.`);
    }
    const ms = Math.round(performance.now() - since);
    return { ...about, answer, ms, ...(await judged(test, answer, judges, signal)) };
  } catch (thrown) {
    checkAborted(signal);
    if (endsAll(thrown)) throw thrown;
    const error = asError(thrown);
    const ms = Math.round(performance.now() - since);
    const verdict = failure(`There is no answer: ${error.message}`);
    const verdicts = Object.fromEntries(judges.map(({ name }) => [name, verdict]));
    return { ...about, error, ms, verdicts, judgingCost: 0 };
  }
}

/** By all judges at once. */
async function judged(
  question: TestQuestion,
  answer: JudgedAnswer,
  judges: readonly Judge[],
  signal: AbortSignal | undefined,
): Promise<{ verdicts: Record<string, Verdict>; judgingCost?: number }> {
  const traces = judges.map(() => emptyTrace());
  const verdicts = await Promise.all(
    judges.map(async (judge, i) => {
      try {
        const call = { trace: traces[i]!, ...(signal && { signal }) };
        return [judge.name, checked(await judge.judge(question, answer, call))] as const;
      } catch (error) {
        checkAborted(signal);
        if (endsAll(error)) throw error;
        return [judge.name, failure(asError(error).message)] as const;
      }
    }),
  );
  const costs = traces.flatMap(({ calls }) => calls.map((one) => (one.cached ? 0 : one.cost)));
  const isKnown = costs.every((one) => one !== undefined);
  return {
    verdicts: Object.fromEntries(verdicts),
    ...(isKnown && { judgingCost: costs.reduce((sum: number, one) => sum + one!, 0) }),
  };
}

/** No number beside the scale gets into a mean, whoever says it. */
function checked(verdict: Verdict): Verdict {
  const { score, reason, failed } = verdict;
  if (failed) return failure(reason);
  if (score === null || (typeof score === "number" && score >= 0 && score <= 1)) return verdict;
  return failure(`The judge's score is ${score}, which is not from 0 to 1.`);
}

function panel({ model, judges }: JudgeOptions) {
  const asked = judges ?? judgeNames.filter((name) => model !== undefined || !needsModel(name));
  const named = asked.filter((one) => typeof one === "string");
  const names = asked.map((one) => (typeof one === "string" ? one : one.name));
  const unknown = named.find((name) => !judgeNames.includes(name));
  if (unknown !== undefined) {
    throw new InvalidRequestError(
      `There is no judge "${unknown}". There are ${judgeNames.join(", ")}, and any { name, judge }.`,
      { param: "judges" },
    );
  }
  if (names.length === 0 || new Set(names).size < names.length) {
    throw new InvalidRequestError("judges must be some, each with a name of its own.", {
      param: "judges",
    });
  }
  const asking = typeof model === "string" ? judgeModel({ model }) : model;
  const needing = named.find(needsModel);
  if (needing && !asking) {
    throw new InvalidRequestError(
      `The judge "${needing}" asks a model: give one, { model: "provider/model" }.`,
      { param: "model" },
    );
  }
  return {
    names,
    /** Afresh for each question. */
    judges(): Judge[] {
      const own = judgesOf(named, asking);
      return asked.map((one) =>
        typeof one === "string" ? own.find(({ name }) => name === one)! : one,
      );
    },
  };
}

/** A model to judge with: at temperature 0, with a seed, where it takes them; a bound on cost and a cache as asked for. */
export function judgeModel(options: LanguageModelOptions): LanguageModel {
  return languageModel({ ...options, params: { temperature: 0, seed: 1, ...options.params } });
}

/** Failures that no other question would be spared. */
const ending = [
  AuthenticationError,
  BudgetExceededError,
  DimensionError,
  IndexMismatchError,
  InsufficientFundsError,
  InvalidRequestError,
  MissingKeyError,
  NotFoundError,
  PermissionDeniedError,
  StoreError,
  UnknownProviderError,
  UnsupportedParamsError,
];

/** What an agent throws says why in its cause. */
function endsAll(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ending.some((kind) => error instanceof kind) || endsAll(error.cause);
}

const told = (value: unknown) =>
  typeof value === "object" && value !== null
    ? `an object of ${Object.keys(value).join(", ") || "nothing"}`
    : `${typeof value === "string" ? "the text " : ""}${JSON.stringify(value)?.slice(0, 60)}`;

const asError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)));

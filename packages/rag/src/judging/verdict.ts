/** What a judge is shown, and what it says. */
import type { RetrievalTrace } from "../retrieval/trace.ts";
import type { TestQuestion } from "./test-set.ts";

/** An answer as far as it is judged; `kb.ask()` gives one. */
export interface JudgedAnswer {
  text: string;
  /** What it was made from, best first. Without any, what is about passages is not judged. */
  passages?: readonly {
    text: string;
    chunk?: { source: string };
    /** What it was made from, where it is a summary. */
    origins?: readonly { source: string }[];
  }[];
  /** False where it says that it is not known. */
  known?: boolean;
  /** Dollars. */
  cost?: number;
}

/** A statement or a passage, and whether what was asked of it holds. */
export interface VerdictPart {
  text: string;
  holds: boolean;
  reason: string;
}

export interface Verdict {
  /** From 0 to 1; null where there was nothing to judge, or the judge failed. */
  score: number | null;
  reason: string;
  /** What the score is made of, where it is made of parts. */
  parts?: readonly VerdictPart[];
  /** There was something to judge, and no judgement came. */
  failed?: true;
}

export interface JudgeCall {
  signal?: AbortSignal;
  /** Calls of the judge's model, and what went wrong. */
  trace: RetrievalTrace;
}

/** Anything that judges an answer. Its name is the name of its score. */
export interface Judge {
  readonly name: string;
  judge(question: TestQuestion, answer: JudgedAnswer, call: JudgeCall): Verdict | Promise<Verdict>;
}

/** There was nothing to judge. */
export const nothing = (reason: string): Verdict => ({ score: null, reason });

export const failure = (reason: string): Verdict => ({ score: null, reason, failed: true });

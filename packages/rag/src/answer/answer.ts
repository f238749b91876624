/** An answer, and what was done for it. */
import { InvalidRequestError, type Message } from "@polycall/core";
import type { Passage } from "../retrieval/passage.ts";
import { type RetrievalTrace, timedTrace } from "../retrieval/trace.ts";
import type { Citation } from "./citations.ts";

export interface AnswerTrace extends RetrievalTrace {
  question: string;
  history: readonly Message[];
  /** What was searched for. */
  query: string;
  /** ms that retrieval took. */
  retrievalMs: number;
  passages: readonly Passage[];
  /** Numbers that the answer cites and no passage has. */
  unresolved: number[];
}

/** @throws InvalidRequestError for a question that is none */
export function answerTrace(question: string, history: readonly Message[]): AnswerTrace {
  if (typeof question !== "string" || !question.trim()) {
    throw new InvalidRequestError("A question must be a text that is not empty.");
  }
  return {
    ...{ question, history, query: question, retrievalMs: 0 },
    ...{ passages: [], unresolved: [] },
    ...timedTrace(),
  };
}

export interface Answer {
  text: string;
  /** False where the passages do not answer the question, by the model's word or for want of any. */
  known: boolean;
  /** What the answer names, in its order. */
  citations: Citation[];
  /** What the model was shown; number 1 is the first. */
  passages: readonly Passage[];
  /** Of all calls; absent where one did not say. */
  usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
  /** Dollars, of all calls of the model; absent where it is not known. */
  cost?: number;
  trace: AnswerTrace;
}

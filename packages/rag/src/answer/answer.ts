/** An answer, and what was done for it. */
import type { Message, Usage } from "@polycall/core";
import type { Passage } from "../retrieval/passage.ts";
import type { Citation } from "./citations.ts";

/** A call of a model. */
export interface TracedCall {
  purpose: "condense" | "answer";
  model: string;
  messages: readonly Message[];
  reply: string;
  usage?: Usage;
  /** Dollars; absent where it is not known. */
  cost?: number;
  ms: number;
}

export interface AnswerTrace {
  question: string;
  history: readonly Message[];
  /** What was searched for. */
  query: string;
  /** ms that retrieval took. */
  retrievalMs: number;
  passages: readonly Passage[];
  calls: TracedCall[];
  /** Numbers that the answer cites and no passage has. */
  unresolved: number[];
  /** What went wrong and was worked around. */
  warnings: string[];
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

/** What a measurement of a technique is: a row, and what it found. */
import type { Difference, Interval } from "@polycall/rag";
import type { Context } from "./context.ts";

/** What must be at hand. */
export type Need = "nothing" | "model" | "embedding key" | "reranking key" | "cross-encoder";

export interface Row {
  /** `npm run quality -- NAME`. */
  name: string;
  title: string;
  needs: Need;
  /** What is measured, and on what, in a sentence or two. */
  about: string;
  /** What else must be set to run it, for the command. */
  variables?: readonly string[];
  run(context: Context): Promise<Entry[]>;
}

/** One setting on one data set. */
export interface Entry {
  set: string;
  label: string;
  scores: { [metric: string]: { value: number; interval?: Interval } };
  /** By how much it differs from another setting. */
  beside?: Difference & { than: string; metric: string };
  /** Other figures, as they are shown. */
  facts?: { [name: string]: string | number };
}

/** What a row found, and when. */
export interface Result {
  date: string;
  /** With which models, where it needed one. */
  model?: string;
  /** Questions of each set, where it was not all of them. */
  questions?: number;
  entries: Entry[];
}

export type Results = { [row: string]: Result };

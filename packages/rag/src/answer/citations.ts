/** Which passages an answer names: `[2]`, `[1][3]`, `[1, 3]`, `[1-3]`. */
import type { Passage } from "../retrieval/passage.ts";

export interface Citation {
  /** As the answer names it, from 1. */
  number: number;
  source: string;
  title?: string;
  headings: readonly string[];
  page?: number;
  /** Where the passage stands in its source, in UTF-16 units. */
  start: number;
  end: number;
  /** What the model was shown. */
  text: string;
}

/** In code a number in brackets is an index. */
const code =
  /(`{3,}|(?<=^ {0,3})~{3,})[\s\S]*?(?:\1|(?![\s\S]))|``(?:[^`\n]|`(?!`))+``|`[^`\n]*`/gm;
const mark = /[[【]\s*(\d{1,4}(?:\s*[-–,;]\s*\d{1,4})*)\s*[\]】](?!\()/g;

/** Numbers that an answer cites, in the order in which it does so, each once. */
export function citedNumbers(text: string): number[] {
  const numbers = new Set<number>();
  for (const [, list] of text.replace(code, " ").matchAll(mark)) {
    for (const part of list!.split(/[,;]/)) {
      const [from, to = from] = part.split(/[-–]/).map(Number) as [number, number?];
      // "[1990-2020]" are years.
      if (to - from > 20) continue;
      for (let number = from; number <= to; number++) numbers.add(number);
    }
  }
  return [...numbers];
}

/** The cited passages, and the numbers that no passage has. */
export function resolveCitations(
  text: string,
  passages: readonly Passage[],
): { citations: Citation[]; unresolved: number[] } {
  const citations: Citation[] = [];
  const unresolved: number[] = [];
  for (const number of citedNumbers(text)) {
    const passage = passages[number - 1];
    if (!passage) {
      unresolved.push(number);
      continue;
    }
    const { chunk, start, end } = passage;
    const { source, headings, page, metadata } = chunk;
    citations.push({
      number,
      source,
      ...(typeof metadata.title === "string" && { title: metadata.title }),
      headings,
      ...(page !== undefined && { page }),
      ...{ start, end, text: passage.text },
    });
  }
  return { citations, unresolved };
}

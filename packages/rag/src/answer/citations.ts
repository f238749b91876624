/** Which passages an answer names: `[2]`, `[1][3]`, `[1, 3]`, `[1-3]`. */
import type { Passage } from "../retrieval/passage.ts";

export interface Citation {
  /** As the answer names it, from 1. One that names a summary is there once for each place that this rests on. */
  number: number;
  source: string;
  title?: string;
  headings: readonly string[];
  page?: number;
  /** Where the passage stands in its source, in UTF-16 units. */
  start: number;
  end: number;
  /** What the model was shown, or what it was made from. */
  text: string;
}

/** In code a number in brackets is an index. */
const code = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
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
    citations.push(...placesOf(passage).map((place) => ({ number, ...place })));
  }
  return { citations, unresolved };
}

/** Where a passage stands; what was made from several chunks stands in each of them. */
function placesOf({ chunk, start, end, text, origins }: Passage): Omit<Citation, "number">[] {
  const chunks = origins ?? [chunk];
  return chunks.map((one) => {
    const { source, headings, page, metadata } = one;
    const place = origins
      ? { start: one.start, end: one.end, text: one.text }
      : { start, end, text };
    return {
      source,
      ...(typeof metadata.title === "string" && { title: metadata.title }),
      headings,
      ...(page !== undefined && { page }),
      ...place,
    };
  });
}

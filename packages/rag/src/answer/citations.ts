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
const code =
  /(`{3,}|(?<=^ {0,3})~{3,})[\s\S]*?(?:\1|(?![\s\S]))|``(?:[^`\n]|`(?!`))+``|`[^`\n]*`/gm;
const mark = /[[【]\s*(\d{1,4}(?:\s*[-–,;]\s*\d{1,4})*)\s*[\]】](?!\()/g;

/** Where in an answer passages are named, and which. */
export function citationMarks(text: string): { start: number; end: number; numbers: number[] }[] {
  const bare = text.replace(code, (all) => " ".repeat(all.length));
  return Array.from(bare.matchAll(mark), ({ 0: { length }, 1: list, index }) => {
    const numbers: number[] = [];
    for (const part of list!.split(/[,;]/)) {
      const [from, to = from] = part.split(/[-–]/).map(Number) as [number, number?];
      // "[1990-2020]" are years.
      if (to - from > 20) continue;
      for (let number = from; number <= to; number++) numbers.push(number);
    }
    return { start: index, end: index + length, numbers };
  });
}

/** Numbers that an answer cites, in the order in which it does so, each once. */
export function citedNumbers(text: string): number[] {
  return [...new Set(citationMarks(text).flatMap(({ numbers }) => numbers))];
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

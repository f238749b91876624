/** What became of each candidate on its way through the steps: where it rose, where it was lost, and why. Pure. */
import type { Answer } from "../answer/answer.ts";
import type { Passage } from "../retrieval/passage.ts";
import type { StoredChunk } from "../stores/store.ts";
import { plural } from "./told.ts";

/** Its ranks in one step, from 1. */
export interface Move {
  /** Which of the trace's steps. */
  step: number;
  from?: number;
  to?: number;
  /** What the step ranked it by, or where it was lost, what it came with. */
  score: number;
}

export interface Journey {
  chunk: StoredChunk;
  /** As it was shown to the model, or found. */
  text: string;
  /** All that any step said of it; the last wins. */
  scores: [name: string, value: number][];
  moves: Move[];
  /** Under which the model saw it, from 1. */
  number?: number;
  fate: "cited" | "shown" | "lost";
  /** In words. */
  why: string;
}

/** Those that the model saw by their numbers, then the others, the longest on their way first. */
export function journeysOf({ citations, trace, passages }: Answer): Journey[] {
  const cited = new Set(citations.map(({ number }) => number));
  const seen = new Map<string, Passage[]>();
  const add = (passage: Passage) => {
    const { id } = passage.chunk;
    seen.set(id, [...(seen.get(id) ?? []), passage]);
  };
  const places = trace.steps.map(({ given, found }) => {
    const all = [...(given ?? []), ...(found ?? [])];
    for (const passage of all) add(passage);
    const scores = new Map(all.map(({ chunk, score }) => [chunk.id, score]));
    return { from: ranksOf(given), to: ranksOf(found), scores };
  });
  for (const passage of passages) add(passage);
  const numbers = ranksOf(passages);

  const journeys = [...seen].map(([id, all]): Journey => {
    const number = numbers.get(id);
    const moves = places.flatMap(({ from, to, scores }, step): Move[] => {
      const [before, after, score] = [from.get(id), to.get(id), scores.get(id)];
      if (score === undefined) return [];
      return [{ step, ...(before && { from: before }), ...(after && { to: after }), score }];
    });
    const { chunk, text } = all.at(-1)!;
    const base = { chunk, text, scores: Object.entries(scoresOf(all)), moves };
    if (number === undefined) return { ...base, fate: "lost", why: whyLost(chunk, moves, trace) };
    const fate = cited.has(number) ? "cited" : "shown";
    const why = fate === "cited" ? `cited as [${number}]` : `shown as [${number}], not cited`;
    return { ...base, number, fate, why };
  });
  return journeys.sort((a, b) => placeOf(a) - placeOf(b));
}

function ranksOf(passages: readonly Passage[] = []): Map<string, number> {
  const ranks = new Map<string, number>();
  for (const [i, { chunk }] of passages.entries()) {
    if (!ranks.has(chunk.id)) ranks.set(chunk.id, i + 1);
  }
  return ranks;
}

function scoresOf(all: readonly Passage[]): Record<string, number> {
  const scores: Record<string, number> = {};
  for (const one of all) {
    for (const [name, value] of Object.entries(one.scores)) {
      if (typeof value === "number") scores[name] = value;
    }
  }
  return scores;
}

function placeOf({ number, moves }: Journey): number {
  if (number !== undefined) return number;
  const last = moves.at(-1);
  return 1e6 - (last?.step ?? 0) * 1e4 + (last?.to ?? last?.from ?? 0);
}

function whyLost(chunk: StoredChunk, moves: readonly Move[], { steps }: Answer["trace"]): string {
  const last = moves.at(-1);
  if (!last) return "lost";
  const { technique, found = [], given = [] } = steps[last.step]!;
  if (last.to !== undefined) return `${technique} passed it on at ${last.to}; nothing took it up`;
  const around = found.findIndex(
    ({ chunk: { source }, start, end }) =>
      source === chunk.source && start <= chunk.start && chunk.end <= end,
  );
  if (around >= 0) return `within what ${technique} has at ${around + 1}`;
  const where = `${last.from} of ${given.length}`;
  if (last.from! > found.length) {
    return `lost in ${technique}: at ${where}, and it passes on ${found.length}`;
  }
  return `dropped by ${technique}: at ${where}, ${plural(found.length, "other")} passed on`;
}

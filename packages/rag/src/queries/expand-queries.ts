/** `expandQueries()`: a question searched for in several ways at once, and what they find as one ranking. */
import { InvalidRequestError } from "@polycall/core";
import { checkWhole } from "../check-whole.ts";
import { type Fused, fuse } from "../fusion.ts";
import { shownRanges } from "../retrieval/expand.ts";
import type { Passage, RetrieveOptions, Retriever } from "../retrieval/passage.ts";
import { type Query, type QueryTechnique, queriesOf, sameAs } from "./technique.ts";

export interface ExpandQueriesOptions {
  /** Passages. Default: 8 */
  k?: number;
  /** Passages that the retriever inside is asked for, by each query. Default: 20, and at least `k` */
  candidates?: number;
  /** How much the question itself counts, as it was asked; 0 leaves it out. Default: 1 */
  original?: number;
  /** How much each technique counts; its queries share that. Default: 1 each */
  weights?: readonly number[];
}

interface Weighted extends Query {
  weight: number;
}

/**
 * Searches for the question and for what techniques make of it, all at once, and fuses what is found by
 * reciprocal ranks. A query that comes twice is asked once, a chunk that several find is one. What fails is
 * left out, and the trace says so: as long as one query finds passages there are some.
 * @throws InvalidRequestError for options that cannot be meant; what the retriever throws where every query fails
 */
export function expandQueries(
  retriever: Retriever,
  techniques: QueryTechnique | readonly QueryTechnique[],
  options: ExpandQueriesOptions = {},
): Retriever {
  const all = typeof techniques === "function" ? [techniques] : techniques;
  const { k = 8, original = 1, weights = all.map(() => 1) } = options;
  const { candidates = Math.max(20, k) } = options;
  check({ k, candidates, original, weights }, all);

  async function retrieve(question: string, call: RetrieveOptions = {}): Promise<Passage[]> {
    const { signal, trace } = call;
    if (typeof question !== "string" || !question.trim()) {
      throw new InvalidRequestError("A query must be a text that is not empty.");
    }
    // What an answer might look like is no question to be asked in other words.
    const wanted = call.k ?? k;
    if (call.role === "document") return retriever.retrieve(question, { ...call, k: wanted });
    const begun = performance.now();
    const lists = await Promise.all(
      all.map((technique, i) => (weights[i] ? queriesOf(technique, question, call) : [])),
    );
    const queries = planned(question, lists, { original, weights });
    const each = { ...call, k: Math.max(candidates, wanted) };
    const found = await Promise.allSettled(
      queries.map(({ text, role }) => retriever.retrieve(text, { ...each, ...(role && { role }) })),
    );
    const failed = found.filter((one) => one.status === "rejected");
    const [first] = failed;
    if (first && (signal?.aborted || failed.length === found.length)) throw first.reason;
    for (const { reason } of failed) {
      trace?.warnings.push(
        `expandQueries: one of the queries failed: ${(reason as Error).message}`,
      );
    }
    const lasting = found.map((one) => (one.status === "fulfilled" ? one.value : []));
    const fused = together(
      lasting,
      queries.map(({ weight }) => weight),
    );
    const passages = firstOf(fused, wanted);
    trace?.steps.push({
      ...{ technique: "expandQueries", queries: queries.map(({ text }) => text) },
      ...{ given: fused, found: passages },
      ...(lists.flat().length === 0 && { fallback: "there was nothing to search for beside it" }),
      ms: Math.round(performance.now() - begun),
    });
    return passages;
  }
  return { retrieve };
}

/** Each query once, where it comes first; those of a technique share its weight. */
function planned(
  question: string,
  lists: readonly Query[][],
  { original, weights }: { original: number; weights: readonly number[] },
): Weighted[] {
  const seen = new Set<string>();
  const fresh = ({ text, role = "query" }: Query) => {
    const key = `${role} ${sameAs(text)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };
  const own = { text: question, weight: original };
  const queries = original > 0 && fresh(own) ? [own] : [];
  for (const [i, list] of lists.entries()) {
    const left = list.filter(fresh);
    queries.push(...left.map((query) => ({ ...query, weight: weights[i]! / left.length })));
  }
  return queries.length ? queries : [{ ...own, weight: 1 }];
}

/**
 * One ranking of many. The same chunk is the same passage, and so are chunks that bring the same piece of their
 * source.
 */
function together(lists: readonly Passage[][], weights: readonly number[]): Passage[] {
  const keys = new Map<string, string>();
  const keyOf = (passage: Passage) => {
    const { chunk, start, end } = passage;
    const names = [
      chunk.id,
      ...(isWide(passage) ? [JSON.stringify([chunk.source, start, end])] : []),
    ];
    const key = names.map((name) => keys.get(name)).find((known) => known) ?? chunk.id;
    for (const name of names) keys.set(name, key);
    return key;
  };
  const rankings = lists.map((list) => list.map((passage) => ({ id: keyOf(passage), passage })));
  return fuse(rankings, { weights }).map(
    ({ item, score }: Fused<{ id: string; passage: Passage }>) => ({ ...item.passage, score }),
  );
}

/** The first `k`, without those that stand in one before them. */
function firstOf(passages: readonly Passage[], k: number): Passage[] {
  const shown = shownRanges();
  const kept: Passage[] = [];
  for (const passage of passages) {
    if (kept.length === k) break;
    const { chunk, start, end } = passage;
    if (shown.hold(chunk)) continue;
    kept.push(passage);
    if (isWide(passage)) shown.add(chunk.source, { start, end });
  }
  return kept;
}

/** It brings more than its chunk. */
const isWide = ({ chunk, start, end }: Passage) => start < chunk.start || end > chunk.end;

function check(
  { k, candidates, original, weights }: Required<ExpandQueriesOptions>,
  techniques: readonly QueryTechnique[],
): void {
  const refuse = (what: string) => {
    throw new InvalidRequestError(`expandQueries(): ${what}`);
  };
  if (techniques.length === 0 || techniques.some((one) => typeof one !== "function")) {
    refuse("it takes one technique or a list of them, such as multiQuery({ model }).");
  }
  checkWhole("expandQueries", { k });
  if (!Number.isInteger(candidates) || candidates < k) {
    refuse(`candidates must be a whole number from k (${k}), not ${candidates}.`);
  }
  if (weights.length !== techniques.length) {
    refuse(`there are ${weights.length} weights for ${techniques.length} techniques.`);
  }
  for (const weight of [original, ...weights]) {
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      refuse(`a weight is a number from 0, not ${weight}.`);
    }
  }
}

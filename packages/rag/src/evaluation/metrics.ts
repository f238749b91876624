/**
 * How good a ranking is, told from judgements, as trec_eval 9.0.8 counts: what is not judged is not relevant;
 * relevant is what has a grade above 0; a query without relevant documents has 0 of everything.
 */

/** Document ids, best first; or with scores, in any order: equal scores are ordered as trec_eval does, by id, descending. */
export type Ranking = readonly string[] | readonly { id: string; score: number }[];

/** The grades of a query's judged documents. */
export type Judgements = ReadonlyMap<string, number>;

/** Normalised discounted cumulative gain, [0, 1]: grades over log2(rank + 1), beside the best that could be. */
export function ndcg(ranking: Ranking, judged: Judgements, k: number): number {
  const grades = [...judged.values()].filter((grade) => grade > 0).sort((a, b) => b - a);
  const ideal = gain(grades.slice(0, k));
  return ideal === 0 ? 0 : gain(gradesOf(ranking, judged, k)) / ideal;
}

/** One over the rank of the first relevant document within `k`; 0 without. */
export function mrr(ranking: Ranking, judged: Judgements, k: number): number {
  return (
    1 /
    (gradesOf(ranking, judged, k).findIndex((grade) => grade > 0) + 1 || Number.POSITIVE_INFINITY)
  );
}

/** Precision at the rank of each relevant document within `k`, over the number of all relevant ones. */
export function map(ranking: Ranking, judged: Judgements, k: number): number {
  let found = 0;
  let sum = 0;
  for (const [i, grade] of gradesOf(ranking, judged, k).entries()) {
    if (grade > 0) sum += ++found / (i + 1);
  }
  return found === 0 ? 0 : sum / relevantIn(judged);
}

/** The share of the relevant documents that is within `k`. */
export function recall(ranking: Ranking, judged: Judgements, k: number): number {
  const found = foundIn(ranking, judged, k);
  return found === 0 ? 0 : found / relevantIn(judged);
}

/** Relevant documents within `k`, over `k`, also where fewer were found. */
export function precision(ranking: Ranking, judged: Judgements, k: number): number {
  return foundIn(ranking, judged, k) / k;
}

/** 1 where a relevant document is within `k`, else 0. */
export function hitRate(ranking: Ranking, judged: Judgements, k: number): number {
  return foundIn(ranking, judged, k) > 0 ? 1 : 0;
}

/** Each by its name. */
export const metrics = { ndcg, mrr, map, recall, precision, hitRate };
export type Metric = keyof typeof metrics;

/** The ids down to rank `k`; what stands there twice counts once. */
export function idsOf(ranking: Ranking, k: number): string[] {
  const ids = new Set<string>();
  for (const one of ordered(ranking)) {
    if (ids.size === k) break;
    ids.add(typeof one === "string" ? one : one.id);
  }
  return [...ids];
}

const gradesOf = (ranking: Ranking, judged: Judgements, k: number) =>
  idsOf(ranking, k).map((id) => judged.get(id) ?? 0);

function ordered(ranking: Ranking): Ranking {
  if (typeof ranking[0] !== "object") return ranking;
  const scored = ranking as readonly { id: string; score: number }[];
  return [...scored].sort((a, b) => b.score - a.score || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
}

const gain = (grades: readonly number[]) =>
  grades.reduce((sum, grade, i) => (grade > 0 ? sum + grade / Math.log2(i + 2) : sum), 0);

const foundIn = (ranking: Ranking, judged: Judgements, k: number) =>
  gradesOf(ranking, judged, k).filter((grade) => grade > 0).length;

const relevantIn = (judged: Judgements) => [...judged.values()].filter((grade) => grade > 0).length;

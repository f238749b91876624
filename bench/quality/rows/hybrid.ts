/** Vectors and words fused: the weight of each, chosen on other questions than it is measured on. */
import { type Encoder, embed, nearest } from "@polycall/embeddings";
import { type Evaluation, evaluateRetriever, fuse } from "@polycall/rag";
import { type Corpus, entryOf, textOf, wordsOf } from "../context.ts";
import type { Entry, Row } from "../row.ts";

const candidates = 50;
const weights = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1] as const;

export const hybrid: Row = {
  name: "hybrid",
  title: "Vectors and words, fused",
  needs: "nothing",
  about:
    "`fuse()` over the 50 best by words and the 50 best by vectors; words weigh 1, vectors as told. Each single weight is measured on all questions; `chosen` takes for each half of the questions the weight (0 among them) that was best on the other half, so that nothing is measured on what it was chosen on.",
  async run(context) {
    const entries: Entry[] = [];
    for (const name of context.sets) {
      const corpus = await context.corpus(name);
      const baseline = await context.baseline(name);
      const than = { label: "BM25", evaluation: baseline };
      const encoders = await context.encoders(corpus);
      for (const label of ["USE-lite", "GloVe, idf, centred"]) {
        const encoder = encoders[label];
        if (!encoder) continue;
        const rankings = await rankingsOf(corpus, encoder);
        const swept = new Map<number, Evaluation>([[0, baseline]]);
        for (const weight of weights) {
          const fused = (query: string, { k }: { k: number }) => {
            const { words, dense } = rankings.get(query)!;
            return fuse([words, dense], { weights: [1, weight], k }).map(({ id }) => id);
          };
          swept.set(weight, await evaluateRetriever(fused, corpus));
        }
        for (const weight of weights) {
          entries.push(entryOf(name, `${label}, weight ${weight}`, swept.get(weight)!, than));
        }
        const { evaluation, picked } = chosen(swept);
        const entry = entryOf(name, `${label}, weight chosen`, evaluation, than);
        entries.push({
          ...entry,
          facts: { ...entry.facts, "weight of each half": picked.join(" and ") },
        });
      }
    }
    return entries;
  },
};

/** By each query's text, both rankings. */
async function rankingsOf(corpus: Corpus, encoder: Encoder) {
  const words = wordsOf(corpus);
  const full = corpus.documents.filter((document) => textOf(document).trim());
  const [texts, queries] = [full.map(textOf), corpus.queries.map(({ text }) => text)];
  const documents = (await embed(texts, { model: encoder, role: "document" })).vectors;
  const asked = (await embed(queries, { model: encoder, role: "query" })).vectors;
  return new Map(
    queries.map((query, i) => {
      const near = nearest(asked[i]!, documents, { k: candidates });
      const dense = near.map(({ index }) => full[index]!.id);
      return [query, { words: words(query, { k: candidates }), dense }];
    }),
  );
}

/** Every other question is of one half; each is scored with the weight that was best on the other. */
export function chosen(swept: ReadonlyMap<number, Evaluation>) {
  const mean = (evaluation: Evaluation, half: number) => {
    const own = evaluation.queries.filter((_, i) => i % 2 === half);
    return own.reduce((sum, { scores }) => sum + scores.ndcg, 0) / own.length;
  };
  const picked = [0, 1].map((half) => {
    const ranked = [...swept].sort(([, a], [, b]) => mean(b, 1 - half) - mean(a, 1 - half));
    return ranked[0]![0];
  });
  const [first] = swept.values();
  const queries = first!.queries.map((_, i) => swept.get(picked[i % 2]!)!.queries[i]!);
  const names = Object.keys(first!.scores) as (keyof Evaluation["scores"])[];
  const scores = Object.fromEntries(
    names.map((name) => [
      name,
      queries.reduce((sum, { scores }) => sum + scores[name], 0) / queries.length,
    ]),
  ) as Evaluation["scores"];
  return { picked, evaluation: { ...first!, queries, scores } };
}

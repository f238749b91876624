/** Passages unlike each other: what maximal marginal relevance costs where one answer is enough. */
import { evaluateRetriever } from "@polycall/rag";
import { baseOf, entryOf, sourcesOf } from "../context.ts";
import type { Entry, Row } from "../row.ts";

export const mmr: Row = {
  name: "mmr",
  title: "Passages unlike each other (MMR)",
  needs: "nothing",
  about:
    "A knowledge base's retriever with `mmr: { lambda }`, vectors by GloVe-derived word vectors, beside the same without it. MMR orders by cosine and unlikeness alone, so it is held beside the search by vectors.",
  async run(context) {
    const entries: Entry[] = [];
    for (const name of context.sets) {
      const corpus = await context.corpus(name);
      const base = await baseOf(corpus, (await context.encoders(corpus))["GloVe, idf, centred"]!);
      const measure = (options: Parameters<typeof base.retriever>[0]) =>
        evaluateRetriever(sourcesOf(base.retriever({ mode: "dense", k: 10, ...options })), corpus);
      const than = { label: "vectors", evaluation: await measure({}) };
      entries.push(entryOf(name, "vectors", than.evaluation));
      for (const lambda of [0.9, 0.7, 0.5]) {
        const measured = await measure({ mmr: { lambda } });
        entries.push(entryOf(name, `lambda ${lambda}`, measured, than));
      }
      await base.close();
    }
    return entries;
  },
};

/** Ranking by words: settings of `bm25Index()`, SQLite's FTS5, and minisearch beside them. */
import { evaluateRetriever } from "@polycall/rag";
import { retrievalPeers } from "../../peers.ts";
import { baseOf, entryOf, sourcesOf, wordsOf } from "../context.ts";
import { hashing } from "../encoders.ts";
import type { Entry, Row } from "../row.ts";

const settings = {
  "k1 0.9, b 0.4, Porter": { k1: 0.9, b: 0.4, stem: "porter" },
  "k1 1.5, b 0.75, Porter 2": { k1: 1.5, b: 0.75 },
  "no stemming": { stem: false },
  "no stop words": { stopWords: false },
} as const;

export const bm25: Row = {
  name: "bm25",
  title: "Ranking by words",
  needs: "nothing",
  about:
    "`bm25Index()` with other settings, the search by words of the SQLite store (FTS5), and minisearch, beside `bm25Index()` as it is by default.",
  async run(context) {
    const peers = await retrievalPeers();
    const entries: Entry[] = [];
    for (const name of context.sets) {
      const corpus = await context.corpus(name);
      const evaluation = await context.baseline(name);
      const than = { label: "BM25", evaluation };
      entries.push(entryOf(name, "BM25", evaluation));
      for (const [label, options] of Object.entries(settings)) {
        const measured = await evaluateRetriever(wordsOf(corpus, options), corpus);
        entries.push(entryOf(name, label, measured, than));
      }
      const base = await baseOf(corpus, hashing);
      const fts = sourcesOf(base.retriever({ mode: "words", k: 10 }));
      entries.push(entryOf(name, "SQLite FTS5", await evaluateRetriever(fts, corpus), than));
      await base.close();
      if (!peers) continue;
      const search = peers.miniSearch(corpus.documents);
      const measured = await evaluateRetriever(
        (query) => search(query).map(({ id }) => id),
        corpus,
      );
      entries.push(entryOf(name, "minisearch 7.2", measured, than));
    }
    return entries;
  },
};

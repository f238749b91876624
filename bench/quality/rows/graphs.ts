/** What is linked with, or similar to, what was found; what a model reads of a corpus: trees and graphs. */
import {
  evaluateRetriever,
  graphRag as graphRagOf,
  linkGraph as linkGraphOf,
  memoryGraph,
  memoryStore,
  raptor as raptorOf,
  recursiveChunker,
} from "@polycall/rag";
import { baseOf, type Context, entryOf, shortExcerpts, sourcesOf, textOf } from "../context.ts";
import { centred } from "../encoders.ts";
import type { Row } from "../row.ts";
import { baseOfExcerpts, entriesOfShown, type Shown, shownBy } from "../shown.ts";

const chunker = recursiveChunker({ size: 800 });

/** So many are shown: five that are found, and what hangs together with them. */
const most = 8;

const weights = {
  "similar chunks": { similar: 1, link: 0, heading: 0, next: 0 },
  "chunks before and after": { similar: 0, link: 0, heading: 0, next: 1 },
  "all edges (default)": {},
};

export const linkGraph: Row = {
  name: "link-graph",
  title: "Links and similarity as a graph",
  needs: "nothing",
  about:
    "`linkGraph(retriever, { of })` around a search by words, vectors by GloVe-derived word vectors, beside the search without it. On Cranfield each document is one chunk, so only similarity joins them; chunking_evaluation's texts have no links, so only similarity and order do: five chunks that are found and three that hang together with them, beside eight that are found.",
  async run(context) {
    const corpus = await context.corpus("cranfield");
    const texts = corpus.documents.map(textOf).filter((text) => text.trim());
    const base = await baseOf(corpus, await centred(await context.words(), texts, corpus.name));
    const search = base.retriever({ mode: "words", k: 10 });
    const than = {
      label: "words alone",
      evaluation: await evaluateRetriever(sourcesOf(search), corpus),
    };
    const entries = [entryOf(corpus.name, than.label, than.evaluation)];
    for (const keep of [0.9, 0.8]) {
      const around = linkGraphOf(search, { of: base, keep, weights: weights["similar chunks"] });
      const evaluation = await evaluateRetriever(sourcesOf(around), corpus);
      entries.push(entryOf(corpus.name, `similar chunks, keep ${keep}`, evaluation, than));
    }
    await base.close();

    const set = await context.excerpts();
    const pieces = set.documents.flatMap(({ text }) => text.split("\n\n"));
    const encoder = await centred(await context.words(), pieces, "chunking_evaluation");
    const excerpts = await baseOfExcerpts(set, chunker, encoder);
    const alone = (k: number) => excerpts.retriever({ mode: "words", k });
    const all: Shown[] = [await shownBy(`words alone, k ${most}`, alone(most), set)];
    for (const [label, own] of Object.entries(weights)) {
      const around = linkGraphOf(alone(5), { of: excerpts, weights: own, k: most });
      all.push(await shownBy(`5 by words, 3 more: ${label}`, around, set));
    }
    // What is found keeps most of its score: where there is room for no more, nothing can come in.
    all.push(await shownBy("words alone, k 5", alone(5), set));
    const around = linkGraphOf(alone(5), { of: excerpts });
    all.push(await shownBy("5 by words, none more: all edges", around, set));
    await excerpts.close();
    return [...entries, ...entriesOfShown(all)];
  },
};

/** Over the shorter corpora, with USE-lite's vectors. */
async function shortBase(context: Context) {
  const set = await shortExcerpts(context);
  return { set, base: await baseOfExcerpts(set, chunker, context.sentences()) };
}

const onShort =
  "on chunking_evaluation's three shorter corpora, beside the search by vectors that it begins from";

export const raptor: Row = {
  name: "raptor",
  title: "A tree of summaries (RAPTOR)",
  needs: "model",
  about: `\`raptor({ of, model })\`, built and searched, ${onShort}. Its questions ask for details; a tree is for those that no single chunk answers.`,
  async run(context) {
    const { set, base } = await shortBase(context);
    // In memory: a run that was stopped goes on from the kept replies.
    const tree = raptorOf({ of: base, model: context.model, store: memoryStore() });
    await tree.build();
    const plain = base.retriever({ mode: "dense", k: 5 });
    const all = [await shownBy("vectors alone, k 5", plain, set)];
    for (const mode of ["collapsed", "traversal"] as const) {
      all.push(await shownBy(`tree, ${mode}`, tree.retriever({ mode, k: 5 }), set));
    }
    await tree.close();
    await base.close();
    return entriesOfShown(all);
  },
};

export const graphRag: Row = {
  name: "graph-rag",
  title: "Entities and relations (graph RAG)",
  needs: "model",
  about: `\`graphRag({ of, model })\`, built and searched locally, ${onShort}.`,
  async run(context) {
    const { set, base } = await shortBase(context);
    const graph = graphRagOf({ of: base, model: context.model, records: memoryGraph() });
    await graph.build();
    const plain = base.retriever({ mode: "dense", k: 5 });
    const local = graph.retriever({ mode: "local", k: 5, facts: 0 });
    const all = [
      await shownBy("vectors alone, k 5", plain, set),
      await shownBy("graph, local", local, set),
    ];
    graph.close();
    await base.close();
    return entriesOfShown(all);
  },
};

/** A row of a technique that takes a retriever and gives one, beside that retriever without it. */
import { evaluateRetriever, type Retriever } from "@polycall/rag";
import { baseOf, type Context, entryOf, sourcesOf } from "../context.ts";
import { hashing } from "../encoders.ts";
import type { Entry, Need, Row } from "../row.ts";

export interface Technique {
  name: string;
  title: string;
  about: string;
  needs?: Need;
  variables?: readonly string[];
  /** How the retriever inside searches. Default: "words" */
  mode?: "words" | "dense";
  /** What is measured, by its label. */
  settings: {
    [label: string]: (inner: Retriever, context: Context) => Retriever;
  };
}

export function techniqueRow({ settings, mode = "words", ...technique }: Technique): Row {
  return {
    needs: "model",
    ...technique,
    async run(context) {
      const entries: Entry[] = [];
      for (const name of context.sets) {
        const corpus = await context.sample(name);
        const base = await baseOf(corpus, mode === "dense" ? context.sentences() : hashing);
        const inner = base.retriever({ mode, k: 10 });
        const label = mode === "dense" ? "vectors alone" : "words alone";
        const than = { label, evaluation: await evaluateRetriever(sourcesOf(inner), corpus) };
        entries.push(entryOf(name, label, than.evaluation));
        for (const [label, around] of Object.entries(settings)) {
          const retrieve = sourcesOf(around(inner, context));
          entries.push(entryOf(name, label, await evaluateRetriever(retrieve, corpus), than));
        }
        await base.close();
      }
      return entries;
    },
  };
}

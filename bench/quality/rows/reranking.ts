/** The best candidates put in another order: by a language model, a service, a cross-encoder. */
import {
  apiReranker,
  modelReranker,
  type RetrievalTrace,
  type Retriever,
  rerankPassages,
} from "@polycall/rag";
import type { Context } from "../context.ts";
import type { Need } from "../row.ts";
import { techniqueRow } from "./technique.ts";

const about = (by: string) =>
  `\`rerankPassages(retriever, ${by})\` on the 20 best by words, beside their order.`;

export const rerankModel = techniqueRow({
  name: "rerank-model",
  title: "Re-ranking by a language model",
  about: about("modelReranker({ model })"),
  settings: {
    listwise: (inner, { model }) => rerankPassages(inner, modelReranker({ model }), { k: 10 }),
    pointwise: (inner, { model }) =>
      rerankPassages(inner, modelReranker({ model, mode: "pointwise" }), { k: 10 }),
  },
});

const byName = (
  name: string,
  title: string,
  needs: Need,
  variable: string,
  example: string,
  key = "",
) =>
  techniqueRow({
    ...{ name, title, needs },
    about: about("apiReranker({ model })"),
    variables: [...(key ? [`${key}=…`] : []), `${variable}=${example}`],
    settings: {
      reranked: (inner, context) => reranked(inner, process.env[variable] ?? example, context),
    },
  });

export const rerankApi = byName(
  ...(["rerank-api", "Re-ranking by a service"] as const),
  "reranking key",
  ...(["POLYCALL_QUALITY_RERANKER", "cohere/rerank-v4.0-pro", "COHERE_API_KEY"] as const),
);

export const rerankLocal = byName(
  ...(["rerank-local", "Re-ranking by a cross-encoder on this machine"] as const),
  "cross-encoder",
  ...(["POLYCALL_QUALITY_CROSS_ENCODER", "local/Xenova/ms-marco-MiniLM-L-6-v2"] as const),
);

/** A request that fails ends the row, and so does what it costs: its figures would be those of no reranker. */
function reranked(inner: Retriever, model: string, { maxCost }: Context): Retriever {
  const around = rerankPassages(inner, apiReranker({ model }), { k: 10 });
  let spent = 0;
  return {
    async retrieve(query, call) {
      if (spent >= maxCost)
        throw new Error(`$${spent.toFixed(2)} are spent: --max-cost is reached.`);
      const trace: RetrievalTrace = { steps: [], calls: [], warnings: [] };
      const found = await around.retrieve(query, { ...call, trace });
      const wrong = trace.steps.find(({ fallback }) => fallback)?.fallback;
      if (wrong) throw new Error(wrong);
      for (const { cost = 0 } of trace.calls) spent += cost;
      return found;
    },
  };
}

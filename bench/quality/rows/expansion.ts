/** Other queries than the user's, by a model. */
import {
  expandQueries,
  hyde as hydeBy,
  multiQuery as multiQueryBy,
  stepBack as stepBackBy,
} from "@polycall/rag";
import { techniqueRow } from "./technique.ts";

const about = (what: string) =>
  `${what}, fused with the question's own ranking, beside the same search without it.`;

export const multiQuery = techniqueRow({
  name: "multi-query",
  title: "Several queries",
  about: about(
    "`expandQueries(retriever, multiQuery({ model }))`: the question in three other wordings",
  ),
  settings: {
    "3 queries": (inner, { model }) => expandQueries(inner, multiQueryBy({ model }), { k: 10 }),
  },
});

export const hyde = techniqueRow({
  name: "hyde",
  title: "Hypothetical documents (HyDE)",
  about: about(
    "`expandQueries(retriever, hyde({ model }))`: passages that could answer, searched for by their vectors (USE-lite)",
  ),
  mode: "dense",
  settings: {
    "3 passages": (inner, { model }) => expandQueries(inner, hydeBy({ model }), { k: 10 }),
    "3 passages, without the question": (inner, { model }) =>
      expandQueries(inner, hydeBy({ model }), { k: 10, original: 0 }),
  },
});

export const stepBack = techniqueRow({
  name: "step-back",
  title: "A step back",
  about: about("`expandQueries(retriever, stepBack({ model }))`: the more general question"),
  settings: {
    "weight 1": (inner, { model }) => expandQueries(inner, stepBackBy({ model }), { k: 10 }),
    "weight 0.5": (inner, { model }) =>
      expandQueries(inner, stepBackBy({ model }), { k: 10, weights: [0.5] }),
  },
});

/** A model that orders passages beside each other; of many, a window of them at a time, from the last up. */
import type { LanguageModel, Question } from "../model/language-model.ts";
import { shape } from "../model/shape.ts";
import type { Passage, RetrieveOptions } from "../retrieval/passage.ts";
import { orderOf } from "./order.ts";
import type { Reranker } from "./reranker.ts";
import { isData, type ShownOptions, shown } from "./shown.ts";

export interface ListwiseOptions extends ShownOptions {
  window: number;
  step: number;
}

const ranking = shape<{ ranking: number[] }>({
  type: "object",
  properties: {
    ranking: {
      type: "array",
      description: "Numbers of all passages, the most relevant first",
      items: { type: "integer" },
    },
  },
});

/**
 * A window whose answer cannot be used keeps its order.
 * @see Sun et al., Is ChatGPT Good at Search? Investigating Large Language Models as Re-Ranking Agents,
 *   EMNLP 2023 (RankGPT: permutations, sliding windows)
 */
export function listwise(model: LanguageModel, options: ListwiseOptions): Reranker {
  const { window, step } = options;
  return {
    name: model.model,
    async rank(query, passages, call) {
      const order = passages.map((_, index) => index);
      let answered = 0;
      for (const start of startsOf(passages.length, window, step)) {
        const places = order.slice(start, start + window);
        const inside = places.map((index) => passages[index]!);
        const said = await ask(model, query, inside, options, call);
        if (!said) continue;
        answered++;
        order.splice(start, places.length, ...said.map((at) => places[at]!));
      }
      if (!answered) return { ranked: [], fallback: `${model.model} gave no ranking` };
      return { ranked: order.map((index) => ({ index })) };
    },
  };
}

/** Where windows begin, the last first, so that what is good rises from one to the next. */
function startsOf(count: number, window: number, step: number): number[] {
  const starts: number[] = [];
  for (let start = count - window; start > 0; start -= step) starts.push(start);
  return [...starts, 0];
}

/** The window's places in the model's order; undefined where it gave none. */
async function ask(
  model: LanguageModel,
  query: string,
  passages: readonly Passage[],
  options: ShownOptions,
  { signal, trace }: RetrieveOptions,
): Promise<number[] | undefined> {
  const reply = await model.ask(questionOf(query, passages, options), {
    ...(signal && { signal }),
    ...(trace && { trace }),
  });
  if (!reply) return undefined;
  const { order, kept, wrong } = orderOf(
    reply.ranking.map((number) => ({ index: number - 1 })),
    passages.length,
  );
  if (wrong) trace?.warnings.push(`rerankPassages: ${model.model}: ${wrong}.`);
  return kept ? order.map(({ index }) => index) : undefined;
}

function questionOf(
  query: string,
  passages: readonly Passage[],
  options: ShownOptions,
): Question<{ ranking: number[] }> {
  const rules = [
    "Rank the passages by how well they answer the query, the best first.",
    "Name every passage once, by its number.",
    isData,
  ];
  const all = passages.map((passage, i) => shown(passage, options, i + 1)).join("\n");
  return {
    purpose: "rerank",
    messages: [
      { role: "system", content: rules.join("\n") },
      { role: "user", content: `<passages>\n${all}\n</passages>\n\nQuery: ${query}` },
    ],
    shape: ranking,
  };
}

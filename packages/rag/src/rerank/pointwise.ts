/** A model that grades each passage alone. */
import type { LanguageModel, Question } from "../model/language-model.ts";
import { shape } from "../model/shape.ts";
import type { Passage } from "../retrieval/passage.ts";
import type { Ranked, Reranker } from "./reranker.ts";
import { isData, type ShownOptions, shown } from "./shown.ts";

const best = 4;
const grade = shape<{ grade: number }>({
  type: "object",
  properties: { grade: { type: "integer", minimum: 0, maximum: best } },
});

/**
 * Scores are the grades, 0 to 4; of equals the one that stood before comes before. A passage without a grade
 * comes last.
 * @see Zhuang et al., Beyond Yes and No: Improving Zero-Shot LLM Rankers via Scoring Fine-Grained Relevance
 *   Labels, NAACL 2024
 */
export function pointwise(model: LanguageModel, options: ShownOptions): Reranker {
  return {
    name: model.model,
    async rank(query, passages, { signal, trace }) {
      // One error is all of theirs: those that wait are not asked.
      const failed = new AbortController();
      const both = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
      const asked = passages.map((passage) =>
        model
          .ask(questionOf(query, passage, options), { signal: both, ...(trace && { trace }) })
          .catch((error: unknown) => {
            failed.abort(error);
            throw error;
          }),
      );
      const settled = await Promise.allSettled(asked);
      if (failed.signal.aborted) throw failed.signal.reason;
      const ranked = settled.flatMap((one, index): Ranked[] =>
        one.status === "fulfilled" && one.value ? [{ index, score: one.value.grade }] : [],
      );
      if (!ranked.length) return { ranked, fallback: `${model.model} gave no grade` };
      return { ranked: ranked.sort((a, b) => b.score! - a.score!) };
    },
  };
}

function questionOf(
  query: string,
  passage: Passage,
  options: ShownOptions,
): Question<{ grade: number }> {
  const rules = [
    `Grade how well the passage answers the query, from 0 to ${best}:`,
    "0: it has nothing to do with it. 1: it is about the same thing and answers nothing. 2: it answers a part, or only hints.",
    "3: it answers it, among other things. 4: it answers it, wholly and clearly.",
    isData,
  ];
  return {
    purpose: "rerank",
    messages: [
      { role: "system", content: rules.join("\n") },
      { role: "user", content: `${shown(passage, options)}\n\nQuery: ${query}` },
    ],
    shape: grade,
  };
}

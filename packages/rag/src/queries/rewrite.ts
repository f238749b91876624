/** `rewriteQuery()`: the question without the conversation that it leans on. */
import { condensed, condensePrompt, longestQuestion } from "../answer/condense.ts";
import { type ModelOption, modelOf } from "../model/language-model.ts";
import { type QueryTechnique, queriesFrom } from "./technique.ts";

/**
 * Asks a model for the question as it can be understood without `history`: names in the place of what refers to
 * them. Where nothing was said before it, or the model repeats it, there is nothing to add.
 */
export function rewriteQuery({ model }: { model: ModelOption }): QueryTechnique {
  const asked = modelOf(model);
  return async function rewriteQuery(question, options = {}) {
    const messages = condensePrompt(question, options.history ?? []);
    if (!messages) return [];
    const wanted = {
      ...{ technique: "rewriteQuery", most: 1, longest: longestQuestion },
      mayRepeat: true as const,
      question: { purpose: "condense", messages },
      read: (reply: string) => [condensed(reply)],
    };
    return queriesFrom(asked, question, wanted, options);
  };
}

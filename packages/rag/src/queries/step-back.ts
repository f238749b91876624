/** `stepBack()`: the more general question behind one about a detail. */
import { condensed, longestQuestion } from "../answer/condense.ts";
import { type ModelOption, modelOf } from "../model/language-model.ts";
import { inConversation, type QueryTechnique, queriesFrom } from "./technique.ts";

const instructions = `Step back from the question: write the one more general question whose answer holds the principles, the rules or the background that the question needs. Keep its language. Reply with that question only.

Question: Could Lena Fischer take unpaid leave in May after her parental leave?
More general: Which rules are there for unpaid leave?

Question: What happens to the pressure of an ideal gas if its temperature is doubled and its volume is eight times as large?
More general: Which laws of physics relate pressure, temperature and volume of an ideal gas?`;

/**
 * Asks a model for the question behind the question.
 * @see Zheng et al., Take a Step Back: Evoking Reasoning via Abstraction in Large Language Models, 2023
 */
export function stepBack({ model }: { model: ModelOption }): QueryTechnique {
  const asked = modelOf(model);
  return async function stepBack(question, options = {}) {
    const wanted = {
      ...{ technique: "stepBack", most: 1, longest: longestQuestion },
      question: {
        purpose: "stepBack",
        messages: [
          { role: "system" as const, content: instructions },
          { role: "user" as const, content: inConversation(question, options) },
        ],
      },
      read: (reply: string) => [condensed(reply)?.replace(/^More general:\s*/i, "")],
    };
    return queriesFrom(asked, question, wanted, options);
  };
}

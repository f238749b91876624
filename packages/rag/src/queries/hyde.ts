/** `hyde()`: what an answer might look like, to find passages that look like it. */
import { type ModelOption, modelOf } from "../model/language-model.ts";
import { shape } from "../model/shape.ts";
import { checkCount } from "./multi-query.ts";
import { inConversation, type QueryTechnique, queriesFrom } from "./technique.ts";

export interface HydeOptions {
  model: ModelOption;
  /** Passages. Default: 3 */
  n?: number;
}

/** Longer, and it is no passage any more: encoders cut it, or refuse it. */
const longest = 4000;

const reply = shape<{ passages: string[] }>({
  type: "object",
  properties: { passages: { type: "array", items: { type: "string" } } },
});

const instructions = (n: number) =>
  `Write ${n === 1 ? "a passage" : `${n} passages`} of about 100 words, as ${n === 1 ? "it" : "each"} might stand in a document that answers the question: in its tone and its terms, in the language of the question. What you do not know you make up; ${n === 1 ? "the passage is" : "the passages differ in what they make up, and are"} only used to find real ones.`;

/**
 * Hypothetical document embeddings: a model writes passages that could answer the question. They are embedded as
 * documents are and searched for by meaning alone; what is invented in them never reaches an answer.
 * @see Gao, Ma, Lin and Callan, Precise Zero-Shot Dense Retrieval without Relevance Labels, 2022
 * @throws InvalidRequestError for an `n` that is no count
 */
export function hyde({ model, n = 3 }: HydeOptions): QueryTechnique {
  checkCount("hyde", n);
  const asked = modelOf(model);
  return async function hyde(question, options = {}) {
    const wanted = {
      ...{ technique: "hyde", most: n, longest, role: "document" as const },
      question: {
        purpose: "hyde",
        messages: [
          { role: "system" as const, content: instructions(n) },
          { role: "user" as const, content: inConversation(question, options) },
        ],
        shape: reply,
      },
      read: ({ passages }: { passages: string[] }) => passages,
    };
    return queriesFrom(asked, question, wanted, options);
  };
}

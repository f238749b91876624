/** `multiQuery()`: the same question in other words, for what is written in others than the user's. */
import { InvalidRequestError } from "@polycall/core";
import { condensed, longestQuestion } from "../answer/condense.ts";
import { type ModelOption, modelOf } from "../model/language-model.ts";
import { shape } from "../model/shape.ts";
import { inConversation, type QueryTechnique, queriesFrom } from "./technique.ts";

export interface MultiQueryOptions {
  model: ModelOption;
  /** Queries. Default: 3 */
  n?: number;
}

const reply = shape<{ queries: string[] }>({
  type: "object",
  properties: {
    queries: { type: "array", items: { type: "string" }, description: "The queries, best first" },
  },
});

const instructions = (n: number) =>
  `Write ${n} queries for a search engine that find documents which answer the question. Let each say it in other words: synonyms, the terms of those who write such documents, one part of a question that has several. Names and numbers stay as they are, and so does the language. If there is a conversation, each query can be understood without it.`;

/**
 * Asks a model for other wordings.
 * @see Rackauckas, RAG-Fusion: a New Take on Retrieval-Augmented Generation, 2024
 * @throws InvalidRequestError for an `n` that is no count
 */
export function multiQuery({ model, n = 3 }: MultiQueryOptions): QueryTechnique {
  checkCount("multiQuery", n);
  const asked = modelOf(model);
  return async function multiQuery(question, options = {}) {
    const wanted = {
      ...{ technique: "multiQuery", most: n, longest: longestQuestion },
      question: {
        purpose: "multiQuery",
        messages: [
          { role: "system" as const, content: instructions(n) },
          { role: "user" as const, content: inConversation(question, options) },
        ],
        shape: reply,
      },
      read: ({ queries }: { queries: string[] }) => queries.map(condensed),
    };
    return queriesFrom(asked, question, wanted, options);
  };
}

/** @throws InvalidRequestError */
export function checkCount(technique: string, n: number): void {
  if (Number.isInteger(n) && n >= 1 && n <= 20) return;
  throw new InvalidRequestError(`${technique}(): n is a whole number from 1 to 20, not ${n}.`, {
    param: "n",
  });
}

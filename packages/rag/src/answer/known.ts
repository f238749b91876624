/** Whether an answer is one. */
import { citationMarks } from "./citations.ts";

/** Whether the model has said, in the sentence that it was given, that the passages do not answer. */
export function saysUnknown(text: string, unknown: string): boolean {
  return bare(text) === "" || bare(text) === bare(unknown);
}

/** Without what models put around a sentence: citations, quotes, emphasis, another stop. */
function bare(sentence: string): string {
  let words = sentence;
  for (const { start, end } of citationMarks(sentence).reverse()) {
    words = words.slice(0, start) + words.slice(end);
  }
  return words.replace(/^["“'*_\s]+|["”'*_\s.!…]+$/g, "").toLowerCase();
}

/** What a model says where nobody has said otherwise. */
export const usualUnknown = "I do not know: the documents do not say.";

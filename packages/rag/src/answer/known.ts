/** Whether an answer is one. */

/** Whether the model has said, in the sentence that it was given, that the passages do not answer. */
export function saysUnknown(text: string, unknown: string): boolean {
  const bare = (sentence: string) => sentence.trim().replace(/[.!…]+$/, "");
  return text.trim() === "" || bare(text) === bare(unknown);
}

/** What a model says where nobody has said otherwise. */
export const usualUnknown = "I do not know: the documents do not say.";

/** A simulated model: it quotes the sentence that shares most words with the question. No figure comes from it. */
import type { Turn } from "@polycall/testing";

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []);

export function quoting({ messages }: Turn): string {
  const prompt = messages.at(-1)!.text;
  // Asked to rewrite a question, it repeats it with what the conversation was about.
  const followUp = /<conversation>\nuser: (.*)[\s\S]*Last question: (.*)/.exec(prompt);
  if (followUp) return `${followUp[2]} (${followUp[1]})`;
  const asked = wordsOf(prompt.split("Question: ").at(-1)!);
  let best = { shared: 0, text: "" };
  for (const [, number, passage] of prompt.matchAll(
    /<passage number="(\d+)"[^>]*>([\s\S]*?)<\/passage>/g,
  )) {
    for (const sentence of passage!.replace(/```[\s\S]*?```/g, "").split(/(?<=[.!?|])\s+|\n\n/)) {
      const shared = [...wordsOf(sentence)].filter((word) => asked.has(word)).length;
      if (shared > best.shared) best = { shared, text: `${sentence.trim()} [${number}]` };
    }
  }
  return best.text || "I do not know: the documents do not say.";
}

/** A simulated model: it ranks passages by the words that they share with the question. No figure comes from it. */
import type { Turn } from "@polycall/testing";

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/\p{L}{3,}/gu) ?? []);

export function ranking({ messages }: Turn): string {
  const prompt = messages.at(-1)!.text;
  const asked = wordsOf(prompt.split("Query: ").at(-1)!);
  const passages = [...prompt.matchAll(/<passage number="(\d+)">\n([\s\S]*?)\n<\/passage>/g)];
  const shared = passages.map(([, number, text]) => {
    const own = wordsOf(text!);
    return { number: Number(number), count: [...asked].filter((word) => own.has(word)).length };
  });
  shared.sort((a, b) => b.count - a.count);
  return JSON.stringify({ ranking: shared.map(({ number }) => number) });
}

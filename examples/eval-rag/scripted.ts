/** A simulated judge, scripted: it counts shared words. It stands for a model to show the wiring; its scores say nothing. */
import type { Turn } from "@polycall/testing";
import { quoting } from "../lib/quoting.ts";

const words = (text: string) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);
const tag = (prompt: string, name: string) =>
  new RegExp(`<${name}>\\n([\\s\\S]*?)\\n</${name}>`).exec(prompt)?.[1] ?? "";
const items = (list: string) =>
  [...list.matchAll(/number="(\d+)">\n([\s\S]*?)\n<\//g)].map(([, number, text]) => {
    return { number: Number(number), text: text! };
  });

/** The share of one text's words that another has. */
function shared(one: string, other: string): number {
  const [some, there] = [words(one), words(other)];
  return [...some].filter((word) => there.has(word)).length / Math.max(1, some.size);
}

export function scripted(turn: Turn): string {
  const { system, messages } = turn;
  const prompt = messages.at(-1)!.text;
  const reason = "A script counted words; no model judged.";
  if (system.startsWith("Break the text")) {
    const sentences = tag(prompt, "text")
      .replace(/\[\d+\]/g, "")
      .split(/(?<=[.!?])\s+/);
    return JSON.stringify({ statements: sentences.filter((one) => words(one).size > 0) });
  }
  if (system.includes("Grades:")) {
    const against = tag(prompt, "reference") || tag(prompt, "question");
    return JSON.stringify({
      reason,
      grade: 1 + Math.round(4 * shared(against, tag(prompt, "answer"))),
    });
  }
  if (system.includes("by its number")) {
    const statements = items(tag(prompt, "statements"));
    const material = tag(prompt, "passages") || tag(prompt, "answer");
    const verdicts = statements.length
      ? statements.map(({ number, text }) => ({
          number,
          reason,
          holds: shared(text, material) > 0.7,
        }))
      : items(material).map(({ number, text }) => {
          return { number, reason, holds: shared(tag(prompt, "reference"), text) > 0.7 };
        });
    return JSON.stringify({ verdicts });
  }
  return quoting(turn);
}

/** What a message offers to a form: its names, numbers, quotations, addresses. */
import type { Joke } from "./jokes.ts";

/** The findings of one text. */
export interface Words {
  text: string;
  /** Lower-case words. */
  all: string[];
  /** Capitalised words and runs of them, sentence beginnings last. */
  names: string[];
  numbers: number[];
  quoted: string[];
  email?: string;
  url?: string;
  date?: string;
  /** The longest piece of arithmetic, e.g. "12 * (3 + 4)". */
  arithmetic?: string;
  joke: Joke;
}

const STARTERS = new Set(
  (
    "a an and are ask call can compare convert could count describe did do does extract find first for " +
    "get give hello hi how i i'm if in is let list look make my name no now of ok please price read reply return say " +
    "search send should show summarise summarize tell thank thanks that the then there these this to translate " +
    "use we what what's when where which who why will with would write yes you your"
  ).split(" "),
);

function capitalised(text: string): string[] {
  const inside: string[] = [];
  const starting: string[] = [];
  for (const match of text.matchAll(/\p{Lu}[\p{L}\p{N}'-]*(?: \p{Lu}[\p{L}\p{N}'-]*)*/gu)) {
    const words = match[0].split(" ");
    const starts = /(^|[.!?:]\s*|\n\s*)$/.test(text.slice(0, match.index));
    while (words.length > 0 && STARTERS.has(words[0]!.toLowerCase())) words.shift();
    if (words.length === 0) continue;
    const isStart = starts && words.length === match[0].split(" ").length;
    (isStart ? starting : inside).push(words.join(" ").replace(/'s$/, ""));
  }
  return [...new Set([...inside, ...starting])];
}

/** Reads a text once for everything a schema might ask of it. */
export function readWords(text: string, joke: Joke): Words {
  const arithmetic = text.match(/[\d(][\d\s.()*+/x×÷-]*[\d)]/g) ?? [];
  return {
    text,
    all: text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [],
    names: capitalised(text),
    numbers: (text.match(/(?<![\p{L}\d.])-?\d+(?:\.\d+)?/gu) ?? []).map(Number),
    quoted: [...text.matchAll(/"([^"]+)"|“([^”]+)”/g)].map((m) => m[1] ?? m[2] ?? ""),
    email: text.match(/[\w.+-]+@[\w-]+\.[\w.]+\w/)?.[0],
    url: text.match(/https?:\/\/[^\s)"']+/)?.[0],
    date: text.match(/\d{4}-\d{2}-\d{2}/)?.[0],
    arithmetic: arithmetic.filter((a) => /\d\s*[*+/x×÷-]\s*[\d(]/.test(a))[0]?.trim(),
    joke,
  };
}

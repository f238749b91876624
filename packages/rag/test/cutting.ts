/** Texts that are hard to cut, and what holds of every cutting. */
import type { Chunk } from "@polycall/rag";
import fc from "fast-check";
import { expect } from "vitest";

const pieces = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.constantFrom(
    ...["a", "word ", "two words. ", "Ein Satz! ", "x".repeat(30), " ".repeat(25), "\n", "\n\n"],
    ...[
      "\r\n",
      "\r\n\r\n",
      "\t",
      "\u00a0",
      "\u3000",
      "\u2028",
      "\ud83d",
      "\ude00",
      "e\u0301\u0323",
    ],
    ...[
      "日本語の文章です。",
      "漢字仮名交じり、",
      "שלום עולם. ",
      "مرحبا بالعالم؟ ",
      "\u202eabc\u202c",
    ],
    ...[
      "👩‍👩‍👧‍👦",
      "🏳️‍🌈",
      "🇩🇪",
      "👍🏽",
      "𝒳𝒴",
      "# Heading\n",
      "## Zwei\n\n",
      "| a | b |\n| - | - |\n| 1 | 2 |\n",
    ],
    ...[
      "```js\nlet a = 1;\n\nlet b;\n```\n",
      "- item\n  - nested\n",
      "> quoted\n",
      "---\n",
      "function f() {\n  return 1;\n}\n",
    ],
  ),
);

export const hardText = fc.array(pieces, { maxLength: 60 }).map((all) => all.join(""));

/** Runs of a property: many with POLYCALL_LONG. */
export const numRuns = process.env.POLYCALL_LONG ? 20_000 : 300;

/** True to the source, ascending, whole, with no surrogate pair cut. */
export function expectSound(text: string, chunks: readonly Chunk[]): void {
  const wrong: string[] = [];
  const hold = (holds: boolean, what: string) => holds || wrong.push(what);
  let covered = 0;
  let before = -1;
  for (const { start, end, raw, text: shown } of chunks) {
    const at = `${start} to ${end}`;
    hold(text.slice(start, end) === raw, `${at}: raw is not the source's`);
    hold(raw === raw.trim() && raw !== "", `${at}: white space around it`);
    hold(start > before, `${at}: begins no later than the one before`);
    hold(end > covered, `${at}: nothing new`);
    hold(shown.endsWith(raw), `${at}: text does not end in raw`);
    hold(text.slice(covered, Math.max(covered, start)).trim() === "", `${at}: left out before it`);
    hold(!inPair(text, start) && !inPair(text, end), `${at}: a surrogate pair is cut`);
    before = start;
    covered = end;
  }
  hold(text.slice(covered).trim() === "", "left out at the end");
  expect(wrong).toEqual([]);
}

const inPair = (text: string, at: number) =>
  /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));

/** A generated folder of Markdown files: `megabytes` of text whose words follow one another as they would. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomFrom } from "./corpus.ts";

/** Words as many as a small library has, the common ones far more often. */
function wordsFrom(random: () => number): string[] {
  const syllables = ["ka", "lo", "mi", "ne", "ru", "so", "ta", "vi", "an", "er", "is", "on"];
  return Array.from({ length: 20_000 }, () =>
    Array.from(
      { length: 1 + Math.floor(random() * 4) },
      () => syllables[Math.floor(random() * syllables.length)],
    ).join(""),
  );
}

export function generateFolder(root: string, megabytes: number, fileBytes = 50_000): void {
  const random = randomFrom(7);
  const words = wordsFrom(random);
  const count = Math.ceil((megabytes * 1e6) / fileBytes);
  for (let n = 0; n < count; n++) {
    const lines: string[] = [`# Document ${n}`];
    let bytes = 0;
    for (let part = 0; bytes < fileBytes; part++) {
      const paragraph: string[] = [];
      for (let i = 0; i < 120; i++)
        paragraph.push(words[Math.floor(words.length * random() ** 4)]!);
      lines.push(`## Part ${part}`, paragraph.join(" "));
      bytes += lines.at(-1)!.length + 12;
    }
    const folder = join(root, String(n % 100));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${n}.md`), lines.join("\n\n"));
  }
}

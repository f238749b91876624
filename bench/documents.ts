/**
 * Documents to Markdown: how many of the strings that MarkItDown's tests look for are found, and the CPU time of a
 * conversion, all threads, beside markitdown-ts: `node bench/documents.ts`.
 */
import { join } from "node:path";
import { toMarkdown } from "@polycall/documents";
import { sharedData } from "@polycall/testing";
import { samples } from "../packages/documents/test/support/samples.ts";
import { type Contenders, measure, median, table } from "./measure.ts";
import { documentsPeer } from "./peers.ts";

type Convert = (path: string) => Promise<string>;

const folder = sharedData("documents");
const peer = await documentsPeer();
const contenders: Record<string, Convert> = {
  polycall: async (path) => (await toMarkdown(path)).markdown,
  ...(peer && { "markitdown-ts": peer }),
};

/** "7/7", or what went wrong. */
async function found(convert: Convert, path: string, strings: readonly string[]): Promise<string> {
  const { log, warn, error } = console;
  // Its libraries' words are not for this table.
  Object.assign(console, { log: () => {}, warn: () => {}, error: () => {} });
  try {
    const markdown = await convert(path);
    return `${strings.filter((text) => markdown.includes(text)).length}/${strings.length}`;
  } catch {
    return "fails";
  } finally {
    Object.assign(console, { log, warn, error });
  }
}

if (folder) {
  const rows: string[][] = [];
  const ratios: number[] = [];
  for (const { file, includes } of samples) {
    const path = join(folder, file);
    const scores = new Map<string, string>();
    for (const [name, convert] of Object.entries(contenders))
      scores.set(name, await found(convert, path, includes));
    const able: Contenders = Object.fromEntries(
      Object.entries(contenders)
        .filter(([name]) => scores.get(name) !== "fails")
        .map(([name, convert]) => [name, () => convert(path)]),
    );
    const measured = await measure(able, { atOnce: 1, works: 1 });
    const ms = (name: string) => measured.find((row) => row.name === name)?.us;
    if (ms("markitdown-ts")) ratios.push(ms("polycall")! / ms("markitdown-ts")!);
    rows.push([
      file,
      ...Object.keys(contenders).flatMap((name) => {
        const us = ms(name);
        return [scores.get(name)!, us === undefined ? "" : (us / 1000).toFixed(1)];
      }),
    ]);
  }
  const head = Object.keys(contenders).flatMap((name) => [`${name}: strings`, "ms of CPU"]);
  console.log(`\n## Documents to Markdown\n\n${table(["document", ...head], rows)}`);
  if (ratios.length > 0)
    console.log(`\nWhere both can: ${median(ratios).toFixed(2)} times markitdown-ts's CPU time.`);
}

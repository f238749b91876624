/** Reads the TypeScript blocks of the documentation, so that they can be compiled and run. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.ts";

export interface Snippet {
  /** The first line of the block's code in the page, counted from 1. */
  line: number;
  /** Every line of code stands on the line it has in the page, so that errors point there. */
  code: string;
  /** Marked to be run, without keys; the others are type-checked only. */
  run: boolean;
}

/**
 * The page's blocks that open with ```ts. The opening may say more: `run` runs the block,
 * `continue` puts it after the block before it, whose names it then sees.
 *
 * @throws Error naming the line, for another word, a block left open, or nothing to continue
 */
export function readSnippets(markdown: string): Snippet[] {
  const lines = markdown.split(/\r?\n/);
  const snippets: Snippet[] = [];
  for (let at = 0; at < lines.length; at++) {
    const opening = /^(\s*)(`{3,}|~{3,})\s*(.*?)\s*$/.exec(lines[at]!);
    if (!opening) continue;
    const [, indent = "", fence = "", info = ""] = opening;
    const start = at + 1;
    const end = lines.findIndex((line, i) => i >= start && line.trim() === fence);
    if (end < 0) throw new Error(`line ${start}: the block is never closed`);
    at = end;
    const [language, ...words] = info.split(/\s+/);
    if (language !== "ts") continue;
    const unknown = words.find((word) => word !== "run" && word !== "continue");
    if (unknown) throw new Error(`line ${start}: "${unknown}" is neither run nor continue`);
    const before = words.includes("continue") ? snippets.at(-1) : { code: "" };
    if (!before) throw new Error(`line ${start}: there is no block before this one to continue`);
    const above = before.code.split("\n");
    const body = lines.slice(start, end).map((line) => line.slice(indent.length));
    const blank = Array.from({ length: start - above.length }, () => "");
    const code = [...above, ...blank, ...body].join("\n");
    snippets.push({ line: start + 1, code, run: words.includes("run") });
  }
  return snippets;
}

/** The blocks of every page, each with the page's path and the name of a file for it. */
export function documented(): (Snippet & { page: string; file: string })[] {
  const pages = globSync(["*.md", "docs/**/*.md", "packages/*/README.md"], { cwd: root }).sort();
  return pages.flatMap((page) =>
    readSnippets(readFileSync(join(root, page), "utf8")).map((snippet) => ({
      ...snippet,
      page,
      file: `${page.replaceAll(/[\\/]/g, "+")}+${snippet.line}.ts`,
    })),
  );
}

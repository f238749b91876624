/** Every TypeScript block of the documentation compiles, and runs where it says so. */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { command, strangersEnv } from "../command.ts";
import { readSnippets } from "../snippets.ts";
import { root } from "../workspace.ts";

// Inside the package, so that the snippets find the workspace's packages as any import does.
const folder = join(root, "scripts", ".snippets");
const pages = globSync(["*.md", "docs/**/*.md", "packages/*/README.md"], { cwd: root }).sort();
const snippets = pages.flatMap((page) =>
  readSnippets(readFileSync(join(root, page), "utf8")).map((snippet) => ({
    ...snippet,
    page,
    file: `${page.replaceAll(/[\\/]/g, "+")}+${snippet.line}.ts`,
  })),
);

let diagnostics = "";
beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const { file, code } of snippets) writeFileSync(join(folder, file), code);
  const config = { extends: "../../tsconfig.base.json", include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await command("tsc", ["--noEmit", "--pretty", "false"], { cwd: folder });
  if (code !== 0) diagnostics = output || `tsc ended with code ${code}`;
});

test.each(snippets)("$page:$line compiles", ({ file }) => {
  const mine = diagnostics.split("\n").filter((line) => line.startsWith(`${file}(`));
  expect(mine.map((line) => line.slice(file.length))).toEqual([]);
});

test("tsc has nothing to say that belongs to no snippet", () => {
  // What it says of the packages' sources, which it reads too, is their own typecheck's to say.
  const known = new Set(snippets.map(({ file }) => file));
  const others = diagnostics
    .split("\n")
    .filter(
      (line) =>
        /\S/.test(line) &&
        !/^(\s|\.\.\/\.\.\/packages\/)/.test(line) &&
        !known.has(line.split("(")[0]!),
    );
  expect(others).toEqual([]);
});

const runnable = snippets.filter(({ run }) => run);
test.each(runnable)("$page:$line runs", async ({ file }) => {
  const { code, output } = await command("tsx", [file], { cwd: folder, env: strangersEnv });
  expect(code, output).toBe(0);
});

describe("a page's blocks", () => {
  test("keep their line numbers, alone and continued", () => {
    const page = [
      "# A",
      "```ts",
      "const a = 1;",
      "```",
      "text",
      "  ```ts continue run",
      "  a;",
      "  ```",
    ];
    expect(readSnippets(page.join("\n"))).toEqual([
      { line: 3, code: "\n\nconst a = 1;", run: false },
      { line: 7, code: "\n\nconst a = 1;\n\n\n\na;", run: true },
    ]);
  });

  test("in other languages are left alone, whatever they hold", () => {
    expect(readSnippets("````md\n```ts\nbroken(\n```\n````\n```bash\nls\n```\n")).toEqual([]);
  });

  test.each([
    ["```ts nocheck\n```", 'line 1: "nocheck" is neither run nor continue'],
    ["text\n```ts\nconst a = 1;", "line 2: the block is never closed"],
    ["```ts continue\na;\n```", "line 1: there is no block before this one to continue"],
  ])("that are marked wrongly are refused: %j", (page, message) => {
    expect(() => readSnippets(page)).toThrow(message);
  });
});

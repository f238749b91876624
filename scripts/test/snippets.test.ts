/** Every TypeScript block of the documentation that says so runs; types.test.ts compiles them all. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { command, strangersEnv } from "../command.ts";
import { documented, readSnippets } from "../snippets.ts";
import { root } from "../workspace.ts";

// Inside the package, so that the snippets find the workspace's packages as any import does.
const folder = join(root, "scripts", ".snippets", "run");
const runnable = documented().filter(({ run }) => run);

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file, code } of runnable) writeFileSync(join(folder, file), code);
});

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

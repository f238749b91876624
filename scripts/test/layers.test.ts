/** The sources keep to the layers, and the check sees it when they do not. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layeringProblems } from "../layers.ts";
import { root } from "../workspace.ts";

test("the sources keep to the layers", () => {
  expect(layeringProblems()).toEqual([]);
});

let copy: string;
/** What the copy has to say before anything is planted: nothing, in a sound workspace. */
let before: Set<string>;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "layers-"));
  cpSync(join(root, "pnpm-workspace.yaml"), join(copy, "pnpm-workspace.yaml"));
  cpSync(join(root, "packages"), join(copy, "packages"), {
    recursive: true,
    filter: (path) => !/[\\/](node_modules|dist|\.turbo)$/.test(path),
  });
  before = new Set(layeringProblems(copy));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** What the check says of a copy of the workspace in which these files were planted. */
function problemsWith(planted: Record<string, string>): string[] {
  for (const [path, text] of Object.entries(planted)) writeFileSync(join(copy, path), text);
  try {
    return layeringProblems(copy).filter((problem) => !before.has(problem));
  } finally {
    for (const path of Object.keys(planted)) rmSync(join(copy, path));
  }
}

const forbidden: [what: string, text: string, problem: string][] = [
  ["an import upwards", 'import { completion } from "polycall";', "may not import polycall"],
  [
    "a type upwards",
    'import type { A } from "@polycall/openai";',
    "may not import @polycall/openai",
  ],
  [
    "a re-export upwards",
    'export { a } from "@polycall/gemini";',
    "may not import @polycall/gemini",
  ],
  [
    "a lazy import upwards",
    'export const a = () => import("polycall");',
    "may not import polycall",
  ],
  ["an import type upwards", 'export type A = import("polycall").A;', "may not import polycall"],
  ["an SDK in core", 'import OpenAI from "openai";', "may not import openai"],
  ["zod in core", 'import * as z from "zod";', "may not import zod"],
  ["zod's subpath in core", 'import * as z from "zod/mini";', "may not import zod"],
  ["a Node module in core", 'import { readFileSync } from "node:fs";', "which only Node has"],
  ["a Node module without prefix", 'import { readFileSync } from "fs";', "which only Node has"],
  [
    "a path into a neighbour",
    'import "../../openai/src/index.ts";',
    "is not a file of this package",
  ],
  ["a computed import", "export const load = (name: string) => import(name);", "computed name"],
];

describe("in core", () => {
  const planted = (index: number) => `packages/core/src/planted-${index}.ts`;
  let problems: string[];
  beforeAll(() => {
    const files = forbidden.map(([, text], index) => [planted(index), `\n${text}\n`]);
    problems = problemsWith(Object.fromEntries(files));
  });

  test.each(forbidden.map((row, index) => [...row, index] as const))("%s is refused", (...row) => {
    const [, , problem, index] = row;
    expect(problems.filter((line) => line.startsWith(planted(index)))).toEqual([
      expect.stringMatching(new RegExp(`:2: .*${problem}`)),
    ]);
  });
});

test("two files that import each other are refused", () => {
  const problems = problemsWith({
    "packages/core/src/planted-a.ts": 'import "./planted-b.ts";',
    "packages/core/src/planted-b.ts": 'export { type A } from "./planted-a.ts";',
  });
  expect(problems).toEqual([
    "packages/core: files in a cycle: " +
      "src/planted-a.ts -> src/planted-b.ts -> src/planted-a.ts",
  ]);
});

test("two files of which one takes only types from the other are fine", () => {
  const problems = problemsWith({
    "packages/core/src/planted-a.ts": 'import "./planted-b.ts";',
    "packages/core/src/planted-b.ts": 'export type { A } from "./planted-a.ts";',
  });
  expect(problems).toEqual([]);
});

test("two packages that import each other are refused", () => {
  const problems = problemsWith({
    "packages/core/src/planted.ts": 'import "@polycall/openai";',
    "packages/openai/src/planted.ts": 'import "@polycall/core";',
  });
  expect(problems).toContainEqual(expect.stringMatching(/^packages in a cycle: .*@polycall\/core/));
});

test("a dependency that is allowed but not declared is refused", () => {
  const ollama = join(copy, "packages/ollama/package.json");
  cpSync(ollama, `${ollama}.kept`);
  writeFileSync(ollama, JSON.stringify({ name: "@polycall/ollama" }));
  try {
    expect(
      problemsWith({ "packages/ollama/src/planted.ts": 'import "@polycall/core";' }),
    ).toContain(
      "packages/ollama/src/planted.ts:1: imports @polycall/core, which its package.json does not declare",
    );
  } finally {
    cpSync(`${ollama}.kept`, ollama);
    rmSync(`${ollama}.kept`);
  }
});

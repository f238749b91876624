/** `polycall models lint`: which files are read, what is found, the exit code. */
import { symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { Project } from "./support/cli.ts";

/** Off since 2026-10-23, whatever day it is. */
const gone = 'completion({ model: "openai/gpt-4" });\n';
const fine = 'completion({ model: "openai/gpt-6.1-sol" });\n';

test("a tree with models that are off or unknown", async () => {
  using project = new Project();
  project.write({
    "src/a.ts": `${fine}\n  ${gone}`,
    "src/deep/b.py": 'model="openai/gpt-99"\n',
    ".env": "MODEL=openai/gpt-4\n",
    "config.yaml": "model: openai/gpt-4\n",
    "src/fine.ts": fine,
    "src/notes.txt": gone,
    "src/picture.ts": new Uint8Array([...Buffer.from(gone), 0]),
    "node_modules/x/index.js": gone,
    "dist/index.js": gone,
    ".git/x.ts": gone,
    "package-lock.json": '{"model":"openai/gpt-4"}',
  });
  const { code, out, err } = await project.run(["models", "lint"]);
  expect(code).toBe(1);
  const off =
    "openai/gpt-4 deprecated: it was to be turned off on 2026-10-23; its provider names gpt-5.6-sol in its place.";
  expect(out.trimEnd().split("\n")).toEqual([
    `.env:1:7 ${off}`,
    `config.yaml:1:8 ${off}`,
    `src/a.ts:3:24 ${off}`,
    expect.stringMatching(
      /^src\/deep\/b\.py:1:8 openai\/gpt-99 unknown: it is none of the \d+ models/,
    ),
  ]);
  expect(err).toBe("4 found in 5 files.\n");
});

test("as JSON, of the paths that are named, each file once", async () => {
  using project = new Project();
  project.write({ "src/a.ts": gone, "notes.txt": gone, "other.ts": gone });
  const { code, out } = await project.run([
    "models",
    "lint",
    "--json",
    "src",
    "src/a.ts",
    "notes.txt",
  ]);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject([
    { file: "src/a.ts", line: 1, column: 22, model: "openai/gpt-4", problem: "deprecated" },
    { file: "notes.txt", line: 1, column: 22, model: "openai/gpt-4", problem: "deprecated" },
  ]);
});

test("clean: exit code 0; so it is without the unknown, where those are left out", async () => {
  using project = new Project();
  project.write({ "a.ts": fine, "b.ts": 'model = "openai/gpt-99"' });
  expect(await project.run(["models", "lint", "a.ts"])).toEqual({
    code: 0,
    out: "",
    err: "0 found in 1 files.\n",
  });
  expect((await project.run(["models", "lint", "--ignore-unknown"])).code).toBe(0);
  expect((await project.run(["models", "lint"])).code).toBe(1);
});

test("how far ahead: a shutdown of next century is none of today's", async () => {
  using project = new Project();
  // Turned off on 2027-04-01.
  project.write({ "a.ts": 'model = "openai/gpt-5.1"' });
  const { code, out } = await project.run(["models", "lint", "--days", "3650"]);
  expect(code).toBe(1);
  expect(out).toMatch(/2027-04-01/);
});

test("a link that leads round is not followed", async () => {
  using project = new Project();
  project.write({ "src/a.ts": gone });
  symlinkSync(project.path("src"), project.path("src", "round"), "junction");
  const { out } = await project.run(["models", "lint", "src"]);
  expect(out.trimEnd().split("\n")).toHaveLength(1);
});

test.each([
  [["nowhere"], "There is no nowhere."],
  [["--days", "soon", "."], "--days soon: it takes a number from 0."],
])("wrong usage, %j: exit code 2", async (args, said) => {
  using project = new Project();
  const { code, out, err } = await project.run(["models", "lint", ...args]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(said);
});

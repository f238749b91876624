/** `polycall md`: documents as Markdown, one after the other. */

import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "../src/index.ts";
import { inProcess, Project } from "./support/cli.ts";

let project: Project;
beforeAll(() => {
  project = new Project();
  project.write({
    "a.csv": "a,b\n1,2\n",
    "b.html": "<!doctype html><nav>menu</nav><h1>Bees</h1>\u001b[31mred",
    "broken.ipynb": '{"nbformat": 4}',
    "in/a.csv": "c\n",
    "warn.json": "{",
  });
});
afterAll(() => project[Symbol.dispose]());
const table = "| a | b |\n| --- | --- |\n| 1 | 2 |\n";

test("one is printed as it is, several with their names", async () => {
  const [a, b] = [project.path("a.csv"), project.path("b.html")];
  expect(await inProcess("md", a)).toEqual({ code: 0, out: table, err: "" });
  expect(await inProcess("md", a, b)).toEqual({
    code: 0,
    out: `<!-- ${a} -->\n\n${table}<!-- ${b} -->\n\nmenu\n\n# Bees\n\n\u001b\\[31mred\n`,
    err: "",
  });
});

test("one that cannot be read does not stop the rest", async () => {
  const [broken, a] = [project.path("broken.ipynb"), project.path("a.csv")];
  expect(await inProcess("md", broken, project.path("none"), a)).toEqual({
    code: 1,
    out: `<!-- ${a} -->\n\n${table}`,
    err: `polycall: ${broken}: The notebook has no cells.\npolycall: ${project.path("none")}: There is no such file.\n`,
  });
});

test("into a folder, each under its own name, none over another", async () => {
  const out = project.path("out/deep");
  const told = await inProcess(
    "md",
    project.path("a.csv"),
    project.path("warn.json"),
    project.path("in/a.csv"),
    "--out",
    out,
  );
  expect(told.out).toBe("");
  expect(told.code).toBe(1);
  expect(told.err).toMatch(/warn\.json: It is no valid JSON.*\n.*a\.csv\.md is written already/);
  expect(readFileSync(project.path("out/deep/a.csv.md"), "utf8")).toBe(table);
  expect(readFileSync(project.path("out/deep/warn.json.md"), "utf8")).toBe("```json\n{\n```\n");
});

test("as JSON, a line each", async () => {
  const { out, code } = await inProcess(
    "md",
    project.path("b.html"),
    project.path("none"),
    "--json",
  );
  expect(code).toBe(1);
  const [read, failed] = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(read).toMatchObject({ file: project.path("b.html"), title: "Bees", warnings: [] });
  expect(failed).toEqual({
    file: project.path("none"),
    error: {
      name: "DocumentError",
      code: "unreadable",
      message: `${project.path("none")}: There is no such file.`,
    },
  });
});

test("standard input; a terminal is not sent what would command it", async () => {
  const out: string[] = [];
  const input = new PassThrough();
  input.end("<!doctype html>\u001b[31mred");
  const code = await main(["md", "-"], {
    out: (text) => void out.push(text),
    err: () => {},
    ...{ env: {}, width: 80, color: false },
    live: { write: () => {}, input, onInterrupt: () => () => {}, release: () => {} },
  });
  expect(code).toBe(0);
  expect(out.join("")).toContain("red");
  expect(out.join("")).not.toContain("\u001b");
});

test("wrong usage", async () => {
  expect(await inProcess("md")).toMatchObject({
    code: 2,
    err: expect.stringContaining("Name a document."),
  });
  expect(await inProcess("md", "a", "--tables", "tex")).toMatchObject({
    code: 2,
    err: expect.stringContaining("--tables tex: it takes markdown, html."),
  });
});

/** `polycall models`, `show` and `compare`: tables, JSON, exit codes, wrong usage. */
import type { ModelEntry } from "@polycall/models";
import { expect, test } from "vitest";
import { inProcess, Project } from "./support/cli.ts";

const lines = (text: string) => text.trimEnd().split("\n");

test("a table of those that fit, cheapest first, as wide as it needs", async () => {
  using project = new Project();
  const args = ["models", "--provider", "anthropic", "--needs", "tools,image", "--limit", "3"];
  const { code, out, err } = await project.run([...args, "--min-context", "500k", "--no-open"]);
  expect(code).toBe(0);
  const [titles, ...rows] = lines(out);
  expect(titles?.split(/ {2,}/)).toEqual([
    "model",
    "kind",
    "context",
    "output",
    "$ in",
    "$ out",
    "cut-off",
    "shutdown",
  ]);
  expect(rows).toHaveLength(3);
  // https://platform.claude.com/docs/en/about-claude/pricing: $0.10 in, $0.50 out
  expect(rows[0]?.split(/ {2,}/)).toEqual([
    "anthropic/claude-haiku-5-5",
    "hybrid",
    "1000000",
    "128000",
    "0.1",
    "0.5",
  ]);
  expect(err).toMatch(/^and \d+ more: --limit 0 for all\n$/);
  expect(out).not.toContain("\u001b");
});

test("as JSON, all of them, with price, reasons and entry", async () => {
  using project = new Project();
  const { code, out, err } = await project.run([
    "models",
    "--provider",
    "openai,groq",
    "--open",
    "--max-price",
    "0.3",
    "--sort",
    "context",
    "--json",
  ]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const found = JSON.parse(out) as (ModelEntry & {
    model: string;
    reasons: string[];
    blendedPrice: number;
  })[];
  expect(found.length).toBeGreaterThan(1);
  const oss = found.find(({ model }) => model === "groq/openai/gpt-oss-120b");
  // (3 x 0.15 + 0.60) / 4 = 0.2625
  expect(oss).toMatchObject({ provider: "groq", license: "Apache-2.0", blendedPrice: 0.2625 });
  expect(oss?.reasons).toContain("open weights (Apache-2.0)");
  expect(found.every(({ blendedPrice }) => blendedPrice <= 0.3)).toBe(true);
  const contexts = found.map(({ contextWindow }) => contextWindow ?? 0);
  expect(contexts).toEqual(contexts.toSorted((a, b) => b - a));
});

test("none that fits: said, and exit code 1; in JSON an empty list", async () => {
  using project = new Project();
  const none = ["models", "--provider", "openai", "--max-price", "0"];
  expect(await project.run(none)).toEqual({
    code: 1,
    out: "",
    err: "No model of the catalogue meets all of that.\n",
  });
  expect(await project.run([...none, "--json"])).toEqual({ code: 0, out: "[]\n", err: "" });
});

test("show: what is known, with the sources; as JSON the entry", async () => {
  using project = new Project();
  const { code, out } = await project.run(["models", "show", "groq/openai/gpt-oss-120b"]);
  expect(code).toBe(0);
  for (const line of [
    /^ {2}weights +open, Apache-2\.0$/m,
    /^ {2}parameters +117 billion, 5\.1 billion active$/m,
    /^ {2}price +\$0\.15 input, \$0\.6 output/m,
    /^ {2}limits, Free +30 requests per minute, 1000 requests per day/m,
    /^ {2}source +https:\/\/models\.dev\/api\.json \(2026-09-30\)$/m,
  ]) {
    expect(out).toMatch(line);
  }
  const json = await project.run(["models", "show", "groq/openai/gpt-oss-120b", "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({ provider: "groq", id: "openai/gpt-oss-120b" });
});

test("compare: side by side; as JSON a row each", async () => {
  using project = new Project();
  const both = ["openai/gpt-6-luna", "zai/glm-4.5"];
  const { code, out } = await project.run(["models", "compare", ...both]);
  expect(code).toBe(0);
  const [titles, ...rows] = lines(out).map((line) => line.split(/ {2,}/));
  expect(titles).toEqual(["", ...both]);
  expect(rows).toContainEqual(["open weights", "no", "yes"]);
  expect(rows.map(([name]) => name)).not.toContain("successor");
  const json = await project.run(["models", "compare", ...both, "--json"]);
  expect(JSON.parse(json.out)).toMatchObject([{ known: true }, { license: "MIT" }]);
});

test("a model that nobody knows: the nearest, and exit code 1", async () => {
  using project = new Project();
  const said = '"openai/gpt-6-lune" is not in the catalogue. The nearest is "openai/gpt-6-luna".\n';
  expect(await project.run(["models", "show", "openai/gpt-6-lune"])).toEqual({
    code: 1,
    out: "",
    err: said,
  });
  const compared = await project.run([
    "models",
    "compare",
    "openai/gpt-6-luna",
    "openai/gpt-6-lune",
  ]);
  expect(compared).toMatchObject({ code: 1, err: said });
  expect(compared.out).toContain("GPT-6 Luna");
});

test.each<[string[], RegExp]>([
  [["models", "--needs", "smell"], /--needs smell: it takes tools, structuredOutput,/],
  [["models", "--sort", "taste"], /--sort taste: it takes price, newest, context, output\./],
  [["models", "--max-price", "cheap"], /--max-price cheap: it takes a number from 0\./],
  [["models", "--colour"], /Unknown option '--colour'/],
  [["models", "--limit"], /argument missing/],
  [["models", "shwo"], /polycall models has no command "shwo"\. Did you mean "show"\?/],
  [["models", "show"], /Name one model/],
  [["models", "show", "a/b", "c/d"], /Name one model/],
  [["models", "compare"], /Name the models/],
  [
    ["modles"],
    /has no command "modles"\. Did you mean "models"\? It has models, eval, md, run, swap\./,
  ],
])("wrong usage, %j: exit code 2, nothing on stdout, a line that says what", async (args, said) => {
  const { code, out, err } = await inProcess(...args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(said);
  expect(err).toMatch(/--help tells how it is used\.\n$/);
  expect(err).not.toMatch(/^\s+at /m);
});

test.each<[string[], string]>([
  [["--help"], "polycall models"],
  [["models", "--help"], "--min-context TOKENS"],
  [["models", "show", "--help"], "MODEL [--json]"],
  [["models", "lint", "-h"], "--ignore-unknown"],
  [["swap", "--help"], "--request FILE"],
])("%j", async (args, holds) => {
  const { code, out, err } = await inProcess(...args);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain(holds);
});

test("no command: the help, and exit code 2; --version", async () => {
  using project = new Project();
  const none = await project.run([]);
  expect(none).toMatchObject({ code: 2, err: "" });
  expect(none.out).toContain("polycall COMMAND");
  expect((await project.run(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("wrong usage, as a process of its own", async () => {
  using project = new Project();
  expect(await project.run(["modles"])).toEqual({
    code: 2,
    out: "",
    err: 'polycall: polycall has no command "modles". Did you mean "models"? It has models, eval, md, run, swap.\npolycall --help tells how it is used.\n',
  });
});

test("without @polycall/cli, polycall says how to install it", async () => {
  using project = new Project({ installed: false });
  const { code, out, err } = await project.run(["models"]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toContain("npm install @polycall/cli");
});

test("an error of the installed package is not taken for its absence", async () => {
  using project = new Project({ installed: false });
  project.write({
    "node_modules/@polycall/cli/package.json": '{"name":"@polycall/cli","exports":"./index.mjs"}',
    "node_modules/@polycall/cli/index.mjs": 'import "nowhere";',
  });
  const { code, err } = await project.run(["models"]);
  expect(code).not.toBe(0);
  expect(err).toContain("nowhere");
  expect(err).not.toContain("npm install");
});

/** `polycall eval rag`: a knowledge base asked and judged by a scripted model; a table, JSON, a report, bounds. */
import { existsSync, readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
// Loaded here, so that the first test's time does not go into loading them.
import "@polycall/documents";
import * as rag from "@polycall/rag";
import { type Simulator, simulator, type Turn } from "@polycall/testing";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { reportOf } from "../src/eval/report.ts";
import { main } from "../src/index.ts";
import { Project } from "./support/cli.ts";

let sim: Simulator;
let project: Project;
beforeAll(async () => {
  sim = await simulator();
  project = new Project({ installed: false });
  const rows = [
    {
      question: "Are dogs welcome?",
      reference: "Yes.",
      keywords: ["welcome"],
      category: "house",
      sources: ["dogs.md"],
    },
    {
      question: "When are salaries paid?",
      reference: "On the 25th.",
      keywords: ["25th", "month"],
      category: "pay",
    },
  ];
  project.write({
    "docs/dogs.md": "Dogs are welcome in the office.\n",
    "docs/pay.md": "Salaries are paid on the 25th of each month.\n",
    "set.jsonl": rows.map((row) => JSON.stringify(row)).join("\n"),
    "bad.jsonl": '{"question":"Good?"}\n{"question":7}\n',
    "kb.mjs":
      "export const kb = { async ask(question) { if (/paid/.test(question)) throw new Error('It is broken.'); return { text: 'Welcome.', cost: 0.5 }; } };",
    "slow.mjs":
      "export default { ask: (_, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('left')))) };",
    "none.mjs": "export const other = 1;",
    "empty/.keep": "",
  });
});
afterEach(() => {
  sim.reset();
  vi.unstubAllEnvs();
});
afterAll(async () => {
  project[Symbol.dispose]();
  await sim.close();
});

const evaluate = (...args: string[]) => interrupted(args, () => {});

/** @param onInterrupt is given what Ctrl-C would do */
async function interrupted(args: string[], onInterrupt: (stop: () => void) => void) {
  for (const [name, value] of Object.entries(sim.env)) vi.stubEnv(name, value);
  const out: string[] = [];
  const err: string[] = [];
  const paths = args.map((one) =>
    /^(docs|empty|.*\.(jsonl|mjs|html|sqlite))$/.test(one) ? project.path(one) : one,
  );
  const code = await main(["eval", "rag", ...paths], {
    out: (text) => void out.push(`${text}\n`),
    err: (text) => void err.push(`${text}\n`),
    ...{ env: {}, width: undefined, color: false },
    live: {
      write: (text) => void err.push(text),
      input: new PassThrough(),
      onInterrupt: (stop) => {
        onInterrupt(stop);
        return () => {};
      },
      release: () => {},
    },
  });
  return { code, out: out.join(""), err: err.join("") };
}

/** Answers, and as a judge says what the test wants. No figure here is a model's. */
const scripted = ({ system, messages }: Turn): string => {
  const prompt = messages.at(-1)!.text;
  if (system.includes("Grades:")) {
    return prompt.includes("dogs") ? '{"reason":"It says so.","grade":5}' : "I would rather not.";
  }
  return prompt.includes("Question: Are dogs") ? "They are welcome [1]." : "On the 25th [1].";
};
const folder = ["--model", "ollama/llama3.2", "--embedding", "ollama/nomic-embed-text"];
const judge = ["--judge", "ollama/qwen3:8b", "--judges", "coverage,accuracy"];

test("a folder, judged: a table by category, what failed beside it, a report with a page for each question", async () => {
  sim.script(Array.from({ length: 5 }, () => scripted));
  const run = await evaluate(
    "docs",
    "set.jsonl",
    ...folder,
    ...judge,
    "--concurrency",
    "1",
    "--report",
    "report.html",
    "--store",
    "vectors.sqlite",
  );
  expect(existsSync(project.path("vectors.sqlite"))).toBe(true);
  expect(run.code).toBe(0);
  const lines = run.out
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {2,}/));
  expect(lines.map((line) => line.slice(0, 5))).toEqual([
    ["category", "questions", "coverage", "accuracy", "nFailed"],
    // "25th" and not "month"; of the judge's second reply there was nothing to read.
    ["house", "1", "1.00", "1.00", "0"].map((cell, i) =>
      i === 1 ? expect.stringMatching(/1$/) : cell,
    ),
    ["pay", expect.stringMatching(/1$/), "0.50", "-", "1"],
    ["all", expect.stringMatching(/2$/), "0.75", "1.00 of 1", "1"],
  ]);
  expect(run.err).toContain(
    "When are salaries paid?: accuracy failed: accuracy: the reply of ollama/qwen3:8b",
  );
  const report = readFileSync(project.path("report.html"), "utf8");
  expect(report).toContain('<a href="report/0002.html">how it was answered</a>');
  const page = readFileSync(project.path("report/0002.html"), "utf8");
  expect(page).toContain('<a href="../report.html">← all questions</a>');
  expect(page).toContain("pay.md");
  expect(page).toContain("On the 25th");
});

test("what a file exports, without a judge: an answer that does not come is no score", async () => {
  const run = await evaluate("kb.mjs", "set.jsonl", "--report", "own.html");
  expect(run.code).toBe(0);
  expect(run.out).toMatch(/^all +2 +1\.00 of 1 +- +2 +0\.5$/m);
  expect(run.err).toContain("When are salaries paid?: no answer: It is broken.");
  expect(existsSync(project.path("own.html"))).toBe(true);
  expect(existsSync(project.path("own"))).toBe(false);
  expect(sim.requests).toHaveLength(0);
});

test("a report that cannot be written takes nothing of what was found with it", async () => {
  project.write({ "taken/.keep": "", "unable/x": "" });
  const no = await evaluate("kb.mjs", "set.jsonl", "--report", project.path("taken"));
  expect([no.code, no.out, no.err]).toEqual([2, "", expect.stringContaining("it is a folder")]);
  const under = await evaluate("kb.mjs", "set.jsonl", "--report", "unable/x/own.html");
  expect(under.code).toBe(1);
  expect(under.out).toMatch(/^all +2 +1\.00 of 1/m);
  expect(under.err).toContain("unable/x");
});

test("an answer's trace is let go when its page is written, or none is wanted", async () => {
  const trace = { question: "Q?", history: [], query: "Q?", steps: [], calls: [], warnings: [] };
  const told = { retrievalMs: 0, passages: [], unresolved: [] };
  const answer = { text: "A.", known: true, passages: [], citations: [] };
  const subject = { ask: async () => ({ ...answer, trace: { ...trace, ...told } }) };
  expect(await reportOf(undefined, [], rag).asking(subject)("Q?", {})).toEqual(answer);
  const report = reportOf(project.path("let-go.html"), ["Q?"], rag);
  const kept = await report.asking(subject)("Q?", {});
  expect(kept).toEqual(answer);
  // Before the evaluation is over, and so also where it never is.
  report.page({ id: "Q?", question: "Q?", answer: kept, verdicts: {}, ms: 1 });
  expect(readFileSync(project.path("let-go/0001.html"), "utf8")).toContain("Q?");
});

test("where nothing is known it is asked whether there are documents", async () => {
  project.write({
    "empty.mjs":
      "export const kb = { ask: async () => ({ text: 'I do not know.', known: false }) };",
  });
  const run = await evaluate("empty.mjs", "set.jsonl");
  expect(run.err).toBe(
    "Every answer says that it is not known. Are there documents in the knowledge base?\n",
  );
});

test("as JSON, for programs", async () => {
  const { out, code } = await evaluate(
    "kb.mjs",
    "set.jsonl",
    "--json",
    "--fail-under",
    "coverage=.6",
  );
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    judges: ["coverage", "sources"],
    overall: { questions: 2, unanswered: 1, scores: { coverage: { mean: 1, n: 1, nFailed: 1 } } },
    questions: [
      {
        question: "Are dogs welcome?",
        answer: "Welcome.",
        cost: 0.5,
        verdicts: { coverage: { score: 1 } },
      },
      { error: { message: "It is broken." }, verdicts: { coverage: { failed: true } } },
    ],
    // One of two, the failed one as 0.
    missed: ["coverage is 0.500 with 1 that failed as 0, less than 0.6."],
  });
});

test.each([
  ["coverage=0.5", 0, ""],
  ["coverage=0.51", 1, "polycall: coverage is 0.500 with 1 that failed as 0, less than 0.51."],
  ["sources=0", 1, "polycall: sources was not judged: 1 failed."],
])("--fail-under %s ends with %d", async (bound, code, message) => {
  const run = await evaluate("kb.mjs", "set.jsonl", "--fail-under", bound);
  expect(run.code).toBe(code);
  expect(run.err).toContain(message);
});

test("the judge's replies are kept in a file, and asked for once", async () => {
  const args = [
    "kb.mjs",
    "set.jsonl",
    "--judge",
    "openai/gpt-6-luna",
    "--judges",
    "relevance",
    "--cache",
    "kept.sqlite",
  ];
  sim.script(['{"reason":"Yes.","grade":5}']);
  expect((await evaluate(...args, "--max-cost", "1")).out).toMatch(/1\.00 of 1/);
  expect((await evaluate(...args)).out).toMatch(/1\.00 of 1/);
  expect(sim.requests).toHaveLength(1);
});

test.each<[string[], string]>([
  [["docs"], "Name a file that exports a knowledge base"],
  [["nowhere", "set.jsonl"], "There is no file or folder nowhere."],
  [["docs", "set.jsonl"], "A folder needs --model, which answers, and --embedding."],
  [["kb.mjs", "set.jsonl", "--model", "openai/x"], "--model goes with a folder"],
  [
    ["none.mjs", "set.jsonl"],
    "exports no knowledge base: `export default knowledgeBase({ … })`, or one named `kb`. It exports other.",
  ],
  [["empty", "set.jsonl", ...folder], "has no documents."],
  [
    ["kb.mjs", "set.jsonl", "--judges", "taste"],
    "--judges taste: it takes coverage, sources, accuracy",
  ],
  [["kb.mjs", "set.jsonl", "--fail-under", "coverage=80"], "it takes a score and a bound"],
  [["kb.mjs", "set.jsonl", "--fail-under", "accuracy=0.8"], "what is judged is coverage, sources."],
  [["kb.mjs", "set.jsonl", "--max-cost", "1"], "--max-cost and --cache go with --judge."],
  [["kb.mjs", "none.jsonl"], "could not be read"],
])("wrong usage: %o", async (args, message) => {
  const { code, err } = await evaluate(...args);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
});

test("Ctrl-C ends it with 130", async () => {
  const run = await interrupted(["slow.mjs", "set.jsonl"], (stop) => setTimeout(stop, 300));
  expect(run).toEqual({ code: 130, out: "", err: "polycall: interrupted.\n" });
});

test("a test set with bad lines is refused, and nothing is asked", async () => {
  const { code, err } = await evaluate("kb.mjs", "bad.jsonl");
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringContaining('line 2 has a "question" that is not a text that is not empty'),
  });
});

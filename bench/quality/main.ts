/**
 * Measures the rows that are named, or all that can run here, keeps what they found, and writes
 * docs/retrieval-quality.md: `npm run quality -- [ROW…] [--max-cost DOLLARS] [--questions N]
 * [--estimate] [--set NAME] [--quick] [--page]`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Context, corpora } from "./context.ts";
import { readPage } from "./doc.ts";
import { modelAtHand, runWithModel } from "./model.ts";
import { commandOf } from "./page.ts";
import { readResults, writeResults } from "./results.ts";
import type { Entry, Result, Row } from "./row.ts";
import { rows } from "./rows/index.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, ".polycall/quality");
const { values, positionals } = parseArgs({
  args: process.argv.slice(2).filter((one) => one !== "--"),
  allowPositionals: true,
  options: {
    "max-cost": { type: "string", default: "1" },
    questions: { type: "string", default: "100" },
    set: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
    estimate: { type: "boolean", default: false },
    page: { type: "boolean", default: false },
  },
});
const maxCost = Number(values["max-cost"]);
const questions = Number(values.questions);
if (!(maxCost >= 0) || !(Number.isInteger(questions) && questions > 0)) {
  fail("--max-cost is dollars, --questions a whole number from 1.");
}
const sets: readonly string[] = values.set ?? corpora;
if (sets.some((set) => !(corpora as readonly string[]).includes(set))) {
  fail(`--set is one of ${corpora.join(", ")}.`);
}
const unknown = positionals.filter((name) => !rows.some((row) => row.name === name));
if (unknown.length) {
  fail(`There is no row ${unknown.join(", ")}: ${rows.map(({ name }) => name).join(", ")}.`);
}
const wanted = rows.filter(({ name }) => !positionals.length || positionals.includes(name));
for (const row of values.page ? [] : wanted) await measure(row);
writeFileSync(join(root, "docs/retrieval-quality.md"), readPage());

async function measure(row: Row): Promise<void> {
  const lacking = lackOf(row);
  if (lacking) {
    if (positionals.length) fail(`${row.name} ${lacking}.`);
    console.log(`${row.name}: left out, it ${lacking}`);
    return;
  }
  const begun = performance.now();
  const date = new Date().toISOString().slice(0, 10);
  const measured = await run(row);
  if (!measured) return;
  // Read as late as can be: another run may have written meanwhile.
  const results = readResults();
  // What was left out stays as it was known.
  const old = results[row.name]?.entries ?? [];
  const isNew = ({ set, label }: Entry) =>
    measured.entries.some((entry) => entry.set === set && entry.label === label);
  const known: readonly string[] = corpora;
  const kept = old.filter(
    (entry) =>
      known.includes(entry.set) && !isNew(entry) && (values.quick || !sets.includes(entry.set)),
  );
  const entries = [...kept, ...measured.entries].sort(
    (a, b) => known.indexOf(a.set) - known.indexOf(b.set),
  );
  writeResults({ ...results, [row.name]: { date, ...measured, entries } });
  console.log(`${row.name}: measured in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
}

async function run(row: Row): Promise<Omit<Result, "date"> | undefined> {
  if (row.needs === "model")
    return runWithModel(row, { folder, maxCost, questions, estimateOnly: values.estimate });
  // What needs a service is asked as many questions as a model is.
  const asking = row.needs === "nothing" ? {} : { questions, maxCost };
  const context = new Context({ folder, sets, quick: values.quick, ...asking });
  try {
    const entries = await row.run(context);
    return { ...(row.needs !== "nothing" && { questions }), entries };
  } finally {
    context.close();
  }
}

/** What is not at hand that the row needs, in words. */
function lackOf(row: Row): string | undefined {
  if (row.needs === "nothing") return undefined;
  if (row.needs === "model") {
    if (modelAtHand()) return undefined;
    return `needs a key, or a model: ${commandOf(row)}`;
  }
  // Which key it takes depends on the model that is named: the provider says so itself.
  const names = (row.variables ?? []).map((one) => one.split("=")[0]!);
  const missing = names.filter((name) => name.startsWith("POLYCALL_") && !process.env[name]);
  return missing.length ? `needs ${missing.join(", ")}: ${commandOf(row)}` : undefined;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

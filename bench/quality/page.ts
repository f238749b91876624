/** docs/retrieval-quality.md, from the rows and what they found. Pure. */
import { table } from "../measure.ts";
import type { Entry, Need, Result, Results, Row } from "./row.ts";

const needs: { readonly [need in Need]: string } = {
  nothing: "",
  model: "a language model's, or a model on this machine",
  "embedding key": "an embedding model's",
  "reranking key": "a re-ranking service's",
  "cross-encoder": "or rather weights: a cross-encoder's",
};

const sets: { readonly [set: string]: string } = {
  cranfield: "Cranfield",
  "chunkeval-beir800": "chunking_evaluation in pieces of 800",
  chunking_evaluation: "chunking_evaluation",
};

/** What a row that needs a model is told by, where it says nothing itself. */
const usualKey = ["OPENAI_API_KEY=…"];

export const commandOf = ({ name, needs, variables }: Row): string =>
  [...(variables ?? (needs === "model" ? usualKey : [])), `npm run quality -- ${name}`].join(" ");

export function qualityPage(rows: readonly Row[], results: Results, opening: string): string {
  const sections = rows.map((row) => section(row, results[row.name]));
  return `${opening.trim()}\n\n${overview(rows, results)}\n\n${sections.join("\n\n")}\n`;
}

/** Every row, and what came of it. */
function overview(rows: readonly Row[], results: Results): string {
  const lines = rows.map((row) => {
    const result = results[row.name];
    const link = `[${row.title}](#${anchorOf(row.title)})`;
    return [
      link,
      result?.date ?? (row.needs === "nothing" ? "not yet" : "needs a key"),
      `\`${commandOf(row)}\``,
    ];
  });
  return table(["", "measured", "command"], lines);
}

/** As GitHub makes it of a heading. */
const anchorOf = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

function section(row: Row, result: Result | undefined): string {
  const parts = [`## ${row.title}`, row.about];
  if (!result) {
    const why = row.needs === "nothing" ? "Not measured yet" : `Needs a key (${needs[row.needs]})`;
    parts.push(`${why}: \`${commandOf(row)}\``);
    return parts.join("\n\n");
  }
  const { date, model, questions, entries } = result;
  const told = [
    `Measured on ${date} by \`${commandOf(row)}\``,
    model && `with ${model}`,
    questions && `on ${questions} questions of each set`,
  ];
  for (const set of new Set(entries.map((entry) => entry.set))) {
    parts.push(
      tableOf(
        set,
        entries.filter((entry) => entry.set === set),
      ),
    );
  }
  return [...parts, `${told.filter(Boolean).join(", ")}.`].join("\n\n");
}

function tableOf(set: string, entries: readonly Entry[]): string {
  const names = (of: (entry: Entry) => object | undefined) => [
    ...new Set(entries.flatMap((entry) => Object.keys(of(entry) ?? {}))),
  ];
  const metrics = names(({ scores }) => scores);
  const facts = names((entry) => entry.facts);
  const first = entries.find(({ beside }) => beside)?.beside;
  const head = [
    sets[set] ?? set,
    ...metrics,
    ...(first ? [`${first.metric} less that of ${first.than}`, "p"] : []),
    ...facts,
  ];
  const rows = entries.map(({ label, scores, beside, facts: own = {} }) => [
    label,
    ...metrics.map((name) => scoreOf(scores[name])),
    ...(first ? (beside ? [differenceOf(beside), pOf(beside.p)] : ["", ""]) : []),
    ...facts.map((name) => `${own[name] ?? ""}`),
  ]);
  return table(head, rows);
}

const figure = (value: number) => value.toFixed(3).replace(/^(-?)0\./, "$1.");
const signed = (value: number) => {
  const shown = figure(value);
  return value > 0 && Number(shown) !== 0 ? `+${shown}` : shown.replace(/^-(\.000)$/, "$1");
};

function scoreOf(score: Entry["scores"][string] | undefined): string {
  if (!score) return "";
  const { value, interval } = score;
  return interval
    ? `${figure(value)} (${figure(interval[0])} to ${figure(interval[1])})`
    : figure(value);
}

const differenceOf = ({ difference, interval: [low, high] }: NonNullable<Entry["beside"]>) =>
  `${signed(difference)} (${signed(low)} to ${signed(high)})`;

const pOf = (p: number) => (p < 0.001 ? "< .001" : figure(p));

/** `polycall models show` and `compare`: what is known of one model, and of several side by side. */
import { models } from "@polycall/models";
import type { Command } from "../run.ts";
import { type Column, table } from "../table.ts";
import { readArgs, UsageError } from "../usage.ts";

const options = { json: { type: "boolean" } } as const;

export const showModel: Command = async (args, { out, err }) => {
  const { values, positionals } = readArgs(args, options);
  const [model, ...more] = positionals;
  if (!model || more.length) throw new UsageError("show takes one model string");
  const entry = models.get(model);
  if (!entry) {
    err(`The catalogue does not know ${model}. A call takes it all the same.`);
    return 1;
  }
  if (values.json) out(JSON.stringify(entry, null, 2));
  else {
    const facts = Object.entries(entry).filter(([, value]) => value !== undefined);
    const width = Math.max(...facts.map(([name]) => name.length));
    for (const [name, value] of facts) {
      const text = typeof value === "object" ? JSON.stringify(value) : String(value);
      out(`${name.padEnd(width)}  ${text}`);
    }
  }
  return 0;
};

/** A fact a line, a model a column. */
export const compareModels: Command = async (args, { out, err, columns }) => {
  const { values, positionals } = readArgs(args, options);
  if (positionals.length < 2) throw new UsageError("compare takes two model strings or more");
  const rows = models.compare(positionals);
  if (values.json) out(JSON.stringify(rows, null, 2));
  else {
    const names = Object.keys(rows[0]!).filter((name) => name !== "model" && name !== "known");
    const facts = names.filter((name) => rows.some((row) => textOf(row, name)));
    const sides = rows.map((row) => ({
      head: row.model,
      text: (fact: string) => textOf(row, fact),
      spare: 0,
    }));
    const first: Column<string> = { head: "", text: (fact) => fact, spare: 0 };
    out(table(facts, [first, ...sides], columns));
  }
  const unknown = rows.filter(({ known }) => !known);
  for (const { model } of unknown) err(`The catalogue does not know ${model}.`);
  return unknown.length ? 1 : 0;
};

function textOf(row: object, fact: string): string {
  const value = (row as Record<string, unknown>)[fact];
  if (value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

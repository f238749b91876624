/** `polycall models compare A B …`: side by side, a line for each thing known of any. */
import type { ModelRow } from "@polycall/models";
import { openCatalogue } from "../../catalogue.ts";
import { command, json, UsageError } from "../../command.ts";
import { type Column, table } from "../../table.ts";
import { unknownModel } from "./unknown.ts";

type Field = Exclude<keyof ModelRow, "model" | "known">;

const fields: Readonly<Record<Field, string>> = {
  name: "name",
  kind: "kind",
  open: "open weights",
  license: "licence",
  parameters: "parameters, billion",
  released: "released",
  knowledge: "knowledge",
  context: "context",
  maxOutput: "output limit",
  reads: "reads",
  tools: "tools",
  structuredOutput: "structured output",
  input: "$ input",
  output: "$ output",
  cacheRead: "$ cache read",
  cacheWrite: "$ cache write",
  shutdown: "shutdown",
  successor: "successor",
};

export const compare = command({
  usage: "MODEL MODEL... [--json]",
  help: "Models side by side. Prices are dollars per million tokens.",
  options: { json },
  run({ values, positionals }, io) {
    if (!positionals.length) throw new UsageError("Name the models, as provider/model.");
    const rows = openCatalogue(io).compare(positionals);
    const names = Object.keys(fields) as Field[];
    const known = names.filter((name) => rows.some((row) => row[name] !== undefined));
    const columns: Column<Field>[] = [
      { title: "", value: (name) => fields[name] },
      ...rows.map((row) => ({ title: row.model, value: (name: Field) => shown(row[name]) })),
    ];
    io.out(values.json ? JSON.stringify(rows, undefined, 2) : table(known, columns, io));
    const unknown = rows.filter((row) => !row.known);
    for (const { model } of unknown) io.err(unknownModel(model));
    return unknown.length ? 1 : 0;
  },
});

const shown = (value: ModelRow[Field]) =>
  value === undefined ? "" : typeof value === "boolean" ? (value ? "yes" : "no") : String(value);

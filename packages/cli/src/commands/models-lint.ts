/** `polycall models lint`: model strings in source and settings that will be off soon, or that nobody knows. */
import { readFile } from "node:fs/promises";
import { basename, relative } from "node:path";
import { type LintFinding, models } from "@polycall/models";
import { filesIn } from "../files.ts";
import type { Command } from "../run.ts";
import { numberOf, readArgs, UsageError } from "../usage.ts";

/** Where a value stands without quotes: `.env`, `.env.local`, YAML, properties. */
const settings = /^\.env|\.(?:env|ya?ml|ini|properties)$/;
/** A value that is all of the rest of its line. */
const unquoted = /([=:][ \t]*)([a-z]\w*\/[^\s"'`#]+)(?=[ \t]*(?:#.*)?$)/gm;
const dayMs = 86_400_000;
/** What `models.lint` looks ahead by itself. */
const usualDays = 60;

export const lint: Command = async (args, { out, err }) => {
  const { values, positionals } = readArgs(args, {
    days: { type: "string" },
    "deprecated-only": { type: "boolean" },
    json: { type: "boolean" },
  });
  if (!positionals.length) throw new UsageError("lint takes a file or a folder");
  const days = numberOf("days", values.days) ?? usualDays;
  const now = new Date(Date.now() + (days - usualDays) * dayMs);
  const findings: (LintFinding & { file: string })[] = [];
  let read = 0;
  for await (const path of filesIn(positionals)) {
    const bytes = await readFile(path);
    if (bytes.subarray(0, 8000).includes(0)) continue;
    read++;
    const file = relative("", path) || path;
    for (const finding of lintFile(basename(path), bytes.toString(), now)) {
      if (finding.problem === "unknown" && values["deprecated-only"]) continue;
      findings.push({ file, ...finding });
    }
  }
  if (values.json) out(JSON.stringify(findings, null, 2));
  else {
    for (const { file, line, column, model, problem, reason } of findings) {
      out(`${file}:${line}:${column} ${model} ${problem}: ${reason}`);
    }
  }
  const many = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
  err(`${many(findings.length, "finding")} in ${many(read, "file")}.`);
  return findings.length ? 1 : 0;
};

function lintFile(name: string, text: string, now: Date): LintFinding[] {
  if (!settings.test(name)) return models.lint(text, { now });
  // In quotes it is found like any other; the column is then one too far.
  const plain = new Set<string>();
  const inQuotes = text.replaceAll(unquoted, (_, before: string, model: string) => {
    plain.add(model);
    return `${before}"${model}"`;
  });
  return models
    .lint(inQuotes, { now })
    .map((found) => (plain.has(found.model) ? { ...found, column: found.column - 1 } : found));
}

/** `polycall models lint PATH…`: model strings that will not work much longer, or that nobody knows. */
import { existsSync } from "node:fs";
import type { LintFinding } from "@polycall/models";
import { openCatalogue } from "../../catalogue.ts";
import { command, json, number, UsageError } from "../../command.ts";
import { sources } from "../../sources.ts";

interface Finding extends LintFinding {
  file: string;
}

export const lint = command({
  usage: "[PATH...] [OPTION...]",
  help: "Reads source, configuration and .env files; a folder with all in it, but for node_modules, build output and what begins with a dot. Exit code 1: something was found.",
  options: {
    days: { type: "string", value: "N", help: "how far ahead a shutdown is told of; default 60" },
    "ignore-unknown": { type: "boolean", help: "tell of shutdowns only" },
    json,
  },
  run({ values, positionals }, io) {
    const days = number(values.days, "days");
    const paths = positionals.length ? positionals : ["."];
    const missing = paths.find((path) => !existsSync(path));
    if (missing) throw new UsageError(`There is no ${missing}.`);
    const models = openCatalogue(io);
    const findings: Finding[] = [];
    let files = 0;
    for (const { file, text, unquoted } of sources(paths)) {
      files++;
      for (const found of models.lint(text, { days, unquoted })) {
        if (values["ignore-unknown"] && found.problem === "unknown") continue;
        findings.push({ file, ...found });
      }
    }
    if (values.json) io.out(JSON.stringify(findings, undefined, 2));
    else {
      for (const { file, line, column, model, problem, reason } of findings) {
        io.out(`${file}:${line}:${column} ${model} ${problem}: ${reason}`);
      }
      io.err(`${findings.length} found in ${files} files.`);
    }
    return findings.length ? 1 : 0;
  },
});

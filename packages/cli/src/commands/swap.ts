/** `polycall swap A B`: what becomes of a request when another model takes over. */
import { readFileSync } from "node:fs";
import type { SwapReport } from "polycall";
import { command, json, number, UsageError } from "../command.ts";
import type { IO } from "../io.ts";

export const swap = command({
  usage: "FROM TO [OPTION...]",
  help: "Plans a request for both models, without network and keys, and tells them apart. Exit code 1: TO cannot take it.",
  options: {
    request: { type: "string", value: "FILE", help: "the request's JSON; - for standard input" },
    "input-tokens": { type: "string", value: "N", help: "of a usual call, for what it costs" },
    "output-tokens": { type: "string", value: "N", help: "of a usual call, for what it costs" },
    json,
  },
  async run({ values, positionals }, io) {
    const [from, to, ...others] = positionals;
    if (!from || !to || others.length) {
      throw new UsageError("Name two models, as provider/model.");
    }
    const input = number(values["input-tokens"], "input-tokens") ?? 0;
    const output = number(values["output-tokens"], "output-tokens") ?? 0;
    const usage = {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
    };
    const { checkSwap } = await import("polycall");
    const options = input + output ? { usage } : {};
    const report = await checkSwap(readRequest(values.request), from, to, options);
    if (values.json) io.out(JSON.stringify(report, undefined, 2));
    else print(report, io);
    return report.works ? 0 : 1;
  },
});

/** @throws UsageError saying what is wrong with the file */
function readRequest(file: string | undefined): Parameters<typeof import("polycall").checkSwap>[0] {
  if (file === undefined) return { messages: [{ role: "user", content: "Hello" }] };
  try {
    const value = JSON.parse(readFileSync(file === "-" ? 0 : file, "utf8"));
    if (!Array.isArray(value?.messages)) throw new Error("it has no messages");
    return value;
  } catch (error) {
    throw new UsageError(`--request ${file}: ${(error as Error).message}.`);
  }
}

function print(
  { from, to, works, refused, lost, changed, gained, history, facts, cost }: SwapReport,
  io: IO,
): void {
  io.out(`${from} -> ${to}: ${works ? "works" : "does not work"}`);
  const groups = { refused, lost, changed, gained };
  for (const [name, all] of Object.entries(groups)) {
    for (const { param, reason } of all) io.out(`  ${name}: ${param}: ${reason}`);
  }
  for (const { model, travels } of history) {
    io.out(`  reasoning of ${model}: ${travels ? "travels" : "stays in the history, unseen"}`);
  }
  for (const { fact, from, to } of facts) io.out(`  ${fact}: ${shown(from)} -> ${shown(to)}`);
  if (cost.from !== undefined || cost.to !== undefined) {
    io.out(`  a call like yours: ${dollars(cost.from)} -> ${dollars(cost.to)}`);
  }
}

const shown = (value: unknown) =>
  value === undefined ? "unknown" : Array.isArray(value) ? value.join(", ") : String(value);

const dollars = (value: number | undefined) => (value === undefined ? "unknown" : `$${value}`);

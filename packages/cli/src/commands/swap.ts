/** `polycall swap A B`: what becomes of a request of yours, or of each parameter, at another model. */
import { readFileSync } from "node:fs";
import type { SwapReport } from "polycall";
import { openCatalogue } from "../catalogue.ts";
import { command, json, number, UsageError } from "../command.ts";
import type { IO } from "../io.ts";
import { type Request, samples } from "../samples.ts";

export const swap = command({
  usage: "FROM TO [OPTION...]",
  help: "Plans a request for both models, without network and keys, and tells them apart: yours, or without --request one for each parameter. Exit code 1: TO cannot take yours.",
  options: {
    request: { type: "string", value: "FILE", help: "its JSON; - for standard input" },
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
    const isUsual = input + output > 0;
    const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
    const own = values.request === undefined ? undefined : readRequest(values.request);
    openCatalogue(io);
    const { checkSwap } = await import("polycall");
    const check = (request: Request) => checkSwap(request, from, to, isUsual ? { usage } : {});
    if (own) {
      const report = await check(own);
      if (values.json) io.out(JSON.stringify(report, undefined, 2));
      else {
        io.out(`${from} -> ${to}: ${report.works ? "works" : "does not work"}`);
        for (const line of [...changes(report), ...sides(report, isUsual)]) io.out(`  ${line}`);
      }
      return report.works ? 0 : 1;
    }
    const reports: Record<string, SwapReport> = {};
    for (const [name, request] of Object.entries(samples)) reports[name] = await check(request);
    if (values.json) io.out(JSON.stringify(reports, undefined, 2));
    else printSamples(reports, isUsual, io);
    return 0;
  },
});

/** @throws UsageError saying what is wrong with the file */
function readRequest(file: string): Request {
  try {
    const value = JSON.parse(readFileSync(file === "-" ? 0 : file, "utf8"));
    if (!Array.isArray(value?.messages)) throw new Error("it has no messages");
    return value;
  } catch (error) {
    throw new UsageError(`--request ${file}: ${(error as Error).message}.`);
  }
}

function printSamples(reports: Readonly<Record<string, SwapReport>>, isUsual: boolean, io: IO) {
  const all = Object.entries(reports);
  const [, first] = all[0]!;
  io.out(`${first.from} -> ${first.to}`);
  const differing = all.filter(([, report]) => changes(report).length);
  for (const [name, report] of differing) {
    io.out(`  ${name}`);
    for (const line of changes(report)) io.out(`    ${line}`);
  }
  io.out(`  as before: ${all.length - differing.length} of ${all.length} requests`);
  // What a sample costs or how long it is tells nothing of yours.
  const { facts, cost } = first;
  for (const line of sides({ facts, cost: isUsual ? cost : {}, tokens: {} }, isUsual)) {
    io.out(`  ${line}`);
  }
}

/** What becomes of the request, a line each. */
function changes({ refused, lost, changed, gained, history }: SwapReport): string[] {
  return [
    ...Object.entries({ refused, lost, changed, gained }).flatMap(([name, all]) =>
      all.map(({ param, reason }) => `${name}: ${param}: ${reason}`),
    ),
    ...history.map(
      ({ model, travels }) =>
        `reasoning of ${model}: ${travels ? "travels" : "stays in the history, unseen"}`,
    ),
  ];
}

/** Where the two differ by themselves. */
function sides(
  { facts, tokens, fits, cost }: Pick<SwapReport, "facts" | "tokens" | "fits" | "cost">,
  isUsual: boolean,
): string[] {
  const lines = facts.map(({ fact, from, to }) => `${fact}: ${shown(from)} -> ${shown(to)}`);
  if (tokens.from && tokens.to) {
    const about = `tokens of the prompt: about ${tokens.from.tokens} -> ${tokens.to.tokens}`;
    lines.push(fits === false ? `${about}: more than it may take` : about);
  }
  if (cost.from !== undefined || cost.to !== undefined) {
    const what = isUsual ? "a call like yours" : "this request, as it is expected";
    lines.push(`${what}: ${dollars(cost.from)} -> ${dollars(cost.to)}`);
  }
  return lines;
}

const shown = (value: unknown) =>
  value === undefined ? "unknown" : Array.isArray(value) ? value.join(", ") : String(value);

const dollars = (value: number | undefined) => (value === undefined ? "unknown" : `$${value}`);

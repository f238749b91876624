/** `polycall swap A B`: whether B can take over from A, for a request of your own or for each parameter. */
import { readFile } from "node:fs/promises";
import { type CompletionInput, checkSwap, type SwapReport, type Usage } from "polycall";
import type { Output } from "../output.ts";
import type { Command } from "../run.ts";
import { samples } from "../samples.ts";
import { readArgs, UsageError } from "../usage.ts";

export const help = `polycall swap A B                    what changes from model A to model B
  --request FILE                     of this request: completion()'s input as JSON, or a list of them
                                     (without: of each parameter, one after the other)
  --usage IN,OUT                     tokens of a call of yours, to work the costs out for
  --json
Nothing is sent and no key is needed. Exit code 1 where B cannot be given a request.`;

type Request = Omit<CompletionInput, "model">;

export const command: Command = async (args, output) => {
  const { values, positionals } = readArgs(args, {
    request: { type: "string" },
    usage: { type: "string" },
    json: { type: "boolean" },
  });
  const [from, to, ...more] = positionals;
  if (!from || !to || more.length) throw new UsageError("swap takes two model strings");
  const usage = values.usage === undefined ? undefined : usageOf(values.usage);
  const requests = values.request ? await requestsIn(values.request) : samples;
  const reports: [name: string, report: SwapReport][] = [];
  for (const [name, request] of Object.entries(requests)) {
    reports.push([name, await checkSwap(request, from, to, { usage })]);
  }
  if (values.json) output.out(JSON.stringify(Object.fromEntries(reports), null, 2));
  else print(reports, output);
  return reports.every(([, { works }]) => works) ? 0 : 1;
};

function usageOf(text: string): Usage {
  const [input, out] = text.split(",").map(Number);
  if (!Number.isSafeInteger(input) || !Number.isSafeInteger(out)) {
    throw new UsageError(`--usage takes two numbers of tokens, e.g. 12000,400, not "${text}"`);
  }
  return { prompt_tokens: input!, completion_tokens: out!, total_tokens: input! + out! };
}

async function requestsIn(path: string): Promise<Record<string, Request>> {
  const text = await readFile(path, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${(error as Error).message}`);
  }
  const list = (Array.isArray(value) ? value : [value]) as Request[];
  return Object.fromEntries(list.map((request, i) => [`request ${i + 1}`, request]));
}

function print(reports: [string, SwapReport][], { out }: Output): void {
  let same = 0;
  for (const [name, { refused, lost, changed, gained, history }] of reports) {
    const lines = [
      ...refused.map(({ param, reason }) => `  ${param} refused: ${reason}`),
      ...lost.map(({ param, reason }) => `  ${param} lost: ${reason}`),
      ...changed.map(({ param, action, reason }) => `  ${param} ${action}: ${reason}`),
      ...gained.map(({ param, reason }) => `  ${param} gained; before: ${reason}`),
      ...history
        .filter(({ travels }) => !travels)
        .map(
          ({ model, messages }) =>
            `  reasoning of ${model} stays behind (${messages.length} messages)`,
        ),
    ];
    if (lines.length) out([`${name}:`, ...lines].join("\n"));
    else same++;
  }
  if (same) out(`${same} of ${reports.length} as before.`);
  const { from, to, facts, cost } = reports[0]![1];
  for (const { fact, from, to } of facts)
    out(`${fact}: ${from ?? "not known"} -> ${to ?? "not known"}`);
  if (cost.from !== undefined || cost.to !== undefined) {
    const dollars = (one: number | undefined) => (one === undefined ? "not known" : `$${one}`);
    out(`cost of that usage: ${from} ${dollars(cost.from)}, ${to} ${dollars(cost.to)}`);
  }
}

/** `polycall models show MODEL`: all that is known of one. */
import type { ModelEntry, Rates } from "@polycall/models";
import { openCatalogue } from "../../catalogue.ts";
import { command, json, UsageError } from "../../command.ts";
import { unknownModel } from "./unknown.ts";

export const show = command({
  usage: "MODEL [--json]",
  help: "All that the catalogue knows of one model, with the sources.",
  options: { json },
  run({ values, positionals }, io) {
    const [model, ...others] = positionals;
    if (!model || others.length) throw new UsageError("Name one model, as provider/model.");
    const entry = openCatalogue(io).get(model);
    if (!entry) {
      io.err(unknownModel(model));
      return 1;
    }
    io.out(values.json ? JSON.stringify(entry, undefined, 2) : lines(model, entry));
    return 0;
  },
});

function lines(model: string, entry: ModelEntry): string {
  const { parameters, price } = entry;
  const size = [
    parameters?.total && `${parameters.total} billion`,
    parameters?.active && `${parameters.active} billion active`,
    parameters?.from === "name" && "as its name says",
  ];
  const rows: [string, string | number | undefined][] = [
    ["name", entry.name],
    ["family", entry.family],
    ["kind", entry.kind],
    ["weights", weights(entry)],
    ["parameters", size.filter(Boolean).join(", ")],
    ["released", entry.released],
    ["knowledge", entry.knowledge],
    ["context", entry.contextWindow],
    ["output limit", entry.outputLimit],
    ["reads", entry.input?.join(", ")],
    ["writes", entry.output?.join(", ")],
    ["tools", yes(entry.tools)],
    ["structured output", yes(entry.structuredOutput)],
    ["price", price && rates(price)],
    ...(price?.tiers ?? []).map(({ above, ...rest }): [string, string] => [
      `  above ${above}`,
      rates(rest),
    ]),
    ...Object.entries(price?.services ?? {}).map(([name, rest]): [string, string] => [
      `  ${name}`,
      rates(rest),
    ]),
    ...(entry.rateLimits ?? []).map(({ tier, ...limits }): [string, string] => [
      `limits, ${tier}`,
      pairs(limits),
    ]),
    ["shutdown", entry.shutdown],
    ["successor", entry.successor],
    ...entry.sources.map(({ url, date }): [string, string] => ["source", `${url} (${date})`]),
  ];
  const known = rows.filter(([, value]) => value !== undefined && value !== "");
  const width = Math.max(...known.map(([name]) => name.length));
  return [model, ...known.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)].join("\n");
}

const weights = ({ openWeights, license }: ModelEntry) =>
  openWeights === undefined
    ? undefined
    : openWeights
      ? `open${license ? `, ${license}` : ""}`
      : "closed";

const yes = (value: boolean | undefined) =>
  value === undefined ? undefined : value ? "yes" : "no";

/** `$0.1 input, $0.5 output, …` per million tokens. */
function rates({ ...all }: Rates & { tiers?: unknown; services?: unknown }): string {
  const { tiers: _, services: __, ...plain } = all;
  return Object.entries(plain)
    .map(([name, dollars]) => `$${dollars} ${words(name)}`)
    .join(", ");
}

const pairs = (fields: object) =>
  Object.entries(fields)
    .map(([name, value]) => `${value} ${words(name)}`)
    .join(", ");

/** `requestsPerMinute` as `requests per minute`. */
const words = (name: string) =>
  name.replaceAll(/[A-Z]|(?<=[a-z])\d/g, (one) => ` ${one.toLowerCase()}`);

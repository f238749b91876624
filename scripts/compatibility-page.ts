/**
 * Writes docs/compatibility.md: what becomes of each parameter at each provider, found by planning it,
 * and the adapters' rules and facts: `node scripts/compatibility-page.ts`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CapabilityLayer, Provider } from "@polycall/core";
import { models } from "@polycall/models";
import { adapters, hostNames } from "../packages/polycall/src/providers.ts";
import { cellOf } from "./compatibility/cells.ts";
import { probedModels } from "./compatibility/models.ts";
import { rulesOf } from "./compatibility/rules.ts";
import { samples } from "./compatibility/samples.ts";
import { root } from "./workspace.ts";

export const page = join(root, "docs", "compatibility.md");

/** The columns of the first table: a provider, and the model that stands for it. */
const columns: readonly (readonly [label: string, provider: string, model: string])[] = [
  ["OpenAI chat", "openai", "chat/gpt-4.1"],
  ["OpenAI responses", "openai", "responses/gpt-5.6-luna"],
  ["Anthropic", "anthropic", "claude-haiku-4-5"],
  ["Gemini", "gemini", "gemini-3-flash"],
  ["Vertex", "vertex", "gemini-3-flash"],
  ["Ollama", "ollama", "llama3.2"],
];

type Load = (name: string) => Promise<Provider>;
const load: Load = (name) => adapters[name]!();

const params = Object.keys(samples);

/** A row of cells, as Markdown. */
const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const head = (cells: readonly string[]) => `${line(cells)}\n|${"---|".repeat(cells.length)}`;

/** What each parameter becomes at one model. */
function cellsOf(provider: Provider, model: string): Map<string, string> {
  return new Map(params.map((param) => [param, cellOf(provider, model, param, samples[param]!)]));
}

async function parameters(): Promise<string> {
  const cells: Map<string, string>[] = [];
  for (const [, name, model] of columns) cells.push(cellsOf(await load(name), model));
  const rows = params.map((param) =>
    line([`\`${param}\``, ...cells.map((column) => column.get(param)!)]),
  );
  return [head(["", ...columns.map(([label]) => label)]), ...rows].join("\n");
}

/** The parameters in which a model differs from another, as "cell: names". */
function differing(cells: Map<string, string>, from: Map<string, string>): string {
  const byCell = new Map<string, string[]>();
  for (const [param, cell] of cells) {
    if (cell === from.get(param)) continue;
    byCell.set(cell, [...(byCell.get(cell) ?? []), `\`${param}\``]);
  }
  return [...byCell].map(([cell, names]) => `${names.join(", ")}: ${cell}`).join("; ");
}

/** Families of OpenAI, Anthropic, …, against the first of the provider's models. */
async function families(): Promise<string> {
  const rows: string[] = [];
  for (const [name, models] of probedModels()) {
    if ((hostNames as readonly string[]).includes(name)) continue;
    const provider = await load(name);
    const [first, ...others] = models.map((model) => [model, cellsOf(provider, model)] as const);
    for (const [model, cells] of others) {
      const what = differing(cells, first![1]) || "nothing";
      rows.push(line([`\`${name}/${model}\``, `\`${first![0]}\``, what]));
    }
  }
  return [head(["model", "beside", "what differs"]), ...rows].join("\n");
}

/** For each parameter, what becomes of it at most hosts. */
function usual(all: readonly Map<string, string>[]): Map<string, string> {
  const most = (param: string) => {
    const counts = new Map<string, number>();
    for (const cells of all) {
      const cell = cells.get(param)!;
      counts.set(cell, (counts.get(cell) ?? 0) + 1);
    }
    return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
  };
  return new Map(params.map((param) => [param, most(param)]));
}

/** What most hosts do, beside OpenAI's chat column; then each host beside that. */
async function hosts(): Promise<string> {
  const found: (readonly [name: string, cells: Map<string, string>, source: string])[] = [];
  for (const [name, models] of probedModels()) {
    if (!(hostNames as readonly string[]).includes(name)) continue;
    const provider = await load(name);
    for (const model of models) {
      const prefix = models.length > 1 ? `\`${name}/${model}\`` : `\`${name}/\``;
      const [row] = provider.capabilities!.layers(model);
      found.push([prefix, cellsOf(provider, model), `${link(row!.source)}, ${row!.date}`]);
    }
  }
  const chat = cellsOf(await load("openai"), "chat/gpt-4.1");
  const most = usual(found.map(([, cells]) => cells));
  const rows = found.map(([name, cells, source]) =>
    line([name, differing(cells, most) || "nothing", source]),
  );
  return `Most of them differ from OpenAI chat so: ${differing(most, chat)}.

${[head(["host", "what differs from most", "source"]), ...rows].join("\n")}`;
}

const link = (source: string) => (/^https:/.test(source) ? `<${source}>` : source);

function rules(): string {
  const seen = new Set<string>();
  const rows: string[] = [];
  for (const name of Object.keys(adapters)) {
    for (const { id, when, becomes, source, date } of rulesOf(name)) {
      if (seen.has(id)) continue;
      seen.add(id);
      rows.push(line([`\`${id}\``, when, becomes, `${link(source)}, ${date}`]));
    }
  }
  return [head(["rule", "when", "then", "source"]), ...rows].join("\n");
}

function factsIn({ facts: { params: _, ...facts } }: CapabilityLayer): string {
  const own = Object.entries(facts).map(([fact, value]) => `\`${fact}\` ${JSON.stringify(value)}`);
  return own.join("; ") || "nothing of its own";
}

/** Models that are off by now have rows, too. */
const longAgo = new Date("2020-01-01");

/** Every layer of the providers with models of their own: those that the catalogue knows, and ours. */
async function layers(): Promise<string> {
  const seen = new Set<string>();
  const rows: string[] = [];
  for (const [name, probed] of probedModels()) {
    if ((hostNames as readonly string[]).includes(name)) continue;
    const { layers } = (await load(name)).capabilities!;
    const known = models.find({ provider: name, now: longAgo }).map(({ entry }) => entry.id);
    for (const layer of [...probed, ...known.sort()].flatMap((model) => layers(model))) {
      const key = `${layer.layer} ${layer.of}`;
      if (seen.has(key)) continue;
      seen.add(key);
      rows.push(
        line([layer.of, layer.layer, factsIn(layer), `${link(layer.source)}, ${layer.date}`]),
      );
    }
  }
  return [head(["of", "layer", "facts", "source"]), ...rows].join("\n");
}

/** The page as it should be. */
export async function compatibilityPage(): Promise<string> {
  return `# Compatibility

What becomes of each parameter at each provider. This page is made by planning a request with each of
them, so it says what polycall does: \`node scripts/compatibility-page.ts\`. For your own request,
[\`explain()\`](explain.md) says it; to say it otherwise, see [capabilities](capabilities.md).

- **yes**: sent under its own name. A name in code: sent under that name.
- **left out**, **clamped**, **converted**, **emulated**: with a line in \`reply.warnings\`; refused
  instead with \`onUnsupported: "error"\` where it is a hint.
- **refused**: an \`UnsupportedParamsError\` before anything is sent.
- \`extra_body\` and \`headers\` always reach the wire, and win.

## Parameters

${await parameters()}

\`openai/MODEL\` goes to the one or the other endpoint by model and request; \`azure/\` is as \`openai/\`.

## Models that differ

${await families()}

## Hosts that speak OpenAI's protocol

${await hosts()}

## Combinations

A change that one of these made carries its id as \`rule\`; so does the error where it refuses.

${rules()}

## Facts

What the plans go by, with where it is from and the day it was read there. A higher layer goes over a
lower one: provider, family, model, then what you say (\`registerCapabilities\`), then what a refusal
taught.

${await layers()}
`;
}

if (import.meta.main) writeFileSync(page, await compatibilityPage());

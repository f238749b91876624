/** Which models fit a need, best first, with the reasons; and models side by side. */
import { modelsOf, providers } from "./catalogue.ts";
import type { Modality, ModelEntry, ModelKind } from "./entry.ts";
import { getModel } from "./lookup.ts";

export type Need = "tools" | "structuredOutput" | "reasoning" | Modality;

export interface FindQuery {
  /** One provider or several; all, unless given. */
  provider?: string | readonly string[];
  /** What it must do; a modality is one that it must read. */
  needs?: readonly Need[];
  /** Tokens. */
  minContext?: number;
  /** Dollars per million tokens, three parts input and one part output. */
  maxPrice?: number;
  /** Open weights, or not. */
  open?: boolean;
  /** Default: what makes text, reasoning or not. */
  kind?: ModelKind;
  /** Default "price": cheapest first. "newest", "context" and "output": most first. */
  sort?: "price" | "newest" | "context" | "output";
  /** Models that are off by this day are left out. Default: today. */
  now?: Date;
}

export interface Found {
  /** The model string. */
  model: string;
  entry: ModelEntry;
  /** Dollars per million tokens, three parts input and one part output. */
  price?: number;
  /** How it meets the query, one line each. */
  reasons: string[];
}

/** Dollars per million tokens of a usual call: three tokens are read for one that is written. */
export function blendedPrice({ price }: ModelEntry): number | undefined {
  if (price?.input === undefined || price.output === undefined) return undefined;
  return Math.round((3 * price.input + price.output) * 250_000) / 1e6;
}

/**
 * The models that meet every part of a query, ranked. What is not known of a model does not meet it.
 * @returns the same list for the same catalogue and day; empty when none fits
 */
export function findModels(query: FindQuery = {}): Found[] {
  const { provider = providers(), sort = "price", now = new Date() } = query;
  const today = now.toISOString().slice(0, 10);
  const found: Found[] = [];
  for (const name of typeof provider === "string" ? [provider] : provider) {
    for (const entry of modelsOf(name).values()) {
      const reasons = meets(entry, query, today);
      const model = `${name}/${entry.id}`;
      if (reasons) found.push({ model, entry, price: blendedPrice(entry), reasons });
    }
  }
  const order = orders[sort];
  return found.sort((a, b) => order(a, b) || (a.model < b.model ? -1 : 1));
}

/** Unknown goes last, whichever way the order runs. */
const most = (value: (found: Found) => number | undefined) => (a: Found, b: Found) =>
  (value(b) ?? -1) - (value(a) ?? -1);

const orders: Record<NonNullable<FindQuery["sort"]>, (a: Found, b: Found) => number> = {
  price: (a, b) => (a.price ?? 1e9) - (b.price ?? 1e9),
  newest: most(({ entry }) => (entry.released ? Date.parse(entry.released) : undefined)),
  context: most(({ entry }) => entry.contextWindow),
  output: most(({ entry }) => entry.outputLimit),
};

/** How an entry meets each part of the query; undefined when it misses one. */
function meets(entry: ModelEntry, query: FindQuery, today: string): string[] | undefined {
  const { kind, needs = [], minContext, maxPrice, open } = query;
  const price = blendedPrice(entry);
  const context = entry.contextWindow;
  const rules: [boolean, string][] = [
    [kind ? entry.kind === kind : writesText(entry), entry.kind ?? ""],
    [!entry.shutdown || entry.shutdown > today, entry.shutdown ? offAt(entry) : ""],
    ...needs.map((need): [boolean, string] => [can(entry, need), need]),
    [minContext === undefined || (context ?? 0) >= minContext, context ? `context ${context}` : ""],
    [
      maxPrice === undefined || (price ?? Number.NaN) <= maxPrice,
      price === undefined ? "" : `$${price} per million tokens (3 read : 1 written)`,
    ],
    [open === undefined || entry.openWeights === open, entry.openWeights ? openAs(entry) : ""],
  ];
  return rules.every(([met]) => met) ? rules.flatMap(([, why]) => why || []) : undefined;
}

const writesText = ({ kind, output }: ModelEntry) =>
  kind !== "embedding" && output?.includes("text") === true;

const openAs = ({ license }: ModelEntry) => `open weights${license ? ` (${license})` : ""}`;

const offAt = ({ shutdown, successor }: ModelEntry) =>
  `shuts down on ${shutdown}${successor ? `; then ${successor}` : ""}`;

function can(entry: ModelEntry, need: Need): boolean {
  switch (need) {
    case "tools":
      return entry.tools === true;
    case "structuredOutput":
      return entry.structuredOutput === true;
    case "reasoning":
      return entry.kind === "reasoning" || entry.kind === "hybrid";
    default:
      return entry.input?.includes(need) ?? false;
  }
}

/** One model in a table; what is not known is undefined. */
export interface ModelRow {
  model: string;
  /** Whether the catalogue knows it. */
  known: boolean;
  name?: string;
  kind?: ModelKind;
  open?: boolean;
  license?: string;
  /** Billions: "70", or "30, 3 active". */
  parameters?: string;
  released?: string;
  knowledge?: string;
  context?: number;
  maxOutput?: number;
  reads?: string;
  tools?: boolean;
  structuredOutput?: boolean;
  /** Dollars per million tokens. */
  input?: number;
  output?: number;
  cacheRead?: number;
  cacheWrite?: number;
  shutdown?: string;
  successor?: string;
}

function sizeOf(entry: ModelEntry | undefined): string | undefined {
  const { total, active } = entry?.parameters ?? {};
  return (
    [total && `${total}`, active && `${active} active`].filter(Boolean).join(", ") || undefined
  );
}

/** Models side by side, a row each in the order given: for `console.table`, or JSON. */
export function compareModels(models: readonly string[]): ModelRow[] {
  return models.map((model) => {
    const entry = getModel(model);
    return {
      model,
      known: entry !== undefined,
      name: entry?.name,
      kind: entry?.kind,
      open: entry?.openWeights,
      license: entry?.license,
      parameters: sizeOf(entry),
      released: entry?.released,
      knowledge: entry?.knowledge,
      context: entry?.contextWindow,
      maxOutput: entry?.outputLimit,
      reads: entry?.input?.join(", "),
      tools: entry?.tools,
      structuredOutput: entry?.structuredOutput,
      input: entry?.price?.input,
      output: entry?.price?.output,
      cacheRead: entry?.price?.cacheRead,
      cacheWrite: entry?.price?.cacheWrite,
      shutdown: entry?.shutdown,
      successor: entry?.successor,
    };
  });
}

/**
 * What differs between OpenAI's models: layers by prefix, the longest wins; a model that no row knows is
 * sent as the user wrote it.
 */
import {
  type CapabilityFacts,
  type CapabilityLayer,
  type FactShape,
  factsFrom,
  type ReasoningEffort,
} from "@polycall/core";

export type ModelFacts = {
  /** Thinks before it answers: wants `max_completion_tokens`. */
  readonly reasoning?: boolean;
  /** Values of `reasoning_effort`; absent: any; none: the model refuses the parameter. */
  readonly efforts?: readonly ReasoningEffort[];
  /** The effort when the request names none. */
  readonly defaultEffort?: ReasoningEffort;
  /** When temperature, top_p, penalties and logprobs may differ from their defaults. */
  readonly sampling?: "always" | "without reasoning" | "never";
  /** When /chat/completions takes function tools. */
  readonly chatTools?: "always" | "without reasoning" | "never";
  /** Served on /responses only. */
  readonly responsesOnly?: boolean;
  /** Knows no `verbosity` but "medium". */
  readonly noVerbosity?: boolean;
  /** Refuses `stop`. */
  readonly noStop?: boolean;
  /** Takes `web_search_options` on /chat/completions; the others search with a tool of /responses. */
  readonly chatSearch?: boolean;
};

const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** What a user may say otherwise. */
export const shape: { readonly [fact in keyof ModelFacts]-?: FactShape } = {
  reasoning: "boolean",
  efforts: { listOf: efforts },
  defaultEffort: { oneOf: efforts },
  sampling: { oneOf: ["always", "without reasoning", "never"] },
  chatTools: { oneOf: ["always", "without reasoning", "never"] },
  responsesOnly: "boolean",
  noVerbosity: "boolean",
  noStop: "boolean",
  chatSearch: "boolean",
};

type Layers = readonly CapabilityLayer[];

const date = "2026-11-23";
const guides = "https://platform.openai.com/docs/guides";
const modelPages = "https://platform.openai.com/docs/models";

const provider: CapabilityLayer = {
  layer: "provider",
  of: "openai",
  facts: {},
  source: "https://platform.openai.com/docs/api-reference/chat/create",
  date,
};

function family(of: string, facts: ModelFacts, source: string, on: Layers = [provider]): Layers {
  return [...on, { layer: "family", of, facts, source, date }];
}

/** A row of a model that differs from its family. */
function row(of: string, on: Layers, facts: ModelFacts): readonly [name: string, layers: Layers] {
  return [of, [...on, { layer: "model", of, facts, source: `${modelPages}/${of}`, date }]];
}

const plain: Layers = [provider];
/** Answers at once: "Unrecognized request argument supplied: reasoning_effort". */
const noEffort = family("no reasoning", { efforts: [], noVerbosity: true }, `${guides}/reasoning`);

const oSeries = family(
  "o-series",
  {
    reasoning: true,
    efforts: ["low", "medium", "high"],
    defaultEffort: "medium",
    sampling: "never",
    noVerbosity: true,
  },
  `${guides}/reasoning`,
);
const gpt5 = family(
  "gpt-5",
  {
    reasoning: true,
    efforts: ["minimal", "low", "medium", "high"],
    defaultEffort: "medium",
    sampling: "never",
    noStop: true,
  },
  `${guides}/latest-model`,
);
const gpt51 = family(
  "gpt-5.1",
  {
    efforts: ["none", "low", "medium", "high"],
    defaultEffort: "none",
    sampling: "without reasoning",
  },
  `${modelPages}/gpt-5.1`,
  gpt5,
);
const gpt52 = family(
  "gpt-5.2",
  { efforts: ["none", "low", "medium", "high", "xhigh"] },
  `${modelPages}/gpt-5.2`,
  gpt51,
);
/** Function tools on chat only without reasoning; 5.6 reasons by default. */
const gpt54 = family(
  "gpt-5.4",
  { chatTools: "without reasoning", noStop: false },
  "https://github.com/danny-avila/LibreChat/issues/14231",
  gpt52,
);
const gpt56 = family(
  "gpt-5.6",
  { efforts: ["none", "low", "medium", "high", "xhigh", "max"], defaultEffort: "medium" },
  `${modelPages}/gpt-5.6`,
  gpt54,
);
/** Always reasons; tools on /responses only. */
const gpt62 = family(
  "gpt-6.2",
  {
    reasoning: true,
    efforts: ["low", "medium", "high", "xhigh"],
    defaultEffort: "medium",
    sampling: "never",
    chatTools: "never",
  },
  `${modelPages}/gpt-6.2`,
);

const responsesOnly: ModelFacts = { responsesOnly: true };
const pro: ModelFacts = { ...responsesOnly, efforts: ["medium", "high", "xhigh"] };
const search: ModelFacts = { sampling: "never", chatSearch: true };
const noStop: ModelFacts = { noStop: true };

const rows: Readonly<Record<string, Layers>> = {
  "gpt-3.5-turbo": noEffort,
  "gpt-4": noEffort,
  "gpt-4o": noEffort,
  "gpt-4.1": noEffort,
  "gpt-audio": noEffort,
  "chatgpt-4o": noEffort,
  o1: oSeries,
  "o3-mini": oSeries,
  "gpt-5": gpt5,
  "gpt-5-chat": noEffort,
  "gpt-5.1": gpt51,
  "gpt-5.1-chat": plain,
  "gpt-5.2": gpt52,
  "gpt-5.2-chat": plain,
  "gpt-5.3-chat": plain,
  "gpt-5.4": gpt54,
  "gpt-5.5": gpt54,
  "gpt-5.6": gpt56,
  "gpt-6-sol": gpt56,
  "gpt-6-luna": gpt56,
  "gpt-6-astra": gpt62,
  "gpt-6.1": gpt62,
  "gpt-6.2": gpt62,
  ...Object.fromEntries([
    row("o1-pro", oSeries, responsesOnly),
    row("o3", oSeries, noStop),
    row("o3-pro", oSeries, responsesOnly),
    row("o3-deep-research", oSeries, responsesOnly),
    row("o4-mini", oSeries, noStop),
    row("o4-mini-deep-research", oSeries, responsesOnly),
    row("computer-use-preview", plain, responsesOnly),
    row("codex-mini-latest", oSeries, responsesOnly),
    row("gpt-5-search-api", noEffort, search),
    row("gpt-5-codex", gpt5, responsesOnly),
    row("gpt-5-pro", gpt5, { ...responsesOnly, efforts: ["high"], defaultEffort: "high" }),
    row("gpt-5.1-codex", gpt51, responsesOnly),
    row("gpt-5.2-codex", gpt52, responsesOnly),
    row("gpt-5.2-pro", gpt52, pro),
    row("gpt-5.3-codex", gpt52, responsesOnly),
    row("gpt-5.4-pro", gpt54, pro),
    row("gpt-5.5-pro", gpt54, pro),
    row("gpt-4o-search-preview", noEffort, search),
    row("gpt-4o-mini-search-preview", noEffort, search),
  ]),
};

/** For `gpt-7` and whatever follows: what all reasoning models since gpt-5 have in common. */
const newer = family(
  "gpt-5 and later",
  { reasoning: true, sampling: "without reasoning" },
  `${guides}/latest-model`,
);

/**
 * The layers of a model by its name at OpenAI; a fine-tuned one (`ft:gpt-4o:org::id`) has those of
 * its base. A prefix ends at the name's end or before a "-": `gpt-5` is not `gpt-5.1`.
 */
export function layersOf(model: string): Layers {
  const name = model.startsWith("ft:") ? model.slice(3).split(":")[0]! : model;
  for (let end = name.length; end > 0; end = name.lastIndexOf("-", end - 1)) {
    const prefix = name.slice(0, end);
    if (Object.hasOwn(rows, prefix)) return rows[prefix]!;
  }
  const major = /^gpt-(\d+)(?:[.-]|$)/.exec(name)?.[1];
  return Number(major) >= 5 ? newer : plain;
}

/** The facts of a model; `known` is what the user says of it, and what was learned. */
export const factsOf = /* @__PURE__ */ factsFrom<ModelFacts>(layersOf);

/** From GPT-5.6 on parts can be marked for the prompt cache. Source: the types of `openai` 7.57. */
export function takesBreakpoints(model: string): boolean {
  const [, major, minor = "0"] = /^(?:ft:)?gpt-(\d+)(?:\.(\d+))?(?:[-:]|$)/.exec(model) ?? [];
  return Number(major) > 5 || (major === "5" && Number(minor) >= 6);
}

/** The facts of a model under its maker's name too: "openai/gpt-5.6-sol", "openai.gpt-5.6-luna". */
export function hostedFactsOf(model: string, known?: CapabilityFacts): ModelFacts {
  return factsOf(model.replace(/^openai[/.]/, ""), known);
}

/** Whether this request makes the model reason. */
export function reasons(facts: ModelFacts, effort: string | null | undefined): boolean {
  return !!facts.reasoning && (effort ?? facts.defaultEffort ?? "medium") !== "none";
}

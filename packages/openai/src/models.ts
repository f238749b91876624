/**
 * What differs between OpenAI's models: rows, longest prefix wins; a model that no row knows is
 * sent as the user wrote it. Sources: https://platform.openai.com/docs/models and /guides/reasoning,
 * the `openai` SDK's types (7.57), GitHub issues on 400s; gathered 2026-11-23.
 */
import type { ReasoningEffort } from "@polycall/core";

export interface ModelFacts {
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
}

const plain: ModelFacts = {};
/** Answers at once: "Unrecognized request argument supplied: reasoning_effort". */
const noEffort: ModelFacts = { efforts: [], noVerbosity: true };
const search: ModelFacts = { ...noEffort, sampling: "never", chatSearch: true };

const oSeries: ModelFacts = {
  reasoning: true,
  efforts: ["low", "medium", "high"],
  defaultEffort: "medium",
  sampling: "never",
  noVerbosity: true,
};
const gpt5: ModelFacts = {
  reasoning: true,
  efforts: ["minimal", "low", "medium", "high"],
  defaultEffort: "medium",
  sampling: "never",
  noStop: true,
};
const gpt51: ModelFacts = {
  reasoning: true,
  efforts: ["none", "low", "medium", "high"],
  defaultEffort: "none",
  sampling: "without reasoning",
  noStop: true,
};
const gpt52: ModelFacts = { ...gpt51, efforts: ["none", "low", "medium", "high", "xhigh"] };
/** Function tools on chat only without reasoning; 5.6 reasons by default. */
const gpt54: ModelFacts = { ...gpt52, chatTools: "without reasoning", noStop: false };
const gpt56: ModelFacts = {
  ...gpt54,
  efforts: ["none", "low", "medium", "high", "xhigh", "max"],
  defaultEffort: "medium",
};
/** Always reasons; tools on /responses only. */
const gpt62: ModelFacts = {
  reasoning: true,
  efforts: ["low", "medium", "high", "xhigh"],
  defaultEffort: "medium",
  sampling: "never",
  chatTools: "never",
};
const responsesOnly = (facts: ModelFacts): ModelFacts => ({ ...facts, responsesOnly: true });

const rows: Readonly<Record<string, ModelFacts>> = {
  "gpt-3.5-turbo": noEffort,
  "gpt-4": noEffort,
  "gpt-4o": noEffort,
  "gpt-4.1": noEffort,
  "gpt-audio": noEffort,
  "chatgpt-4o": noEffort,
  o1: oSeries,
  "o1-pro": responsesOnly(oSeries),
  o3: { ...oSeries, noStop: true },
  "o3-mini": oSeries,
  "o3-pro": responsesOnly(oSeries),
  "o3-deep-research": responsesOnly(oSeries),
  "o4-mini": { ...oSeries, noStop: true },
  "o4-mini-deep-research": responsesOnly(oSeries),
  "computer-use-preview": responsesOnly(plain),
  "codex-mini-latest": responsesOnly(oSeries),
  "gpt-5": gpt5,
  "gpt-5-chat": noEffort,
  "gpt-5-search-api": search,
  "gpt-5-codex": responsesOnly(gpt5),
  "gpt-5-pro": responsesOnly({ ...gpt5, efforts: ["high"], defaultEffort: "high" }),
  "gpt-5.1": gpt51,
  "gpt-5.1-chat": plain,
  "gpt-5.1-codex": responsesOnly(gpt51),
  "gpt-5.2": gpt52,
  "gpt-5.2-chat": plain,
  "gpt-5.2-codex": responsesOnly(gpt52),
  "gpt-5.2-pro": responsesOnly({ ...gpt52, efforts: ["medium", "high", "xhigh"] }),
  "gpt-5.3-chat": plain,
  "gpt-5.3-codex": responsesOnly(gpt52),
  "gpt-5.4": gpt54,
  "gpt-5.4-pro": responsesOnly({ ...gpt54, efforts: ["medium", "high", "xhigh"] }),
  "gpt-5.5": gpt54,
  "gpt-5.5-pro": responsesOnly({ ...gpt54, efforts: ["medium", "high", "xhigh"] }),
  "gpt-5.6": gpt56,
  "gpt-6-sol": gpt56,
  "gpt-6-luna": gpt56,
  "gpt-6-astra": gpt62,
  "gpt-6.1": gpt62,
  "gpt-6.2": gpt62,
  "gpt-4o-search-preview": search,
  "gpt-4o-mini-search-preview": search,
};

/** For `gpt-7` and whatever follows: what all reasoning models since gpt-5 have in common. */
const newer: ModelFacts = { reasoning: true, sampling: "without reasoning" };

/**
 * The facts of a model by its name at OpenAI; a fine-tuned one (`ft:gpt-4o:org::id`) has those of
 * its base. A prefix ends at the name's end or before a "-": `gpt-5` is not `gpt-5.1`.
 */
export function factsOf(model: string): ModelFacts {
  const name = model.startsWith("ft:") ? model.slice(3).split(":")[0]! : model;
  for (let end = name.length; end > 0; end = name.lastIndexOf("-", end - 1)) {
    const prefix = name.slice(0, end);
    if (Object.hasOwn(rows, prefix)) return rows[prefix]!;
  }
  const major = /^gpt-(\d+)(?:[.-]|$)/.exec(name)?.[1];
  return Number(major) >= 5 ? newer : plain;
}

/** The facts of a model under its maker's name too: "openai/gpt-5.6-sol", "openai.gpt-5.6-luna". */
export function hostedFactsOf(model: string): ModelFacts {
  return factsOf(model.replace(/^openai[/.]/, ""));
}

/** Whether this request makes the model reason. */
export function reasons(facts: ModelFacts, effort: string | null | undefined): boolean {
  return !!facts.reasoning && (effort ?? facts.defaultEffort ?? "medium") !== "none";
}

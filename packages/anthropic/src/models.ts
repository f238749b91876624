/** What varies by model, as rows: a name and what the Messages API takes of it. */
import {
  type Capabilities,
  type CapabilityLayer,
  type FactShape,
  factsFrom,
  type ReasoningEffort,
} from "@polycall/core";

export type ModelFacts = {
  /** The most `max_tokens` it takes; what we send when the caller sets none. */
  maxOutput: number;
  /** How thinking is asked for: not at all, by a token budget, by effort (adaptive), or either way. */
  thinking: "none" | "budget" | "either" | "adaptive";
  /** It thinks although nobody asked. */
  thinksUnasked: boolean;
  /** It takes `thinking: { type: "disabled" }`. */
  thinkingOff: boolean;
  /** Thinking comes back without its text unless `display: "summarized"` is sent. */
  hidesThinking: boolean;
  /** Values of `output_config.effort`, lowest first. */
  efforts: readonly ReasoningEffort[];
  /** temperature, top_p, top_k: all, temperature or top_p but not both, or none. */
  sampling: "all" | "one" | "none";
  /** A final assistant message is continued; else it is refused. */
  prefill: boolean;
  /** `tool_choice` any/tool: taken, taken unless a thinking budget is set, unless it thinks, or never. */
  forcedTool: "yes" | "unless-budget" | "unless-thinking" | "never";
  /** Takes `output_config.format` and strict tools. */
  schema: boolean;
  /** Takes `role: "system"` right after a user turn. */
  midSystem: boolean;
};

const shape: { readonly [fact in keyof ModelFacts]: FactShape } = {
  maxOutput: "integer",
  thinking: { oneOf: ["none", "budget", "either", "adaptive"] },
  thinksUnasked: "boolean",
  thinkingOff: "boolean",
  hidesThinking: "boolean",
  efforts: { listOf: ["low", "medium", "high", "xhigh", "max"] },
  sampling: { oneOf: ["all", "one", "none"] },
  prefill: "boolean",
  forcedTool: { oneOf: ["yes", "unless-budget", "unless-thinking", "never"] },
  schema: "boolean",
  midSystem: "boolean",
};

type Layers = readonly CapabilityLayer[];

const date = "2026-11-23";
const docs = "https://platform.claude.com/docs/en";
/** It tells what changed from each generation to the next. */
const migration = `${docs}/models/opus-5-5/migration-guide`;
const sdk = "@anthropic-ai/sdk@1.12";

const base: ModelFacts = {
  maxOutput: 4096,
  thinking: "none",
  thinksUnasked: false,
  thinkingOff: false,
  hidesThinking: false,
  efforts: [],
  sampling: "all",
  prefill: true,
  forcedTool: "yes",
  schema: false,
  midSystem: false,
};
const provider: Layers = [
  { layer: "provider", of: "anthropic", facts: base, source: `${docs}/api/messages`, date },
];

function family(of: string, facts: Partial<ModelFacts>, source: string, on: Layers): Layers {
  return [...on, { layer: "family", of, facts, source, date }];
}

const claude3 = family("claude-3", {}, sdk, provider);
const claude37 = family(
  "claude-3.7",
  { maxOutput: 64_000, thinking: "budget", thinkingOff: true, forcedTool: "unless-budget" },
  `${docs}/build-with-claude/extended-thinking`,
  provider,
);
const claude45 = family("claude-4.5", { sampling: "one", schema: true }, migration, claude37);
const claude46 = family(
  "claude-4.6",
  {
    maxOutput: 128_000,
    thinking: "either",
    efforts: ["low", "medium", "high", "max"],
    prefill: false,
  },
  `${docs}/build-with-claude/effort`,
  claude45,
);
const claude47 = family(
  "claude-4.7",
  {
    thinking: "adaptive",
    hidesThinking: true,
    efforts: ["low", "medium", "high", "xhigh", "max"],
    sampling: "none",
    forcedTool: "unless-thinking",
  },
  `${docs}/build-with-claude/adaptive-thinking`,
  claude46,
);
const claude5 = family("claude-5", { thinksUnasked: true, midSystem: true }, migration, claude47);
const alwaysThinking = family(
  "claude, always thinking",
  { thinkingOff: false, forcedTool: "never" },
  migration,
  claude5,
);

/** Models that differ from their family in the one fact. */
function of(on: Layers, name: string, facts: Partial<ModelFacts>, source: string): Layers {
  return [...on, { layer: "model", of: name, facts, source, date }];
}
const limits = "https://models.dev/api.json";

/**
 * Rows are matched by whole name, a date, "-latest" or a cloud's suffix aside. Limits, efforts and
 * sampling are models.dev's of 2026-09-30, too; `any` with adaptive thinking on 4.6 and system turns
 * were seen in recordings.
 */
const rows: readonly (readonly [layers: Layers, ...names: string[]])[] = [
  [claude3, "claude-3-opus", "claude-3-sonnet", "claude-3-haiku"],
  [of(claude3, "claude-3-5", { maxOutput: 8192 }, limits), "claude-3-5-sonnet", "claude-3-5-haiku"],
  [claude37, "claude-3-7-sonnet", "claude-sonnet-4", "claude-sonnet-4-0"],
  [
    of(claude37, "claude-opus-4", { maxOutput: 32_000 }, limits),
    ...["claude-opus-4", "claude-opus-4-0"],
  ],
  [of(claude45, "claude-opus-4-1", { maxOutput: 32_000 }, limits), "claude-opus-4-1"],
  [claude45, "claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5"],
  [claude46, "claude-opus-4-6", "claude-sonnet-4-6"],
  [claude47, "claude-opus-4-7"],
  [of(claude47, "claude-opus-4-8", { midSystem: true }, migration), "claude-opus-4-8"],
  [claude5, "claude-opus-5", "claude-sonnet-5", "claude-haiku-5-5"],
  [
    alwaysThinking,
    ...["claude-opus-5-5", "claude-sonnet-5-5", "claude-mythos-preview"],
    ...["claude-fable-5", "claude-fable-5-1", "claude-fable-5-2"],
    ...["claude-mythos-5", "claude-mythos-5-1", "claude-mythos-5-2"],
  ],
];

const byName = new Map<string, Layers>(
  rows.flatMap(([layers, ...names]) => names.map((name) => [name, layers] as const)),
);

/** A Claude that this table does not know is newer than it: what the newest share, a safe limit. */
const unknownClaude = family(
  "an unknown claude",
  { maxOutput: 32_000, forcedTool: "yes" },
  migration,
  claude5,
);
/** Another vendor's model behind Anthropic's protocol: the protocol's common part. */
const unknownOther = family(
  "another vendor's model",
  { maxOutput: 8192, forcedTool: "yes" },
  sdk,
  claude37,
);

/** A name without region, vendor, date and version marks: what two spellings of a model share. */
export function baseName(model: string): string {
  return model
    .toLowerCase()
    .replace(/^.*[./](?=claude)/, "")
    .replace(/(-latest|[-@]\d{8})?(-v\d+)?(:\d+)?$/, "");
}

/** The layers of a model, by the name Anthropic, Bedrock or Vertex gives it. Never fails. */
function layersOf(model: string): Layers {
  const name = baseName(model);
  return byName.get(name) ?? (name.startsWith("claude") ? unknownClaude : unknownOther);
}

/** The facts of a model; what the user says of it, and what was learned, wins. */
export const factsOf = /* @__PURE__ */ factsFrom<ModelFacts>(layersOf);

export const capabilities: Capabilities = { layers: layersOf, shape };

/** Whether the model's own maximum is known, so that a larger `max_tokens` can be clamped to it. */
export function isKnown(model: string): boolean {
  return byName.has(baseName(model));
}

/** What varies by model, as rows: a name and what the Messages API takes of it. */
import type { ReasoningEffort } from "@polycall/core";

export interface ModelFacts {
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
}

const claude3: ModelFacts = {
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
const claude37: ModelFacts = {
  ...claude3,
  maxOutput: 64_000,
  thinking: "budget",
  thinkingOff: true,
  forcedTool: "unless-budget",
};
const claude45: ModelFacts = { ...claude37, sampling: "one", schema: true };
const claude46: ModelFacts = {
  ...claude45,
  maxOutput: 128_000,
  thinking: "either",
  efforts: ["low", "medium", "high", "max"],
  prefill: false,
};
const claude47: ModelFacts = {
  ...claude46,
  thinking: "adaptive",
  hidesThinking: true,
  efforts: ["low", "medium", "high", "xhigh", "max"],
  sampling: "none",
  forcedTool: "unless-thinking",
};
const claude5: ModelFacts = { ...claude47, thinksUnasked: true, midSystem: true };
const alwaysThinking: ModelFacts = { ...claude5, thinkingOff: false, forcedTool: "never" };

/**
 * Rows are matched by whole name, a date, "-latest" or a cloud's suffix aside. Sources: the
 * `Model` type of @anthropic-ai/sdk 1.12; models.dev of 2026-09-30 (limits, efforts, sampling);
 * platform.claude.com "What's new" and migration guides of Opus 5, 5.5, Sonnet 5, 5.5, Haiku 5.5
 * (read 2026-11-23); recordings for `any` with adaptive thinking on 4.6 and for system turns.
 */
const rows: readonly (readonly [facts: ModelFacts, ...names: string[]])[] = [
  [claude3, "claude-3-opus", "claude-3-sonnet", "claude-3-haiku"],
  [{ ...claude3, maxOutput: 8192 }, "claude-3-5-sonnet", "claude-3-5-haiku"],
  [claude37, "claude-3-7-sonnet", "claude-sonnet-4", "claude-sonnet-4-0"],
  [{ ...claude37, maxOutput: 32_000 }, "claude-opus-4", "claude-opus-4-0"],
  [{ ...claude45, maxOutput: 32_000 }, "claude-opus-4-1"],
  [claude45, "claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5"],
  [claude46, "claude-opus-4-6", "claude-sonnet-4-6"],
  [claude47, "claude-opus-4-7"],
  [{ ...claude47, midSystem: true }, "claude-opus-4-8"],
  [claude5, "claude-opus-5", "claude-sonnet-5", "claude-haiku-5-5"],
  [
    alwaysThinking,
    ...["claude-opus-5-5", "claude-sonnet-5-5", "claude-mythos-preview"],
    ...["claude-fable-5", "claude-fable-5-1", "claude-fable-5-2"],
    ...["claude-mythos-5", "claude-mythos-5-1", "claude-mythos-5-2"],
  ],
];

const byName = new Map<string, ModelFacts>(
  rows.flatMap(([facts, ...names]) => names.map((name) => [name, facts] as const)),
);

/** A Claude that this table does not know is newer than it: what the newest share, a safe limit. */
const unknownClaude: ModelFacts = { ...claude5, maxOutput: 32_000, forcedTool: "yes" };
/** Another vendor's model behind Anthropic's protocol: the protocol's common part. */
const unknownOther: ModelFacts = { ...claude37, maxOutput: 8192, forcedTool: "yes" };

/** A name without region, vendor, date and version marks: what two spellings of a model share. */
export function baseName(model: string): string {
  return model
    .toLowerCase()
    .replace(/^.*[./](?=claude)/, "")
    .replace(/(-latest|[-@]\d{8})?(-v\d+)?(:\d+)?$/, "");
}

/** The facts of a model, by the name Anthropic, Bedrock or Vertex gives it. Never fails. */
export function factsOf(model: string): ModelFacts {
  const name = baseName(model);
  return byName.get(name) ?? (name.startsWith("claude") ? unknownClaude : unknownOther);
}

/** Whether the model's own maximum is known, so that a larger `max_tokens` can be clamped to it. */
export function isKnown(model: string): boolean {
  return byName.has(baseName(model));
}

/** How Claude's prompts are cached, by model. Data. */
import type { CachingFacts, PlanContext } from "@polycall/core";
import { baseName } from "./models.ts";

/**
 * Tokens that a prefix must have; a shorter one is not cached, without an error. Source:
 * platform.claude.com, prompt caching, as read in 2026-08 (it does not name the models since).
 */
const minimums: readonly (readonly [tokens: number, ...names: string[]])[] = [
  [512, "claude-opus-5", "claude-fable-5", "claude-mythos-5"],
  [
    1024,
    ...["claude-opus-4-8", "claude-sonnet-5", "claude-sonnet-4-6", "claude-sonnet-4-5"],
    ...["claude-opus-4-1", "claude-opus-4", "claude-opus-4-0", "claude-sonnet-4"],
    ...["claude-sonnet-4-0", "claude-3-7-sonnet", "claude-3-5-sonnet", "claude-3-opus"],
  ],
  [2048, "claude-opus-4-7", "claude-mythos-preview", "claude-3-5-haiku", "claude-3-haiku"],
  [4096, "claude-opus-4-6", "claude-opus-4-5", "claude-haiku-4-5"],
];

const byName = new Map<string, number>(
  minimums.flatMap(([tokens, ...names]) => names.map((name) => [name, tokens] as const)),
);

export function cachingOf({ model }: PlanContext): CachingFacts {
  const minimum = byName.get(baseName(model));
  return { mechanism: "marks", ttls: ["5m", "1h"], ...(minimum !== undefined && { minimum }) };
}

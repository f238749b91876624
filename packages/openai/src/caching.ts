/** How the prompts of OpenAI's models are cached. Data. */
import type { CachingFacts, PlanContext } from "@polycall/core";

/**
 * Models whose entries can be kept for a day instead of some minutes; 5.5 keeps them for a day anyway.
 * Source: developers.openai.com, prompt caching, as read in 2026-08.
 */
const keptForADay =
  /^gpt-(?:4\.1|5|5-codex|5\.1|5\.1-codex|5\.1-codex-max|5\.1-codex-mini|5\.1-chat-latest|5\.2|5\.4)(?:-20\d\d-\d\d-\d\d)?$/;

/** From GPT-5.6 on parts can be marked, and writes cost. Source: the types of `openai` 7.57. */
export function takesBreakpoints(model: string): boolean {
  const [, major, minor = "0"] = /^(?:ft:)?gpt-(\d+)(?:\.(\d+))?(?:[-:]|$)/.exec(model) ?? [];
  return Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 6);
}

/** @param model at OpenAI, without the forced endpoint */
export function factsOfModel(model: string): CachingFacts {
  const common = { minimum: 1024, key: "prompt_cache_key", autoKey: true } as const;
  if (takesBreakpoints(model)) return { ...common, mechanism: "breakpoints", ttls: ["30m", "12h"] };
  if (/^gpt-(?:3|4(?:-|$))/.test(model)) return { mechanism: "none" };
  if (/^gpt-5\.5(?:-|$)/.test(model)) return { ...common, mechanism: "automatic", ttls: ["24h"] };
  const ttls = keptForADay.test(model) ? (["5m", "24h"] as const) : (["5m"] as const);
  return { ...common, mechanism: "automatic", ttls };
}

/** OpenAI itself, and Azure, where the model string names a deployment. */
export function openaiCaching({ connection, model }: PlanContext): CachingFacts {
  return factsOfModel(connection.settings.baseModel ?? model.replace(/^(?:chat|responses)\//, ""));
}

/** It caches by itself, and no more is known. */
export const automatic: CachingFacts = { mechanism: "automatic" };

/** Calls with the same key go where their prefix is cached. */
export const byKey: CachingFacts = { ...automatic, key: "prompt_cache_key", autoKey: true };

/** Gemini's token counts as ours. Pure. Source: UsageMetadata in @google/genai 3.1. */
import type { GenerateContentResponseUsageMetadata as UsageMetadata } from "@google/genai";
import type { CompletionData, Usage } from "@polycall/core";
import type { WireCandidate, WireReply } from "./wire.ts";

type Details = UsageMetadata["promptTokensDetails"];

function modality(name: string, ...lists: Details[]): number | undefined {
  let sum: number | undefined;
  for (const list of lists) {
    for (const { modality, tokenCount } of list ?? []) {
      if (modality === name && tokenCount) sum = (sum ?? 0) + tokenCount;
    }
  }
  return sum;
}

/**
 * `promptTokenCount` holds the cached tokens, but neither what built-in tools fed back to the
 * model (`toolUsePromptTokenCount`) nor, in `candidatesTokenCount`, the thoughts.
 * @returns undefined where no token was counted (a prompt that Model Armor blocked)
 */
export function usageOf({ usageMetadata: raw, candidates }: WireReply): Usage | undefined {
  if (raw?.promptTokenCount === undefined && raw?.candidatesTokenCount === undefined) {
    return undefined;
  }
  const prompt_tokens = (raw.promptTokenCount ?? 0) + (raw.toolUsePromptTokenCount ?? 0);
  const completion_tokens = (raw.candidatesTokenCount ?? 0) + (raw.thoughtsTokenCount ?? 0);
  const web_search_requests = searches(candidates ?? []);
  const input: Details[] = [raw.promptTokensDetails, raw.toolUsePromptTokensDetails];
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    ...(web_search_requests && { server_tool_use: { web_search_requests } }),
    prompt_tokens_details: defined({
      cached_tokens: raw.cachedContentTokenCount ?? 0,
      audio_tokens: modality("AUDIO", ...input),
      image_tokens: modality("IMAGE", ...input),
      text_tokens: modality("TEXT", ...input),
    }),
    completion_tokens_details: defined({
      reasoning_tokens: raw.thoughtsTokenCount ?? 0,
      audio_tokens: modality("AUDIO", raw.candidatesTokensDetails),
      text_tokens: modality("TEXT", raw.candidatesTokensDetails),
    }),
  };
}

/**
 * Queries that Google bills: each one once, empty ones not.
 * Source: https://ai.google.dev/gemini-api/docs/google-search, 2026-11.
 */
function searches(candidates: readonly WireCandidate[]): number {
  const queries = candidates.flatMap((one) => one.groundingMetadata?.webSearchQueries ?? []);
  return new Set(queries.filter(Boolean)).size;
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

const tiers: Readonly<Record<string, CompletionData["service_tier"]>> = {
  standard: "default",
  flex: "flex",
  priority: "priority",
  ON_DEMAND: "default",
  ON_DEMAND_FLEX: "flex",
  ON_DEMAND_PRIORITY: "priority",
};

/** The tier that served: the Gemini API names it, Vertex AI gives the kind of traffic. */
export function tierOf(raw: UsageMetadata | null | undefined): CompletionData["service_tier"] {
  const { serviceTier, trafficType } = (raw ?? {}) as {
    serviceTier?: string;
    trafficType?: string;
  };
  return tiers[serviceTier?.toLowerCase() ?? trafficType ?? ""];
}

/** A host's token counts as ours. Pure. */
import type { Plan, Usage } from "@polycall/core";
import { factsOf } from "../models.ts";
import type { WireUsage } from "./wire.ts";

/**
 * `total_tokens` above input plus output is output that was left out of `completion_tokens`:
 * reasoning, at Google's OpenAI endpoint and at xAI (recordings of 2025; xAI's docs).
 */
export function usageOf(raw: WireUsage, plan?: Pick<Plan, "provider" | "model">): Usage {
  const input = count(raw.prompt_tokens);
  const said = count(raw.completion_tokens);
  const unlisted = Math.max(0, count(raw.total_tokens) - input - said);
  const output = said + unlisted;
  const usage: Usage = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
  };
  const prompt = numbers(raw.prompt_tokens_details);
  const cached = raw.prompt_cache_hit_tokens ?? raw.cached_tokens ?? raw.num_cached_tokens;
  if (prompt.cached_tokens === undefined && typeof cached === "number") {
    prompt.cached_tokens = cached;
  }
  if (Object.keys(prompt).length) usage.prompt_tokens_details = prompt;
  const completion = numbers(raw.completion_tokens_details);
  if (unlisted) completion.reasoning_tokens ??= unlisted;
  if (Object.keys(completion).length) usage.completion_tokens_details = completion;
  const searches = raw.server_tool_use_details?.web_search_requests ?? raw.num_search_queries;
  const searched = typeof searches === "number" ? searches : Number(alwaysSearches(plan));
  if (searched) usage.server_tool_use = { web_search_requests: searched };
  const cost = costOf(raw);
  if (cost !== undefined) usage.cost = cost;
  return usage;
}

/** OpenAI's search models search before each reply, and say nothing of it. */
function alwaysSearches(plan?: Pick<Plan, "provider" | "model">): boolean {
  return plan?.provider === "openai" && !!factsOf(plan.model).chatSearch;
}

/** A gateway in a loosely typed language may send a count as text. */
function count(value: unknown): number {
  const number = Number(value);
  return Number.isFinite(number) ? number : 0;
}

function numbers(details: WireUsage["prompt_tokens_details"]): { [key: string]: number } {
  const kept: { [key: string]: number } = {};
  for (const [key, value] of Object.entries(details ?? {})) {
    if (typeof value === "number") kept[key] = value;
  }
  return kept;
}

/** Dollars. With the user's own key OpenRouter's `cost` is its fee alone; the model's price stands beside it. */
function costOf({
  cost,
  is_byok,
  cost_details,
  cost_in_usd_ticks: ticks,
}: WireUsage): number | undefined {
  // Source: https://docs.x.ai/developers/cost-tracking, 2026-11.
  if (typeof ticks === "number") return ticks / 1e10;
  if (typeof cost === "number") {
    return is_byok ? cost + (cost_details?.upstream_inference_cost ?? 0) : cost;
  }
  const total = (cost as { total_cost?: unknown } | null | undefined)?.total_cost;
  return typeof total === "number" ? total : undefined;
}

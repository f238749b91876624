/** What the provider's prompt cache did for a reply, from its usage and the catalogue's prices. */
import type { CacheReport, PromptCaches } from "@polycall/core";
import { savedBy } from "../pricing.ts";
import { watch } from "./watch.ts";

export const report: PromptCaches["report"] = (plan, reply, client, logger) => {
  const { prompt_tokens = 0, prompt_tokens_details: details } = reply.usage ?? {};
  const { cached_tokens, cache_write_tokens } = details ?? {};
  if (cached_tokens === undefined && cache_write_tokens === undefined) return undefined;
  const read = cached_tokens ?? 0;
  const written = cache_write_tokens ?? 0;
  const uncached = prompt_tokens - read - written;
  const cache: CacheReport = { read, written, uncached, hitRate: read / (prompt_tokens || 1) };
  const { provider, model } = plan;
  const saved = read || written ? savedBy(provider, model, reply) : 0;
  if (saved !== undefined) cache.saved = saved;
  const broken = plan.cache && watch(client, plan, reply);
  if (!broken) return cache;
  const { reason, lost } = broken;
  logger.info(`${provider}/${model}: ${lost} cached tokens were not read: ${reason}`);
  return { ...cache, broken };
};

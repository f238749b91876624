/** What the provider's prompt cache did for a reply, from its usage; and the way to those who plan it. */
import type { CallInternals } from "./call.ts";
import { InvalidRequestError } from "./errors.ts";
import type { Plan } from "./provider.ts";
import type { Resolved } from "./resolve.ts";
import type { CachePlan, CacheReport, PromptCaches } from "./types/caching.ts";
import type { CompletionData } from "./types/completion.ts";

/** @throws InvalidRequestError where the client was made without them */
export async function cachesOf({ promptCaches }: CallInternals): Promise<PromptCaches> {
  if (promptCaches) return await promptCaches();
  throw new InvalidRequestError(
    "promptCaching needs a client with promptCaches: those of @polycall/models, which polycall has.",
    { param: "promptCaching" },
  );
}

/** For `explain()`: what is cached without `promptCaching`, too. */
export async function cachePlanOf(
  plan: Plan,
  { provider, connection, model }: Resolved,
  { promptCaches }: CallInternals,
): Promise<{ cache?: CachePlan }> {
  if (plan.cache) return { cache: plan.cache };
  const context = { connection, model, onUnsupported: "drop" } as const;
  return promptCaches ? { cache: (await promptCaches()).describe(provider, plan, context) } : {};
}

/** Nothing where usage does not speak of a cache: no report is worth a failed call. */
export async function cacheOf(
  data: CompletionData,
  plan: Plan,
  call: CallInternals,
): Promise<{ cache?: CacheReport }> {
  const { prompt_tokens = 0, prompt_tokens_details: details } = data.usage ?? {};
  const { cached_tokens: read = 0, cache_write_tokens: written = 0 } = details ?? {};
  if (details?.cached_tokens === undefined && details?.cache_write_tokens === undefined) return {};
  const uncached = prompt_tokens - read - written;
  const hitRate = prompt_tokens ? read / prompt_tokens : 0;
  const cache: CacheReport = { read, written, uncached, hitRate };
  const { provider, model } = plan;
  try {
    const saved = read || written ? (await call.pricing?.())?.saved?.(provider, model, data) : 0;
    if (saved !== undefined) cache.saved = saved;
    const broken = plan.cache && (await cachesOf(call)).watch(call.client, plan, data);
    if (broken) {
      cache.broken = broken;
      const { reason, lost } = broken;
      call.logger.info(`${provider}/${model}: ${lost} cached tokens were not read: ${reason}`);
    }
  } catch {
    // As without prices.
  }
  return { cache };
}

/** Prompt caching: what a caller asks for, what a provider can do, what is planned, what came of it. */
import type { Logger } from "../logger.ts";
import type { Plan, PlanContext, Provider } from "../provider.ts";
import type { Resolved } from "../resolve.ts";
import type { CompletionData } from "./completion.ts";
import type { CompletionRequest } from "./request.ts";

/** How long an entry is to last at least; each provider has some of these. */
export type CacheTtl = "5m" | "30m" | "1h" | "12h" | "24h";

export interface PromptCachingOptions {
  /** The provider's next longer one is taken, or its longest. Default: its shortest. */
  ttl?: CacheTtl;
  /** Sends calls that share a beginning where it is cached. Default: made from tools and system. */
  key?: string;
  /**
   * Where a beginning that is worth caching ends: after the tools, the system prompt, or a message
   * of this index (from the end where negative). Default: where `"auto"` puts them.
   */
  breakpoints?: readonly ("tools" | "system" | number)[];
  /** Gemini: the name of a cached content ("cachedContents/…"), which holds system and tools. */
  cachedContent?: string;
}

/** "auto" plans within the provider's limits; "off" takes marks away and asks not to write, where one can. */
export type PromptCaching = "auto" | "off" | PromptCachingOptions;

/** How a provider caches a model's prompts. Data, an adapter's own. */
export interface CachingFacts {
  /**
   * "marks": `cache_control` on blocks; "breakpoints": by itself, and where parts are marked;
   * "automatic": by itself; "none": not at all.
   */
  readonly mechanism: "marks" | "breakpoints" | "automatic" | "none";
  /** Tokens that a beginning must have; absent: not known. */
  readonly minimum?: number;
  /** What it can be asked for, shortest first; the first holds unless asked. */
  readonly ttls?: readonly CacheTtl[];
  /** The parameter that takes a key. */
  readonly key?: "prompt_cache_key" | "session_id";
  /** Whether a key helps that says no more than the prompt does. */
  readonly autoKey?: boolean;
  /** Whether the request can name a cached content. */
  readonly cachedContent?: boolean;
  /** What a reader of the plan should know. */
  readonly note?: string;
}

export interface PlannedMark {
  /** Where in the body, e.g. "system[0]", "messages[4].content[0]". */
  place: string;
  ttl?: string;
  /** Estimated tokens up to its end. */
  tokens: number;
}

/** What of a request may be cached, before it is sent. */
export interface CachePlan {
  /** "unknown": nothing is known of how this provider caches. */
  mechanism: CachingFacts["mechanism"] | "unknown";
  /** Turned off, as far as the provider lets itself be told. */
  off?: boolean;
  /** Those of the body that is sent, the caller's own included. */
  marks: PlannedMark[];
  key?: string;
  /** How long an entry lasts, where that is known. */
  ttl?: CacheTtl;
  cachedContent?: string;
  /** Estimated tokens of the longest beginning that may be cached. */
  tokens: number;
  /** Tokens that a beginning must have here, where that is known. */
  minimum?: number;
  /** Whether the estimate reaches the minimum. */
  reachesMinimum?: boolean;
  notes: string[];
}

/** Why a beginning that used to be cached was not read this time. */
export interface CacheBreak {
  kind:
    | "tools"
    | "system"
    | "messages"
    | "model"
    | "key"
    | "settings"
    | "marks"
    | "minimum"
    | "expired"
    | "provider";
  /** In words, e.g. "the tools are in another order". */
  reason: string;
  /** Where in the body, for a change of the prompt. */
  where?: string;
  /** Tokens that were cached the last time and not read now. */
  lost: number;
}

/** What the provider's cache did for a reply. */
export interface CacheReport {
  /** Tokens read from the cache. */
  read: number;
  /** Tokens written to it. */
  written: number;
  /** The rest of the input. */
  uncached: number;
  /** `read` of all input, 0 to 1. */
  hitRate: number;
  /** Dollars, by the catalogue's prices; below 0 where the writes cost more than the reads spared. */
  saved?: number;
  /** With `promptCaching`: which change broke it. */
  broken?: CacheBreak;
}

/** Who plans and watches the prompt caches of a client's calls. */
export interface PromptCaches {
  /**
   * The provider's plan of the request with its marks, key and lifetimes; `plan.cache` says which.
   * @throws InvalidRequestError for an option that is none
   */
  plan(
    provider: Provider,
    request: CompletionRequest,
    context: PlanContext,
    option: PromptCaching,
  ): Plan;
  /** What a plan made without `promptCaching` lets be cached. */
  describe(plan: Plan, resolved: Resolved): CachePlan;
  /**
   * What the cache did for a reply; undefined where its usage does not say. A call with
   * `promptCaching` is remembered with its client.
   */
  report(
    plan: Plan,
    reply: CompletionData,
    client: object,
    logger: Logger,
  ): CacheReport | undefined;
}

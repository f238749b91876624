/** A request made ready for a provider's cache: marks, key, lifetime, by what the provider can. Pure. */
import type {
  CacheTtl,
  CachingFacts,
  Changes,
  CompletionRequest,
  PromptCaching,
  PromptCachingOptions,
} from "@polycall/core";
import { hashOf } from "./hash.ts";
import { type Mark, type Place, withMarks, withoutMarks } from "./marks.ts";
import { type Layout, layoutOf, placesOf, precedesHour } from "./places.ts";
import { nearestTtl } from "./ttl.ts";

export interface Prepared {
  request: CompletionRequest;
  notes: string[];
  /** How long the entries last, where the provider says it. */
  ttl?: CacheTtl;
  /** Parameters that the caller did not write: what becomes of their names is no news. */
  added?: ReadonlySet<string>;
}

export function prepare(
  request: CompletionRequest,
  option: PromptCaching,
  facts: CachingFacts | undefined,
  changes: Changes,
): Prepared {
  if (option === "off") return turnedOff(request, facts);
  const asked = option === "auto" ? {} : option;
  if (!facts || facts.mechanism === "none") return uncached(request, asked, facts, changes);
  const ttl = ttlOf(asked, facts, changes);
  const keyed = withKey(withCachedContent(request, asked, facts, changes), asked, facts, changes);
  const made = facts.mechanism === "automatic" ? byItself : byMarks;
  const prepared = made(keyed, asked, facts, ttl, changes);
  if (facts.note) prepared.notes.unshift(facts.note);
  return { ...prepared, ...(ttl && { ttl }) };
}

function uncached(
  request: CompletionRequest,
  asked: PromptCachingOptions,
  facts: CachingFacts | undefined,
  changes: Changes,
): Prepared {
  const note = facts
    ? "this model's prompts are not cached"
    : "nothing is known of how this provider caches";
  for (const name of ["ttl", "key", "breakpoints"] as const) {
    if (asked[name] !== undefined) leaveOut(name, asked[name], note, changes);
  }
  return { request: withCachedContent(request, asked, facts, changes), notes: [note] };
}

function byItself(
  request: CompletionRequest,
  { ttl: asked, breakpoints }: PromptCachingOptions,
  { ttls }: CachingFacts,
  ttl: CacheTtl | undefined,
  changes: Changes,
): Prepared {
  const notes = ["this provider caches by itself: a request marks nothing"];
  if (breakpoints?.length) {
    leaveOut("breakpoints", breakpoints, "this provider caches by itself", changes);
  }
  const added = new Set(["prompt_cache_key"]);
  if (!asked || ttl !== "24h" || ttl === ttls?.[0]) return { request, notes, added };
  const prompt_cache_retention = request.prompt_cache_retention ?? ttl;
  return { request: { ...request, prompt_cache_retention }, notes, added };
}

function byMarks(
  request: CompletionRequest,
  asked: PromptCachingOptions,
  facts: CachingFacts,
  ttl: CacheTtl | undefined,
  changes: Changes,
): Prepared {
  const { places, refused, short } = placesOf(request, asked, facts, layoutOf(request));
  for (const { place, reason } of refused) {
    const param = "promptCaching.breakpoints";
    changes.hint({ param, action: "dropped", from: place, reason });
  }
  const notes: string[] = [];
  if (short) {
    const what = short === 1 ? "a place is" : `${short} places are`;
    notes.push(`${what} too far below the minimum of ${facts.minimum} tokens to be marked`);
  }
  const marked = new Map<Place, Mark>();
  for (const place of places) {
    const own = precedesHour(request, place) ? "1h" : ttl;
    const isDefault = own === undefined || own === facts.ttls?.[0];
    marked.set(place, { type: "ephemeral", ...(!isDefault && { ttl: own }) });
  }
  const added = new Set(places.map((place) => `messages[${place}].cache_control`));
  return { request: withMarks(request, marked), notes, added };
}

function leaveOut(name: string, from: unknown, reason: string, changes: Changes): void {
  changes.hint({ param: `promptCaching.${name}`, action: "dropped", from, reason });
}

function turnedOff(request: CompletionRequest, facts: CachingFacts | undefined): Prepared {
  const bare = withoutMarks(request);
  switch (facts?.mechanism) {
    case "marks":
      return { request: bare, notes: ["no mark is sent, so nothing is cached"] };
    case "breakpoints": {
      // Explicit mode without breakpoints: "the request does not use prompt caching" (openai 7.57).
      const options = { mode: "explicit" };
      const { prompt_cache_retention: _, ...rest } = bare;
      const notes = ["the provider is told to cache what is marked only, and nothing is"];
      return { request: { ...rest, prompt_cache_options: options }, notes };
    }
    case "automatic":
      return { request: bare, notes: ["this provider caches by itself and cannot be told not to"] };
    default:
      return { request: bare, notes: ["no mark is sent"] };
  }
}

function ttlOf(
  { ttl: asked }: PromptCachingOptions,
  { ttls }: CachingFacts,
  changes: Changes,
): CacheTtl | undefined {
  if (!ttls?.length) {
    if (asked)
      leaveOut("ttl", asked, "this provider decides itself how long entries last", changes);
    return undefined;
  }
  if (!asked) return ttls[0];
  const ttl = nearestTtl(asked, ttls);
  if (ttl !== asked) {
    const reason = `entries last ${ttls.join(" or ")} here`;
    changes.hint({ param: "promptCaching.ttl", action: "clamped", from: asked, to: ttl, reason });
  }
  return ttl;
}

/** The caller's own parameter is nearer than the option. */
function withKey(
  request: CompletionRequest,
  { key: asked }: PromptCachingOptions,
  { key: param, autoKey, minimum = 1024 }: CachingFacts,
  changes: Changes,
): CompletionRequest {
  if (!param) {
    if (asked !== undefined) leaveOut("key", asked, "this provider takes no cache key", changes);
    return request;
  }
  if ((request as unknown as Record<string, unknown>)[param] != null) return request;
  const key = asked ?? (autoKey ? keyOf(request, minimum, layoutOf(request)) : undefined);
  return key === undefined ? request : { ...request, [param]: key };
}

/**
 * Made from what calls share: tools and system, and the first turn too where these are too short to
 * be cached. A growing conversation keeps it.
 */
function keyOf(request: CompletionRequest, minimum: number, { system, tokens }: Layout): string {
  const { messages, tools } = request;
  const isLong = tokens(system < 0 ? "tools" : system) >= minimum;
  const shared = messages.slice(0, isLong ? system + 1 : system + 2);
  const text = JSON.stringify(
    [withoutMarks({ ...request, messages: shared, tools: tools ?? [] })].map((bare) => [
      bare.tools,
      bare.messages,
    ]),
  );
  return `polycall-${hashOf(text, 1)}${hashOf(text, 2)}`;
}

function withCachedContent(
  request: CompletionRequest,
  { cachedContent }: PromptCachingOptions,
  facts: CachingFacts | undefined,
  changes: Changes,
): CompletionRequest {
  if (cachedContent === undefined) return request;
  if (!facts?.cachedContent) {
    if (facts && facts.mechanism !== "none") {
      leaveOut("cachedContent", cachedContent, "only Gemini has cached contents", changes);
    }
    return request;
  }
  return { ...request, extra_body: { cachedContent, ...request.extra_body } };
}

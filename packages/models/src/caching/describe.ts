/** What of a planned body may be cached: the body itself is read, so that nothing is said that is not sent. */
import type { CachePlan, CacheTtl, CachingFacts, Plan } from "@polycall/core";
import { tokensOf } from "./estimate.ts";
import { marksOf, segmentsOf } from "./segments.ts";

/** @param ttl how long entries last */
export function describe(
  { body, headers }: Plan,
  facts: CachingFacts | undefined,
  notes: readonly string[],
  ttl: CacheTtl | undefined,
): CachePlan {
  const plan: CachePlan = {
    mechanism: facts?.mechanism ?? "unknown",
    marks: [],
    tokens: 0,
    notes: [...notes],
  };
  let sum = 0;
  for (const { place, value } of segmentsOf(body)) {
    sum += tokensOf(value);
    for (const mark of marksOf(value, place)) plan.marks.push({ ...mark, tokens: sum });
  }
  const isWhole = isObject(body.cache_control) || !isOnlyMarks(plan.mechanism, body);
  plan.tokens = isWhole ? sum : (plan.marks.at(-1)?.tokens ?? 0);
  if (isObject(body.cache_control)) plan.marks.push({ place: "cache_control", tokens: sum });
  const key = body.prompt_cache_key ?? body.session_id ?? headers["x-grok-conv-id"];
  if (typeof key === "string") plan.key = key;
  if (typeof body.cachedContent === "string") plan.cachedContent = body.cachedContent;
  if (ttl) plan.ttl = ttl;
  if (facts?.minimum !== undefined && !plan.cachedContent) {
    plan.minimum = facts.minimum;
    plan.reachesMinimum = plan.tokens >= facts.minimum;
  }
  return plan;
}

const isObject = (value: unknown): value is { [key: string]: unknown } =>
  typeof value === "object" && value !== null;

/** Whether nothing is cached but what is marked. */
function isOnlyMarks(mechanism: CachePlan["mechanism"], body: Plan["body"]): boolean {
  const options = body.prompt_cache_options;
  const isExplicit = isObject(options) && options.mode === "explicit";
  return mechanism !== "automatic" && (mechanism !== "breakpoints" || isExplicit);
}

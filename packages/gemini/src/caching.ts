/** How Gemini's prompts are cached, and what a request may say beside a cached content. */
import type { CachingFacts, Changes, PlanContext } from "@polycall/core";

/**
 * Tokens from which a prompt is cached by itself. Source: ai.google.dev/gemini-api/docs/caching,
 * its version of 2026-10-13; for Vertex AI it says nothing.
 */
const minimums: readonly (readonly [name: RegExp, tokens: number])[] = [
  [/^gemini-2\.5-(?:flash|pro)/, 2048],
  [/^gemini-3\.(?:1-pro|[5-8]-flash)/, 4096],
];

export function cachingOf({ model }: PlanContext, vertex: boolean): CachingFacts {
  const name = model.slice(model.lastIndexOf("/") + 1);
  if (/^gemini-[12]\.[0-4]|^gemma/.test(name)) {
    return { mechanism: "none", cachedContent: name.startsWith("gemini") };
  }
  const minimum = vertex ? undefined : minimums.find(([known]) => known.test(name))?.[1];
  return { mechanism: "automatic", cachedContent: true, ...(minimum && { minimum }) };
}

/** What a cached content holds, and the API refuses to be told again. */
const inCache = ["systemInstruction", "tools", "toolConfig"] as const;

/** The body beside a cached content. */
export function besideCache(
  body: { [key: string]: unknown },
  changes: Changes,
): { [key: string]: unknown } {
  if (!body.cachedContent) return body;
  const rest = { ...body };
  for (const param of inCache) {
    if (rest[param] === undefined) continue;
    delete rest[param];
    const reason = "the cached content holds its own, and the API refuses both";
    changes.note({ param, action: "dropped", to: body.cachedContent, reason });
  }
  return rest;
}

/** What a request may say beside a cached content. */
import type { Changes } from "@polycall/core";

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
